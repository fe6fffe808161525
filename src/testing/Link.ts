/** One connection, seen from the server. */
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as CloseCode from "../core/CloseCode.ts"
import { bytesOf, type CloseFrame, closeFrameOf, type MessageData, sizeOf, textOf } from "./Frame.ts"
import type { Ending, Happening } from "./Log.ts"
import type { PlatformWebSocket } from "./Platform.ts"
import { CLOSED, CLOSING, CONNECTING, OPEN, type TestSocket, type Wire } from "./TestSocket.ts"

/** The connection has ended, and all its messages were taken. */
export class LinkClosed extends Data.TaggedError("LinkClosed")<Ending> {}

/** The peer of a link, reduced to what is used of it. */
export interface Host {
  /** Runs a task after the current one. */
  readonly later: (task: () => void) => void
  /** Runs a task after those that wait, or right after the current one. */
  readonly soon: (task: () => void) => void
  readonly note: (link: Link, happening: Happening) => void
}

type State =
  | { readonly _tag: "Connecting" }
  /** The page has closed the socket during the handshake. */
  | { readonly _tag: "Abandoned" }
  | { readonly _tag: "Open" }
  /** A close frame was sent: by the page, or by the peer, if it is `ours`. */
  | { readonly _tag: "Closing"; readonly ours: CloseFrame | undefined }
  | { readonly _tag: "Closed" }

const readyStates = {
  Connecting: CONNECTING,
  Abandoned: CLOSING,
  Open: OPEN,
  Closing: CLOSING,
  Closed: CLOSED,
} satisfies Record<State["_tag"], number>

/** Codes that no close frame may carry (RFC 6455 §7.4.1). */
const offWire: ReadonlySet<number> = new Set([
  CloseCode.NoStatusReceived,
  CloseCode.AbnormalClosure,
  CloseCode.TlsHandshake,
])

const isMessage = (frame: MessageData | CloseFrame): frame is MessageData =>
  typeof frame === "string" || !("reason" in frame)

/** Node has `CloseEvent` since 23. */
const closeEventOf = (ending: Ending): Event =>
  typeof CloseEvent === "undefined"
    ? Object.assign(new Event("close"), ending)
    : new CloseEvent("close", ending)

/** One connection, seen from the server. A call has taken effect when it returns. */
export class Link {
  /** The number of the connection, from 0. */
  readonly id: number
  /** The WebSocket of the page. */
  readonly socket: PlatformWebSocket
  /** The URL that was dialled. */
  readonly url: string
  /** The subprotocols that the page offered. */
  readonly protocols: ReadonlyArray<string>

  readonly #host: Host
  readonly #socket: TestSocket
  #state: State = { _tag: "Connecting" }
  #protocol = ""
  #bufferedAmount = 0
  #reads = true
  readonly #unread: Array<MessageData | CloseFrame> = []
  readonly #received: Array<MessageData> = []
  #closing: CloseFrame | undefined
  readonly #inbox = Effect.runSync(Queue.unbounded<MessageData, LinkClosed>())
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

  /** @internal The connection, reduced to what the page's socket uses of it. */
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

  /** The messages of the page that the peer has read, in order. */
  get received(): ReadonlyArray<MessageData> {
    return this.#received
  }

  /** The messages of the page that a stalled peer has not read, in order. */
  get unread(): ReadonlyArray<MessageData> {
    return this.#unread.filter(isMessage)
  }

  /** The close frame of the page, once the peer has read it. */
  get closing(): CloseFrame | undefined {
    return this.#closing
  }

  /** Takes the next message of the page. Fails with `LinkClosed` if the connection has ended and none is left. */
  get next(): Effect.Effect<MessageData, LinkClosed> {
    return inOwnTurn(Queue.take(this.#inbox))
  }

  /** Succeeds with the `CloseEvent` of the page when the connection has ended. */
  get closed(): Effect.Effect<Ending> {
    return inOwnTurn(Deferred.await(this.#closed))
  }

  /**
   * Accepts the handshake, by default with the first subprotocol that was offered. The browser fails the connection if
   * `protocol` was not offered, or is `""` although some were.
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

  /** Refuses the handshake. Pages do not learn the status. */
  refuse(): void {
    this.#host.soon(() => {
      if (this.#state._tag !== "Connecting") return
      this.#host.note(this, { _tag: "Refused" })
      this.#fail()
    })
  }

  /** Sends a message: a text, or a copy of bytes. It is lost if the socket is not open. */
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
   * Sends a close frame, with any code or none, and ends the connection when the browser has answered. Does nothing
   * before the handshake. The browser fails the connection for 1005, 1006 and 1015, which no frame may carry. Throws if no
   * frame can hold the code or the reason.
   */
  hangUp(code?: number, reason = ""): void {
    const frame = closeFrameOf(code, reason)
    this.#host.soon(() => {
      this.#sendClosing(frame)
      if (this.#state._tag === "Closing") this.#end(this.#state.ours ?? frame, true)
    })
  }

  /**
   * Does the first half of `hangUp`: the socket is CLOSING, without an event, until `hangUp` or `drop`. A browser would
   * end the connection after some seconds.
   */
  startHangingUp(code?: number, reason = ""): void {
    const frame = closeFrameOf(code, reason)
    this.#host.soon(() => this.#sendClosing(frame))
  }

  /** Resets the connection. It ends unclean, even after a close frame. */
  drop(): void {
    this.#host.soon(() => {
      const state = this.#state
      if (state._tag === "Connecting" || state._tag === "Abandoned") this.#fail()
      else if (state._tag === "Closing" && state.ours !== undefined) this.#end(state.ours, false)
      else this.#end({ code: CloseCode.AbnormalClosure, reason: "" }, false)
    })
  }

  /** Violates the protocol (RFC 6455 §7.1.7): the browser fails the connection, with an `error`. */
  violate(): void {
    this.#host.soon(() => this.#fail())
  }

  /** Stops reading and answering, close frames included, like a machine without power. */
  stall(): void {
    this.#reads = false
  }

  /** Reads again, from the first message that is unread. */
  recover(): void {
    this.#reads = true
    this.#host.soon(() => this.#read())
  }

  #sentByPage(message: MessageData): void {
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

  #arrived(frame: MessageData | CloseFrame): void {
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

  #readMessage(message: MessageData): void {
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
    this.#finish({ code: CloseCode.AbnormalClosure, reason: "", wasClean: false })
  }

  #end({ code = CloseCode.NoStatusReceived, reason }: CloseFrame, wasClean: boolean): void {
    if (this.#state._tag === "Closed") return
    this.#state = { _tag: "Closed" }
    this.#finish({ code, reason, wasClean })
  }

  #finish(ending: Ending): void {
    this.#host.note(this, { _tag: "Closed", ...ending })
    Deferred.doneUnsafe(this.#closed, Effect.succeed(ending))
    Queue.failCauseUnsafe(this.#inbox, Cause.fail(new LinkClosed(ending)))
    this.#socket.dispatchEvent(closeEventOf(ending))
  }
}

/** Lets a fiber that waited for the page resume in a turn of its own, not inside the page's. */
export const inOwnTurn = <A, E>(wait: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.onExit(wait, () => Effect.yieldNow)
