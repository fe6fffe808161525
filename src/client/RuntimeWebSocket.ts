/** Makes the WebSocket of any runtime or library behave like a browser's. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as CloseCode from "../core/CloseCode.ts"
import { guard } from "../core/guard.ts"
import type { Settings } from "../core/Hooks.ts"
import { type Payload, tagOf } from "../core/payloadOf.ts"
import type { SocketEvent, WebSocketLike } from "../core/Socket.ts"

/** A WebSocket, with a member that only some have. */
interface Original extends WebSocketLike {
  /** Ends the connection without a closing handshake. */
  terminate?(): void
}

type Listener = (event: SocketEvent) => void
type Fork = (effect: Effect.Effect<void>) => Fiber.Fiber<void>

// WHATWG WebSockets, `readyState`.
const CONNECTING = 0
const CLOSING = 2
const CLOSED = 3

const properties = ["onopen", "onclose", "onerror"]

/** A constructor may return one object several times. */
const adapted = new WeakMap<WebSocketLike, RuntimeWebSocket>()

/**
 * Returns a WebSocket with the events of a browser's.
 *
 * **Details**
 *
 * - Node 22 emits `error` and no `close` if a dial fails. Here `close` follows.
 * - Deno closes a broken connection with code 0. Here the code is 1006 (RFC 6455 §7.1.5).
 * - `ws` emits an `error` if it is closed before it has opened, and throws it without a listener. Here a listener stays
 *   attached until it has closed.
 * - Node waits without limit for a peer that has closed and does not end the TCP connection. Here `close` follows
 *   `closeTimeout` after `readyState` was first read as CLOSING.
 * - `ws` and Bun keep a connection, and the process, if the peer does not answer a close. Here they `terminate` it after
 *   `closeTimeout`.
 */
export const adapt = (
  webSocket: WebSocketLike,
  settings: Pick<Settings, "closeTimeout" | "heartbeat">,
  onPing: () => void,
  fork: Fork,
): RuntimeWebSocket => {
  const known = adapted.get(webSocket) ?? new RuntimeWebSocket(webSocket, settings, onPing, fork)
  adapted.set(webSocket, known)
  known.listen()
  return known
}

export type { RuntimeWebSocket }

class RuntimeWebSocket implements WebSocketLike {
  readonly #original: Original
  readonly #settings: Pick<Settings, "closeTimeout" | "heartbeat">
  readonly #onPing: () => void
  readonly #fork: Fork
  readonly #listeners: Record<string, Set<Listener>> = { error: new Set(), close: new Set() }
  /** Whether it was closed before it had opened. */
  #closedEarly = false
  /** Emits a missing `close`. */
  #closing: Fiber.Fiber<void> | undefined
  #terminating: Fiber.Fiber<void> | undefined

  constructor(
    original: Original,
    settings: Pick<Settings, "closeTimeout" | "heartbeat">,
    onPing: () => void,
    fork: Fork,
  ) {
    this.#original = original
    this.#settings = settings
    this.#onPing = onPing
    this.#fork = fork
    // Stand-ins may call only these properties.
    for (const name of properties)
      Object.defineProperty(this, name, {
        get: () => Reflect.get(original, name),
        set: (handler) => Reflect.set(original, name, handler),
      })
  }

  /** @internal Listens until it has closed. */
  listen(): void {
    this.#closedEarly = false
    this.#closing = undefined
    this.#terminating = undefined
    this.#original.addEventListener("error", this.#onError)
    this.#original.addEventListener("close", this.#onClose)
  }

  get [Symbol.toStringTag](): string {
    return tagOf(this.#original)
  }

  get readyState(): number {
    const { readyState } = this.#original
    // No event says that the peer has closed.
    if (readyState === CLOSING) this.#emitClose(this.#settings.closeTimeout)
    // Stand-ins may have none.
    return readyState as number
  }

  get bufferedAmount(): number {
    return this.#original.bufferedAmount ?? 0
  }

  /** The subprotocol that the peer has chosen; empty if none. */
  get protocol(): string {
    return this.#original.protocol ?? ""
  }

  send(data: Payload): void {
    this.#original.send(data)
    if (data === this.#settings.heartbeat?.message) this.#onPing()
  }

  close(code?: number, reason?: string): void {
    const { readyState } = this.#original
    if (readyState === CONNECTING) this.#closedEarly = true
    if (this.#original.terminate !== undefined && readyState !== CLOSED)
      this.#terminating ??= this.#after(this.#settings.closeTimeout, () => this.#original.terminate?.())
    if (code === undefined) this.#original.close()
    else this.#original.close(code, reason)
  }

  addEventListener(type: string, listener: Listener): void {
    if (this.#listeners[type] === undefined) this.#original.addEventListener(type, listener)
    else this.#listeners[type].add(listener)
  }

  removeEventListener(type: string, listener: Listener): void {
    if (this.#listeners[type] === undefined) this.#original.removeEventListener?.(type, listener)
    else this.#listeners[type].delete(listener)
    const hasListeners = Object.values(this.#listeners).some(({ size }) => size > 0)
    if (!hasListeners && this.#original.terminate === undefined) this.#stopListening()
  }

  readonly #onError = (event: SocketEvent): void => {
    this.#emit("error", event)
    if (this.#closedEarly || this.#original.readyState === CONNECTING) this.#emitClose(0)
  }

  /** Emits a `close`, unless one arrives within `delay`. */
  #emitClose(delay: number): void {
    this.#closing ??= this.#after(delay, () =>
      this.#onClose({ code: CloseCode.AbnormalClosure, reason: "", wasClean: false }),
    )
  }

  readonly #onClose = (event: SocketEvent): void => {
    this.#terminating?.interruptUnsafe()
    this.#stopListening()
    const { code, reason = "", wasClean = false } = event
    this.#emit("close", code === 0 ? { code: CloseCode.AbnormalClosure, reason, wasClean } : event)
  }

  #stopListening(): void {
    this.#closing?.interruptUnsafe()
    this.#original.removeEventListener?.("error", this.#onError)
    this.#original.removeEventListener?.("close", this.#onClose)
  }

  #emit(type: "error" | "close", event: SocketEvent): void {
    for (const listener of [...(this.#listeners[type] ?? [])]) guard(() => listener(event))
  }

  #after(delay: number, act: () => void): Fiber.Fiber<void> {
    return this.#fork(
      Effect.delay(
        Effect.sync(() => guard(act)),
        delay,
      ),
    )
  }
}
