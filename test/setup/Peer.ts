/** The test peer of our own tests: its tasks run on `settle`, and its sockets may differ from a browser's. */
import type { Request, WebSocketLike } from "../../src/core/Socket.ts"
import type { TestPeer } from "../../src/testing/index.ts"
import { Peer as Base } from "../../src/testing/Peer.ts"

/** How the sockets differ from a browser's, as stand-ins in people's test set-ups do. */
export interface StandIn {
  /** They have no `readyState`. */
  readonly withoutState?: boolean
  /** They have no `removeEventListener`. */
  readonly withoutRemoval?: boolean
  /** The initial `readyState`, set without an event. */
  readonly born?: number
  /** `close` is emitted inside `close()`. */
  readonly closesAtOnce?: boolean
  /** All dials return one object: the same socket while it is live, a redialled one after it has ended. */
  readonly reused?: boolean
}

export interface Options {
  readonly answer?: TestPeer.Answer
  readonly standIn?: StandIn
}

export class Peer extends Base {
  /** Errors thrown by listeners. */
  readonly uncaught: Array<unknown>
  readonly #standIn: StandIn
  #shared: Shared | undefined

  constructor({ standIn = {}, ...options }: Options = {}) {
    const uncaught: Array<unknown> = []
    super({ ...options, schedule: () => {}, uncaught: (error) => uncaught.push(error) })
    this.uncaught = uncaught
    this.#standIn = standIn
  }

  override readonly construct = (request: Request): WebSocketLike => {
    const { reused, withoutRemoval, withoutState } = this.#standIn
    const socket = reused ? this.#share(request) : this.#strange(request)
    if (withoutState) Object.defineProperty(socket, "readyState", { value: undefined })
    if (withoutRemoval) Object.defineProperty(socket, "removeEventListener", { value: undefined })
    return socket
  }

  /** Fires an event in any state, for stand-ins that fire events which no browser would. */
  emit(link: TestPeer.Link | undefined, event: Event): void {
    this.settle()
    link?.socket.dispatchEvent(event)
  }

  #strange({ protocols, url }: Request): WebSocketLike {
    const { born, closesAtOnce } = this.#standIn
    const socket = new this.WebSocket(url, [...protocols])
    // These events are fired before any listener is attached.
    if (born === socket.CLOSED) this.latest.refuse()
    else if (born !== undefined) this.latest.accept()
    if (born === socket.CLOSING) this.latest.startHangingUp()
    if (closesAtOnce) {
      const close = socket.close.bind(socket)
      socket.close = (code, reason) => {
        close(code, reason)
        this.settle()
      }
    }
    return socket
  }

  #share(request: Request): WebSocketLike {
    if (this.links.at(-1)?.live !== true) {
      const socket = this.#strange(request)
      if (this.#shared === undefined) this.#shared = new Shared(socket)
      else this.#shared.redial(socket)
    }
    return this.#shared as Shared
  }
}

type Listening = Parameters<WebSocketLike["addEventListener"]>

/** One object that delegates to the current socket. */
class Shared implements WebSocketLike {
  #socket: WebSocketLike
  readonly #listening: Array<Listening> = []

  constructor(socket: WebSocketLike) {
    this.#socket = socket
  }

  redial(socket: WebSocketLike): void {
    for (const [type, listener, options] of this.#listening) {
      this.#socket.removeEventListener?.(type, listener)
      socket.addEventListener(type, listener, options)
    }
    this.#socket = socket
  }

  get readyState() {
    return this.#socket.readyState as number
  }

  send(...message: Parameters<WebSocketLike["send"]>): void {
    this.#socket.send(...message)
  }

  close(...frame: Parameters<WebSocketLike["close"]>): void {
    this.#socket.close(...frame)
  }

  addEventListener(...listening: Listening): void {
    this.#listening.push(listening)
    this.#socket.addEventListener(...listening)
  }

  removeEventListener(type: string, listener: Listening[1]): void {
    const at = this.#listening.findIndex(([name, known]) => name === type && known === listener)
    if (at >= 0) this.#listening.splice(at, 1)
    this.#socket.removeEventListener?.(type, listener)
  }
}
