/**
 * One connection, from the server's side.
 */
import * as Data_ from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as CloseCode from "../core/CloseCode.ts"
import type { CloseFrame, Data, Ending, Happening } from "./Log.ts"
import {
  bytesOf,
  CLOSED,
  CLOSING,
  CONNECTING,
  copyOf,
  MAX_REASON_BYTES,
  OPEN,
  type TestSocket,
  type Wire,
} from "./TestSocket.ts"

/** A connection has ended, and nothing more will come. */
export class LinkClosed extends Data_.TaggedError("LinkClosed")<Ending> {}

/** What a link needs of its peer. */
export interface Host {
  /** A task that waits. */
  readonly later: (task: () => void) => void
  /** A task that comes as soon as no other is under way. */
  readonly soon: (task: () => void) => void
  readonly note: (link: Link, happening: Happening) => void
  readonly uncaught: (error: unknown) => void
}

type State =
  | { readonly _tag: "Connecting" }
  /** The page has closed it before the handshake was over. */
  | { readonly _tag: "Abandoned" }
  | { readonly _tag: "Open" }
  /** A closing frame has gone one way: by the page, or by the peer, which keeps the line for now. */
  | { readonly _tag: "Closing"; readonly frame: CloseFrame }
  | { readonly _tag: "Closed" }

const readyStates = {
  Connecting: CONNECTING,
  Abandoned: CLOSING,
  Open: OPEN,
  Closing: CLOSING,
  Closed: CLOSED,
} satisfies Record<State["_tag"], number>

/** Codes that a closing frame must not carry (RFC 6455 §7.4.1, §7.4.2): the browser fails the connection. */
const offWire: ReadonlySet<number> = new Set([CloseCode.NoStatusReceived, CloseCode.AbnormalClosure, 1015])

const isClosing = (frame: Data | CloseFrame): frame is CloseFrame =>
  typeof frame === "object" && "reason" in frame

/** One connection, from the server's side. What it does happens at once, in a task of its own. */
export class Link {
  /** Which it is of the peer's connections, counted from 0. */
  readonly id: number
  /** What the page holds of it. */
  readonly socket: WebSocket
  /** What was dialled. */
  readonly url: string
  /** The subprotocols that the page offered. */
  readonly protocols: ReadonlyArray<string>
  /** The frames that have come, in order. */
  readonly received: Array<Data> = []
  /** The closing frame that has come, if one has. */
  closing: CloseFrame | undefined

  readonly #host: Host
  readonly #page: TestSocket
  #state: State = { _tag: "Connecting" }
  #protocol = ""
  #buffered = 0
  #reading = true
  readonly #unread: Array<Data | CloseFrame> = []
  readonly #inbox = Effect.runSync(Queue.unbounded<Data, LinkClosed>())
  readonly #closed = Deferred.makeUnsafe<Ending>()

  /** @internal */
  constructor(id: number, host: Host, url: string, protocols: ReadonlyArray<string>, socket: TestSocket) {
    this.id = id
    this.url = url
    this.protocols = protocols
    this.#page = socket
    this.socket = socket as unknown as WebSocket
    this.#host = host
  }

  /** @internal The page's end of the line. */
  get wire(): Wire {
    const link = this
    return {
      get readyState() {
        return readyStates[link.#state._tag]
      },
      get bufferedAmount() {
        return link.#buffered
      },
      get protocol() {
        return link.#protocol
      },
      send: (data) => this.#written(data),
      close: (code, reason) => this.#closedByPage({ code, reason }),
      uncaught: this.#host.uncaught,
    }
  }

  /** The frames that have come since the peer stalled, in order. */
  get unread(): ReadonlyArray<Data> {
    return this.#unread.filter((frame): frame is Data => !isClosing(frame))
  }

  /** Whether its socket is CONNECTING or OPEN. */
  get live(): boolean {
    return readyStates[this.#state._tag] < CLOSING
  }

  /**
   * Succeeds with the next frame of the page that was not yet taken this way, as soon as there is one; fails when
   * the connection has ended and all its frames were taken.
   */
  get next(): Effect.Effect<Data, LinkClosed> {
    return Queue.take(this.#inbox)
  }

  /** Succeeds when the connection has ended, with what the page was told. */
  get closed(): Effect.Effect<Ending> {
    // Whoever waits goes on in a turn of his own, and not inside of the page's.
    return Effect.tap(Deferred.await(this.#closed), Effect.yieldNow)
  }

  /**
   * Answers the handshake, with the first subprotocol that was offered if no other is asked for. One that was not
   * offered, or none where some were, fails the handshake, as browsers have it.
   */
  accept(protocol: string = this.protocols[0] ?? ""): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Connecting") return
      this.#host.note(this, { _tag: "Accepted", protocol })
      if (protocol === "" ? this.protocols.length > 0 : !this.protocols.includes(protocol)) this.#fail()
      else {
        this.#state = { _tag: "Open" }
        this.#protocol = protocol
        this.#page.dispatchEvent(new Event("open"))
      }
    })
  }

  /** Refuses the handshake. With what status, a page is not told. */
  refuse(): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Connecting") return
      this.#host.note(this, { _tag: "Refused" })
      this.#fail()
    })
  }

  /** Sends a frame: a text, or bytes, which are copied. It is lost where the socket is not open. */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    const frame = typeof data === "string" ? data : copyOf(data)
    this.#host.soon(() => {
      if (this.#state._tag !== "Open") return
      this.#host.note(this, { _tag: "Sent", data: frame })
      const { origin } = new URL(this.url)
      this.#page.dispatchEvent(new MessageEvent("message", { data: this.#received(frame), origin }))
    })
  }

  /**
   * Sends a closing frame, with any code, or without one, and ends the line; the page's browser answers it.
   * For 1005, 1006 and 1015, which must not be on the wire, the browser fails the connection.
   */
  hangUp(code?: number, reason = ""): void {
    this.#host.soon(() => {
      if (this.#state._tag === "Open" || this.#state._tag === "Closing") {
        this.#closingSent({ code, reason })
        if (code !== undefined && offWire.has(code)) this.#fail()
        else this.#end(code, reason)
      }
    })
  }

  /** Sends a closing frame and keeps the line for now: the socket is CLOSING, and no event tells it. */
  startHangingUp(code?: number, reason = ""): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Open") return
      this.#closingSent({ code, reason })
      this.#state = { _tag: "Closing", frame: { code, reason } }
    })
  }

  /** Cuts the line without a word. */
  drop(): void {
    this.#host.soon(() => {
      if (this.#state._tag === "Connecting" || this.#state._tag === "Abandoned") this.#fail()
      else if (this.#state._tag !== "Closed") this.#tell({ code: 1006, reason: "", wasClean: false })
    })
  }

  /** Breaks the protocol (RFC 6455 §7.1.7): the browser fails the connection, with an `error`. */
  violate(): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Closed") this.#fail()
    })
  }

  /** Reads and answers nothing any more, no closing frame either: as a machine does that has lost its power. */
  stall(): void {
    this.#reading = false
  }

  /** Reads again, first what has come meanwhile. */
  recover(): void {
    this.#reading = true
    this.#host.soon(() => this.#read())
  }

  #written(data: Data): void {
    this.#buffered += bytesOf(data)
    if (this.#state._tag === "Open") this.#arrived(data)
  }

  #closedByPage(frame: CloseFrame): void {
    if (this.#state._tag === "Connecting") {
      this.#state = { _tag: "Abandoned" }
      this.#host.later(() => {
        if (this.#state._tag === "Abandoned") this.#fail()
      })
    } else if (this.#state._tag === "Open") {
      this.#state = { _tag: "Closing", frame }
      this.#arrived(frame)
    }
  }

  #arrived(frame: Data | CloseFrame): void {
    this.#unread.push(frame)
    this.#read()
  }

  #read(): void {
    while (this.#reading && this.#state._tag !== "Closed") {
      const frame = this.#unread.shift()
      if (frame === undefined) return
      if (isClosing(frame)) this.#readClosing(frame)
      else this.#readData(frame)
    }
  }

  #readData(data: Data): void {
    this.received.push(data)
    this.#host.note(this, { _tag: "Received", data })
    Queue.offerUnsafe(this.#inbox, data)
    this.#host.later(() => {
      this.#buffered -= bytesOf(data)
    })
  }

  #readClosing(frame: CloseFrame): void {
    this.closing = frame
    this.#host.note(this, { _tag: "ClosingReceived", ...frame })
    this.#host.later(() => {
      if (this.#state._tag === "Closing") this.#end(frame.code, frame.reason)
    })
  }

  #received(frame: string | Uint8Array<ArrayBuffer>): unknown {
    if (typeof frame === "string") return frame
    return this.#page.binaryType === "blob" ? new Blob([frame]) : frame.buffer
  }

  #closingSent(frame: CloseFrame): void {
    if (bytesOf(frame.reason) > MAX_REASON_BYTES) throw new RangeError("The close reason is too long.")
    this.#host.note(this, { _tag: "ClosingSent", ...frame })
  }

  #fail(): void {
    this.#state = { _tag: "Closed" }
    this.#page.dispatchEvent(new Event("error"))
    this.#tell({ code: CloseCode.AbnormalClosure, reason: "", wasClean: false })
  }

  #end(code: number | undefined, reason: string): void {
    this.#tell({ code: code ?? CloseCode.NoStatusReceived, reason, wasClean: true })
  }

  #tell(ending: Ending): void {
    this.#state = { _tag: "Closed" }
    this.#host.note(this, { _tag: "Closed", ...ending })
    Deferred.doneUnsafe(this.#closed, Exit.succeed(ending))
    Effect.runSync(Queue.fail(this.#inbox, new LinkClosed(ending)))
    this.#page.dispatchEvent(new CloseEvent("close", ending))
  }
}
