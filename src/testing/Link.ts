/**
 * One connection, from the server's side.
 */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as CloseCode from "../core/CloseCode.ts"
import { bytesOf, type CloseFrame, closeFrameOf, type Message, sizeOf, textOf } from "./Frame.ts"
import { inOwnTurn } from "./inOwnTurn.ts"
import type { Ending, Happening } from "./Log.ts"
import type { PlatformWebSocket } from "./Platform.ts"
import { CLOSED, CLOSING, CONNECTING, OPEN, type TestSocket, type Wire } from "./TestSocket.ts"

/** A connection has ended, and no message is left of it. */
export class LinkClosed extends Data.TaggedError("LinkClosed")<Ending> {}

/** What a link needs of its peer. */
export interface Host {
  /** Has a task run when whoever calls has done. */
  readonly later: (task: () => void) => void
  /** Runs a task after those that wait, or, where one is under way, right after that one. */
  readonly soon: (task: () => void) => void
  readonly note: (link: Link, happening: Happening) => void
}

type State =
  | { readonly _tag: "Connecting" }
  /** The page has closed it before the handshake was over. */
  | { readonly _tag: "Abandoned" }
  | { readonly _tag: "Open" }
  /** A closing frame was sent: by the page, or by the peer, whose own is kept. */
  | { readonly _tag: "Closing"; readonly ours: CloseFrame | undefined }
  | { readonly _tag: "Closed" }

const readyStates = {
  Connecting: CONNECTING,
  Abandoned: CLOSING,
  Open: OPEN,
  Closing: CLOSING,
  Closed: CLOSED,
} satisfies Record<State["_tag"], number>

/** Codes that must not be on the wire (RFC 6455 §7.4.1). */
const offWire: ReadonlySet<number> = new Set([
  CloseCode.NoStatusReceived,
  CloseCode.AbnormalClosure,
  CloseCode.TlsHandshake,
])

const isMessage = (frame: Message | CloseFrame): frame is Message =>
  typeof frame === "string" || !("reason" in frame)

/** Node has `CloseEvent` since 23. */
const closeEventOf = (ending: Ending): Event =>
  typeof CloseEvent === "undefined"
    ? Object.assign(new Event("close"), ending)
    : new CloseEvent("close", ending)

/** One connection, from the server's side. What it is told to do has happened when the call returns. */
export class Link {
  /** Which it is of the peer's connections, counted from 0. */
  readonly id: number
  /** What the page holds of it. */
  readonly socket: PlatformWebSocket
  /** What was dialled. */
  readonly url: string
  /** The subprotocols that the page offered. */
  readonly protocols: ReadonlyArray<string>

  readonly #host: Host
  readonly #socket: TestSocket
  #state: State = { _tag: "Connecting" }
  #protocol = ""
  #bufferedAmount = 0
  #reads = true
  readonly #unread: Array<Message | CloseFrame> = []
  readonly #received: Array<Message> = []
  #closing: CloseFrame | undefined
  readonly #inbox = Effect.runSync(Queue.unbounded<Message, LinkClosed>())
  readonly #closed = Deferred.makeUnsafe<Ending>()

  /** @internal */
  constructor(id: number, host: Host, socket: TestSocket, url: string, protocols: ReadonlyArray<string>) {
    this.id = id
    this.url = url
    this.protocols = protocols
    this.#socket = socket
    this.socket = socket as unknown as PlatformWebSocket
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
        return link.#bufferedAmount
      },
      get protocol() {
        return link.#protocol
      },
      send: (message) => this.#sentByPage(message),
      close: (code, reason) => this.#closedByPage({ code, reason }),
    }
  }

  /** Whether its socket is CONNECTING or OPEN. */
  get live(): boolean {
    return readyStates[this.#state._tag] < CLOSING
  }

  /** The messages of the page that have come, in order. */
  get received(): ReadonlyArray<Message> {
    return this.#received
  }

  /** The messages of the page that have come since the peer stalled, in order. */
  get unread(): ReadonlyArray<Message> {
    return this.#unread.filter(isMessage)
  }

  /** The closing frame of a page that hangs up, when it has come. */
  get closing(): CloseFrame | undefined {
    return this.#closing
  }

  /**
   * Succeeds with the next message of the page that was not yet taken this way, as soon as there is one. Fails when
   * the connection has ended and all its messages are taken.
   */
  get next(): Effect.Effect<Message, LinkClosed> {
    return inOwnTurn(Queue.take(this.#inbox))
  }

  /** Succeeds when the connection has ended, with what the page is told. */
  get closed(): Effect.Effect<Ending> {
    return inOwnTurn(Deferred.await(this.#closed))
  }

  /**
   * Answers the handshake, with the first subprotocol that was offered if no other is given. With one that was not
   * offered, or with `""` where some were, the browser fails the connection.
   */
  accept(protocol: string = this.protocols[0] ?? ""): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Connecting") return
      this.#host.note(this, { _tag: "Accepted", protocol })
      const agreed = protocol === "" ? this.protocols.length === 0 : this.protocols.includes(protocol)
      if (!agreed) return this.#fail()
      this.#state = { _tag: "Open" }
      this.#protocol = protocol
      this.#socket.dispatchEvent(new Event("open"))
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

  /** Sends a message: a text, or a copy of bytes. It is lost where the socket is not open. */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    const message = typeof data === "string" ? textOf(data) : bytesOf(data)
    this.#host.soon(() => {
      if (this.#state._tag !== "Open") return
      this.#host.note(this, { _tag: "Sent", data: message })
      const { origin } = new URL(this.url)
      this.#socket.dispatchEvent(new MessageEvent("message", { data: this.#forPage(message), origin }))
    })
  }

  /**
   * Sends a closing frame, with any code or without one, and ends the line when the browser has answered. It does
   * nothing before the handshake is over. With 1005, 1006 or 1015, which must not be on the wire, the browser fails
   * the connection. Throws where no frame can hold the code or the reason.
   */
  hangUp(code?: number, reason = ""): void {
    const frame = closeFrameOf(code, reason)
    this.#host.soon(() => {
      this.#sendClosing(frame)
      if (this.#state._tag === "Closing") this.#end(this.#state.ours ?? frame, true)
    })
  }

  /**
   * The first half of `hangUp`: the socket is CLOSING, and no event tells it. The line ends by `hangUp` or `drop`; a
   * browser would end it after some seconds, this socket never does.
   */
  startHangingUp(code?: number, reason = ""): void {
    const frame = closeFrameOf(code, reason)
    this.#host.soon(() => this.#sendClosing(frame))
  }

  /** Cuts the line by a reset. Even an end that has been announced is not clean then. */
  drop(): void {
    this.#host.soon(() => {
      const state = this.#state
      if (state._tag === "Connecting" || state._tag === "Abandoned") this.#fail()
      else if (state._tag === "Closing" && state.ours !== undefined) this.#end(state.ours, false)
      else this.#end({ code: CloseCode.AbnormalClosure, reason: "" }, false)
    })
  }

  /** Breaks the protocol (RFC 6455 §7.1.7): the browser fails the connection, with an `error`. */
  violate(): void {
    this.#host.soon(() => this.#fail())
  }

  /** Reads and answers nothing any more, no closing frame either: as a machine does that has lost its power. */
  stall(): void {
    this.#reads = false
  }

  /** Reads again, first what has come meanwhile. */
  recover(): void {
    this.#reads = true
    this.#host.soon(() => this.#read())
  }

  #sentByPage(message: Message): void {
    this.#bufferedAmount += sizeOf(message)
    if (this.#state._tag === "Open") this.#arrived(message)
  }

  #closedByPage(frame: CloseFrame): void {
    if (this.#state._tag === "Connecting") {
      this.#state = { _tag: "Abandoned" }
      this.#host.later(() => this.#fail())
    } else if (this.#state._tag === "Open") {
      this.#state = { _tag: "Closing", ours: undefined }
      this.#arrived(frame)
    }
  }

  #arrived(frame: Message | CloseFrame): void {
    this.#unread.push(frame)
    this.#read()
  }

  #read(): void {
    while (this.#reads && this.#state._tag !== "Closed") {
      const frame = this.#unread.shift()
      if (frame === undefined) return
      if (isMessage(frame)) this.#readMessage(frame)
      else this.#readClosing(frame)
    }
  }

  #readMessage(message: Message): void {
    this.#received.push(message)
    this.#host.note(this, { _tag: "Received", data: message })
    Queue.offerUnsafe(this.#inbox, message)
    this.#host.later(() => {
      this.#bufferedAmount -= sizeOf(message)
    })
  }

  #readClosing(frame: CloseFrame): void {
    this.#closing = frame
    this.#host.note(this, { _tag: "ClosingReceived", ...frame })
    this.#host.later(() => {
      if (this.#state._tag === "Closing") this.#end(this.#state.ours ?? frame, true)
    })
  }

  #sendClosing(frame: CloseFrame): void {
    const state = this.#state
    if (state._tag !== "Open" && (state._tag !== "Closing" || state.ours !== undefined)) return
    this.#host.note(this, { _tag: "ClosingSent", ...frame })
    if (frame.code !== undefined && offWire.has(frame.code)) this.#fail()
    else this.#state = { _tag: "Closing", ours: frame }
  }

  #forPage(message: string | Uint8Array<ArrayBuffer>): unknown {
    if (typeof message === "string") return message
    return this.#socket.binaryType === "blob" ? new Blob([message]) : message.slice().buffer
  }

  #fail(): void {
    if (this.#state._tag === "Closed") return
    this.#state = { _tag: "Closed" }
    this.#socket.dispatchEvent(new Event("error"))
    this.#tell({ code: CloseCode.AbnormalClosure, reason: "", wasClean: false })
  }

  #end({ code = CloseCode.NoStatusReceived, reason }: CloseFrame, wasClean: boolean): void {
    if (this.#state._tag === "Closed") return
    this.#state = { _tag: "Closed" }
    this.#tell({ code, reason, wasClean })
  }

  #tell(ending: Ending): void {
    this.#host.note(this, { _tag: "Closed", ...ending })
    Deferred.doneUnsafe(this.#closed, Effect.succeed(ending))
    Queue.failCauseUnsafe(this.#inbox, Cause.fail(new LinkClosed(ending)))
    this.#socket.dispatchEvent(closeEventOf(ending))
  }
}
