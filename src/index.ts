/**
 * The main entry: the typed client, and what its options are made of. The extensions for htmx are the entries `./htmx2` and
 * `./htmx4`, the server for tests is `./testing`.
 */

export { connect, type Options as ConnectOptions } from "./client/connect.ts"
export * as EffectSocket from "./client/EffectSocket.ts"
export type { Connected } from "./client/promised.ts"
export * as Reconnect from "./client/Reconnect.ts"
export * as Resume from "./client/Resume.ts"
export * as Telemetry from "./client/Telemetry.ts"
export * as WsClient from "./client/WsClient.ts"
export * as CloseCode from "./core/CloseCode.ts"
export * as Socket from "./core/Socket.ts"
