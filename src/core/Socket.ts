/** The WebSockets of a connection, the platform's own or stand-ins, and how they end. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type { Payload } from "./payloadOf.ts"

/** The members of a WebSocket's events that are read. */
export interface SocketEvent {
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
  /** Why an `error` happened, if the runtime says so. */
  readonly message?: string
  readonly error?: { readonly message?: string; readonly cause?: { readonly message?: string } }
}

/**
 * The members of a WebSocket that are used: of the platform's own, or of a stand-in that behaves like it. One without
 * `readyState` counts as open for sending.
 */
export interface WebSocketLike {
  readonly readyState?: number
  /** What is dialled, in one spelling. */
  readonly url?: string
  readonly bufferedAmount?: number
  readonly protocol?: string
  send(data: Payload): void
  close(code?: number, reason?: string): void
  addEventListener(type: string, listener: (event: SocketEvent) => void, options?: object): void
  removeEventListener?(type: string, listener: (event: SocketEvent) => void): void
  /** Of the package `ws`, whose sockets tests may use in place of the platform's. */
  on?(type: string, listener: () => void): unknown
}

/** An absolute `ws:` or `wss:` URL to dial, and the subprotocols to offer. */
export interface Request {
  readonly url: string
  readonly protocols: ReadonlyArray<string>
  /** An `AbortSignal` that the listeners of the socket are attached with. */
  readonly signal?: object
}

declare const WebSocket: new (url: string, protocols: Array<string>) => WebSocketLike

/**
 * Makes a WebSocket: by default, one of the platform's own, looked up at each dial. If it throws, the attempt has
 * failed.
 *
 * **Example**
 *
 * ```ts
 * import { Layer } from "effect"
 * import { Socket } from "htmx-ext-effect-ws"
 *
 * export const logging = Layer.succeed(Socket.WebSocketConstructor)(({ protocols, url }) => {
 *   console.log(`dialling ${url}`)
 *   return new WebSocket(url, [...protocols])
 * })
 * ```
 */
export const WebSocketConstructor: Context.Reference<(request: Request) => WebSocketLike> = Context.Reference(
  "htmx-ext-effect-ws/WebSocketConstructor",
  {
    defaultValue:
      () =>
      ({ protocols, url }: Request): WebSocketLike =>
        new WebSocket(url, [...protocols]),
  },
)

/** The end of a socket, as a value (WHATWG `CloseEvent`). */
export class SocketClosed extends Data.TaggedClass("SocketClosed")<{
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  /** The `close` event; absent if this side abandoned the socket. */
  readonly event?: SocketEvent
}> {}

/** An attempt failed without an `error` event: there was no socket, or this side abandoned it. */
export class DialError extends Data.TaggedError("DialError")<{
  readonly message: string
  readonly cause?: unknown
}> {}

/** A socket failed. Browsers do not say why: to a page, a refused handshake and a broken connection look the same. */
export class SocketError extends Data.TaggedError("SocketError")<{
  readonly message: string
  readonly cause: SocketEvent
}> {}
