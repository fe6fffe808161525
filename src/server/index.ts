/** The entry `./server`: rooms and peers for servers in TypeScript, whose pages miss nothing. */
export * as Crossws from "./Crossws.ts"
export { type Html, html, raw, type Value } from "./html.ts"
export * as Peer from "./Peer.ts"
export * as RedisLog from "./RedisLog.ts"
export * as Room from "./Room.ts"
export * as RoomLog from "./RoomLog.ts"
