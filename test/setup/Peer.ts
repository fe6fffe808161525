/**
 * A server that a test holds in its hand, and the WebSockets that reach it: no network, no timers, no real time.
 *
 * The sockets behave as a browser's do (WHATWG WebSockets; Chromium where that leaves it open). Above all, what
 * a page calls never makes an event in the same turn: the answer is a task, which waits for `settle`, for the
 * next thing that the server does, or for `schedule`. What the server does is a task of its own, and so over when
 * the call returns; called from inside a listener, it comes after that.
 */
import { NoStatusReceived } from "../../src/core/CloseCode.ts"
import type { Payload } from "../../src/core/Payload.ts"
import type { Request, SocketEvent } from "../../src/core/Socket.ts"

/** What becomes of a dial: an answer in a later task, none at all, or a constructor that throws. */
export type Answer = "accept" | "refuse" | "hang" | Error

/** How the sockets differ from a browser's, as stand-ins in people's test set-ups do. */
export interface StandIn {
  /** They have no `readyState`. */
  readonly withoutState?: boolean
  /** They have no `removeEventListener`. */
  readonly withoutRemoval?: boolean
  /** What `readyState` says when they are made. No event tells it. */
  readonly born?: number
  /** `close` is emitted inside `close()`. */
  readonly closesAtOnce?: boolean
  /** There is one object for all dials: the same socket while it lives, dialled again when it has ended. */
  readonly reused?: boolean
}

export interface Options {
  /** The answer to every dial, until `peer.answer` is set. Default: `"hang"`. */
  readonly answer?: Answer
  /** Has a task run later, for example by `setTimeout`. Default: tasks wait for `settle`. */
  readonly schedule?: (task: () => void) => void
  readonly standIn?: StandIn
}

/** A closing frame. */
export interface Closing {
  readonly code: number | undefined
  readonly reason: string
}

// WHATWG WebSockets, `readyState`.
const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3

/** RFC 6455 §5.5: what is left of a control frame for the reason. */
const MAX_REASON_BYTES = 123

const bytesOf = (data: Payload): number => {
  if (typeof data === "string") return new TextEncoder().encode(data).length
  return "size" in data ? data.size : data.byteLength
}

/** A server with all its connections. */
export class Peer {
  /** The connections, oldest first. */
  readonly links: Array<Link> = []
  /** The answer to the next dials. */
  answer: Answer
  /** How many sockets were CONNECTING or OPEN at once, at most. */
  mostLive = 0
  /** What listeners have thrown. A browser reports it and goes on. */
  readonly uncaught: Array<unknown> = []

  readonly #schedule: Options["schedule"]
  readonly #standIn: StandIn
  readonly #tasks: Array<() => void> = []
  #settling = false

  constructor(options: Options = {}) {
    this.answer = options.answer ?? "hang"
    this.#schedule = options.schedule
    this.#standIn = options.standIn ?? {}
  }

  /** Makes a socket that dials this server: for the `WebSocketConstructor` service, or `createWebSocket`. */
  readonly construct = (request: Request): PeerSocket => {
    const { answer } = this
    if (answer instanceof Error) throw answer
    const last = this.links.at(-1)
    if (this.#standIn.reused && last !== undefined) {
      if (!last.live) last.redial()
    } else this.links.push(new Link(this, request, this.#standIn))
    const link = this.latest
    if (link.socket.readyState === CONNECTING || this.#standIn.withoutState) {
      if (answer === "accept") this.later(() => link.accept())
      if (answer === "refuse") this.later(() => link.refuse())
    }
    this.mostLive = Math.max(this.mostLive, this.live)
    return link.socket
  }

  /** The connection dialled last. */
  get latest(): Link {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error("Nobody has dialled this peer.")
    return link
  }

  /** How many sockets are CONNECTING or OPEN. */
  get live(): number {
    return this.links.filter((link) => link.live).length
  }

  /** Everything that has come, over all connections, in the order of dialling. */
  get received(): Array<Payload> {
    return this.links.flatMap((link) => link.received)
  }

  /** How many listeners the sockets still have. */
  get listeners(): number {
    return this.links.reduce((sum, link) => sum + link.socket.listeners, 0)
  }

  /** Runs the tasks that wait, and those that they bring about. */
  settle(): void {
    if (this.#settling) return
    this.#settling = true
    try {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task()
    } finally {
      this.#settling = false
    }
  }

  /** A task that waits. */
  later(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule?.(() => this.settle())
  }

  /** A task that comes as soon as no other is under way. */
  soon(task: () => void): void {
    this.#tasks.push(task)
    this.settle()
  }
}

/** One connection, from the server's side. */
export class Link {
  /** What the page holds of it. */
  readonly socket: PeerSocket
  readonly request: Request
  /** The frames that have come, in order. */
  readonly received: Array<Payload> = []
  /** The closing frame that has come, if one has. */
  closing: Closing | undefined
  readonly #peer: Peer
  readonly #standIn: StandIn
  #readyState: number
  #stalled = false

  constructor(peer: Peer, request: Request, standIn: StandIn) {
    this.#peer = peer
    this.#standIn = standIn
    this.#readyState = standIn.born ?? CONNECTING
    this.request = request
    const link = this
    this.socket = new PeerSocket(
      {
        url: request.url,
        uncaught: peer.uncaught,
        get readyState() {
          return link.#readyState
        },
        send: (data) => this.received.push(data),
        close: (code, reason) => this.#closedByPage(code, reason),
      },
      standIn,
    )
  }

  /** Whether its socket is CONNECTING or OPEN. */
  get live(): boolean {
    return this.#readyState < CLOSING
  }

  /** Answers the handshake. */
  accept(protocol = ""): void {
    this.#peer.soon(() => {
      if (this.#readyState !== CONNECTING) return
      this.#readyState = OPEN
      this.socket.protocol = protocol
      this.socket.dispatchEvent(new Event("open"))
    })
  }

  /** Refuses the handshake. With what status, a page is not told. */
  refuse(): void {
    this.#peer.soon(() => {
      if (this.#readyState === CONNECTING) this.#fail()
    })
  }

  /** Sends a frame. It is lost where the socket is not open. */
  send(data: unknown): void {
    this.#peer.soon(() => {
      if (this.#readyState === OPEN) this.socket.dispatchEvent(new MessageEvent("message", { data }))
    })
  }

  /** Sends a closing frame, with any code, or without one; the page's browser answers it. */
  hangUp(code?: number, reason = ""): void {
    this.#peer.soon(() => {
      if (this.#readyState === OPEN || this.#readyState === CLOSING) this.#end(code, reason, true)
    })
  }

  /** Sends a closing frame and keeps the line for now: the socket is CLOSING, and no event tells it. */
  startHangingUp(): void {
    this.#peer.soon(() => {
      if (this.#readyState === OPEN) this.#readyState = CLOSING
    })
  }

  /** Cuts the line without a word. */
  drop(): void {
    this.#peer.soon(() => {
      if (this.#readyState === CONNECTING) this.#fail()
      else if (this.#readyState !== CLOSED) this.#end(1006, "", false)
    })
  }

  /** Breaks the protocol (RFC 6455 §7.1.7): the browser fails the connection, with an `error`. */
  violate(): void {
    this.#peer.soon(() => {
      if (this.#readyState !== CLOSED) this.#fail()
    })
  }

  /** Answers nothing any more, no closing frame either: as a machine does that has lost its power. */
  stall(): void {
    this.#stalled = true
  }

  /** Answers again, first the closing frame that has come meanwhile. */
  recover(): void {
    this.#stalled = false
    this.#peer.soon(() => this.#answerClosing())
  }

  /** Makes an event, whatever the state. For stand-ins that say what no browser would. */
  emit(event: Event): void {
    this.#peer.soon(() => void this.socket.dispatchEvent(event))
  }

  /** Takes the socket, which has ended, for one that is being dialled. */
  redial(): void {
    this.#readyState = this.#standIn.born ?? CONNECTING
    this.closing = undefined
    this.#stalled = false
  }

  #closedByPage(code: number | undefined, reason: string): void {
    const connecting = this.#readyState === CONNECTING
    if (!this.live) return
    this.#readyState = CLOSING
    if (this.#standIn.closesAtOnce) {
      this.closing = { code, reason }
      this.#end(code, reason, true)
    } else if (connecting) {
      this.#peer.later(() => {
        if (this.#readyState === CLOSING) this.#fail()
      })
    } else {
      this.closing = { code, reason }
      this.#peer.later(() => this.#answerClosing())
    }
  }

  #answerClosing(): void {
    if (this.closing === undefined || this.#stalled || this.#readyState !== CLOSING) return
    this.#end(this.closing.code, this.closing.reason, true)
  }

  #fail(): void {
    this.#readyState = CLOSED
    this.socket.dispatchEvent(new Event("error"))
    this.socket.dispatchEvent(new CloseEvent("close", { code: 1006, reason: "", wasClean: false }))
  }

  #end(code: number | undefined, reason: string, wasClean: boolean): void {
    this.#readyState = CLOSED
    this.socket.dispatchEvent(new CloseEvent("close", { code: code ?? NoStatusReceived, reason, wasClean }))
  }
}

/** The far end of a socket, as the socket needs it. */
interface Wire {
  readonly url: string
  readonly readyState: number
  readonly uncaught: Array<unknown>
  readonly send: (data: Payload) => void
  readonly close: (code: number | undefined, reason: string) => void
}

type Listener = EventListenerOrEventListenerObject | ((event: SocketEvent) => void) | null

/** A WebSocket as a page sees it, without the `on…` properties. */
export class PeerSocket extends EventTarget {
  static readonly CONNECTING = CONNECTING
  static readonly OPEN = OPEN
  static readonly CLOSING = CLOSING
  static readonly CLOSED = CLOSED

  binaryType = "blob"
  /** Bytes that were handed over too late, and are lost. */
  bufferedAmount = 0
  readonly extensions = ""
  protocol = ""
  readonly url: string
  readonly #wire: Wire
  /** By type and listener, what is really registered: the same, guarded. */
  readonly #guards = new Map<string, Map<Listener, EventListener>>()

  constructor(wire: Wire, standIn: StandIn = {}) {
    super()
    this.url = wire.url
    this.#wire = wire
    if (standIn.withoutState) Object.defineProperty(this, "readyState", { value: undefined })
    if (standIn.withoutRemoval) Object.defineProperty(this, "removeEventListener", { value: undefined })
  }

  get readyState(): number {
    return this.#wire.readyState
  }

  /** How many listeners it has. */
  get listeners(): number {
    return [...this.#guards.values()].reduce((sum, { size }) => sum + size, 0)
  }

  send(data: Payload): void {
    const { readyState } = this.#wire
    if (readyState === OPEN) this.#wire.send(data)
    else if (readyState === CONNECTING) {
      throw new DOMException("Still in CONNECTING state.", "InvalidStateError")
    } else this.bufferedAmount += bytesOf(data)
  }

  close(code?: number, reason?: string): void {
    if (code === undefined ? reason !== undefined : code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException(`The close code must be 1000 or 3000 to 4999: ${code}.`, "InvalidAccessError")
    }
    if (reason !== undefined && bytesOf(reason) > MAX_REASON_BYTES) {
      throw new DOMException("The close reason is too long.", "SyntaxError")
    }
    this.#wire.close(code, reason ?? "")
  }

  override addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void {
    const guards = this.#guards.get(type) ?? new Map<Listener, EventListener>()
    this.#guards.set(type, guards)
    const { once = false, signal } = typeof options === "object" ? options : {}
    if (listener === null || guards.has(listener) || signal?.aborted) return
    const forget = () => this.#forget(type, listener)
    const guard: EventListener = (event) => {
      if (once) forget()
      try {
        if (typeof listener === "function") listener.call(this, event as Event & SocketEvent)
        else listener.handleEvent(event)
      } catch (error) {
        this.#wire.uncaught.push(error)
      }
    }
    guards.set(listener, guard)
    super.addEventListener(type, guard)
    signal?.addEventListener("abort", forget, { once: true })
  }

  override removeEventListener(type: string, listener: Listener): void {
    this.#forget(type, listener)
  }

  #forget(type: string, listener: Listener): void {
    const guard = this.#guards.get(type)?.get(listener)
    if (guard === undefined) return
    this.#guards.get(type)?.delete(listener)
    super.removeEventListener(type, guard)
  }
}
