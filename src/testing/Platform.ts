/** The platform's types, if the importing program has them from DOM or Node, or else those of the core. */
import type { BlobLike } from "../core/Payload.ts"
import type { WebSocketLike } from "../core/Socket.ts"

type Global = typeof globalThis

export type PlatformBlob = Global extends { Blob: { prototype: infer B } } ? B : BlobLike

export type PlatformEvent = Global extends { Event: { prototype: infer E } } ? E : { readonly type: string }

export type PlatformWebSocket = Global extends { WebSocket: { prototype: infer S } } ? S : WebSocketLike

export type PlatformWebSocketConstructor = Global extends { WebSocket: infer C }
  ? C
  : new (
      url: string,
      protocols?: string | Array<string>,
    ) => WebSocketLike
