/** The server side of a test: every connection that was dialled, and what becomes of it. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Request, WebSocketLike } from "../core/Socket.ts"
import type { Message } from "./Frame.ts"
import { inOwnTurn } from "./inOwnTurn.ts"
import { type Host, Link } from "./Link.ts"
import type { Entry } from "./Log.ts"
import type { PlatformWebSocketConstructor } from "./Platform.ts"
import { type Network, TestSocket } from "./TestSocket.ts"

/**
 * What becomes of a dial: an answer in a later task, by a name or by what a function does with the connection; none
 * until the test gives one (`"hang"`); or a constructor that throws.
 */
export type Answer = "accept" | "refuse" | "hang" | ((link: Link) => void) | Error

export interface Options {
  /** The answer to every dial, until `peer.answer` is set. Default: `"hang"`. */
  readonly answer?: Answer
  /** Reports what a listener of a socket has thrown. Default: it is uncaught, which test frameworks tell. */
  readonly uncaught?: (error: unknown) => void
  /**
   * Has a task run later. Default: `setTimeout` of 0 ms, looked up each time, so that the fake timers of a test
   * framework drive it. A task that was not yet run is run by `peer.settle()`, and before what the peer does next.
   */
  readonly schedule?: (task: () => void) => void
  /** The time that the log tells, in milliseconds. Default: `Date.now()`. */
  readonly now?: () => number
}

/** In a browser, too, a listener that throws stops nobody, and is told as uncaught. */
const tellUncaught = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })

/** A server with all its connections. */
export class Peer {
  /** The answer to the next dials. */
  answer: Answer
  /** The connections, oldest first. */
  readonly links: ReadonlyArray<Link>
  /** What has happened, over all connections, in order. */
  readonly log: ReadonlyArray<Entry>
  /** The class of WebSockets that dial this peer: to be handed in, or to stand for the global one. */
  readonly WebSocket: PlatformWebSocketConstructor

  readonly #links: Array<Link> = []
  readonly #schedule: (task: () => void) => void
  readonly #tasks: Array<() => void> = []
  readonly #dialled = Effect.runSync(Queue.unbounded<Link>())
  /** How many tasks have been asked for by the one that is under way, if one is. */
  #nested: number | undefined
  #mostLive = 0

  constructor(options: Options = {}) {
    const { answer = "hang", now = () => Date.now(), uncaught = tellUncaught } = options
    const log: Array<Entry> = []
    this.answer = answer
    this.links = this.#links
    this.log = log
    this.#schedule = options.schedule ?? ((task) => setTimeout(task, 0))
    const host: Host = {
      later: (task) => this.#later(task),
      soon: (task) => this.#soon(task),
      note: (link, happening) => log.push({ link: link.id, at: now(), ...happening }),
    }
    const network: Network = {
      dial: (socket, url, protocols) => {
        if (this.answer instanceof Error) throw this.answer
        const link = new Link(this.links.length, host, socket, url, protocols)
        host.note(link, { _tag: "Dialled", url, protocols })
        this.#dial(link)
        return link.wire
      },
      uncaught,
    }
    this.WebSocket = class WebSocket extends TestSocket {
      constructor(url: string | URL, protocols: string | Iterable<string> = []) {
        super(network, url, protocols)
      }
    } as unknown as PlatformWebSocketConstructor
  }

  /** Makes a socket that dials this peer: for the core's `WebSocketConstructor`. */
  readonly construct = ({ protocols, url }: Request): WebSocketLike =>
    new this.WebSocket(url, [...protocols]) as WebSocketLike

  /**
   * Succeeds with the next connection that was not yet taken this way, as soon as somebody dials. Without Effect:
   * `await Effect.runPromise(peer.nextLink)`.
   */
  get nextLink(): Effect.Effect<Link> {
    return inOwnTurn(Queue.take(this.#dialled))
  }

  /** The connection that was dialled last. Throws where there is none. */
  get latest(): Link {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error("Nobody has dialled this peer.")
    return link
  }

  /** Everything that has come, over all connections, in the order of dialling. */
  get received(): ReadonlyArray<Message> {
    return this.links.flatMap(({ received }) => received)
  }

  /** How many sockets are CONNECTING or OPEN. */
  get live(): number {
    return this.links.filter(({ live }) => live).length
  }

  /** How many sockets were CONNECTING or OPEN at once, at most. */
  get mostLive(): number {
    return this.#mostLive
  }

  /** How many listeners the sockets still have, the `on…` properties among them. */
  get listeners(): number {
    return this.links.reduce((sum, { socket }) => sum + (socket as unknown as TestSocket).listeners, 0)
  }

  /** Runs the tasks that wait, and those that they bring about. */
  settle(): void {
    if (this.#nested !== undefined) return
    try {
      for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
        this.#nested = 0
        task()
      }
    } finally {
      this.#nested = undefined
    }
  }

  #dial(link: Link): void {
    const { answer } = this
    this.#links.push(link)
    this.#mostLive = Math.max(this.#mostLive, this.live)
    Queue.offerUnsafe(this.#dialled, link)
    if (answer === "accept") this.#later(() => link.accept())
    else if (answer === "refuse") this.#later(() => link.refuse())
    else if (typeof answer === "function") this.#later(() => answer(link))
  }

  #later(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule(() => this.settle())
  }

  #soon(task: () => void): void {
    if (this.#nested === undefined) this.#tasks.push(task)
    else this.#tasks.splice(this.#nested++, 0, task)
    this.settle()
  }
}
