/** The server of a test, with all its connections. */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Request, WebSocketLike } from "../core/Socket.ts"
import type { MessageData } from "./Frame.ts"
import { type Host, inOwnTurn, Link } from "./Link.ts"
import type { Entry } from "./Log.ts"
import type { PlatformWebSocketConstructor } from "./Platform.ts"
import { type Dialler, TestSocket } from "./TestSocket.ts"

/**
 * The answer to a dial, in a later task: `"accept"`, `"refuse"`, or a function that is called with the connection.
 * `"hang"` leaves the answer to the test. An `Error` is thrown by the WebSocket's constructor.
 */
export type Answer = "accept" | "refuse" | "hang" | ((link: Link) => void) | Error

/** The options of a peer. */
export interface Options {
  /**
   * The answer to every dial, until `peer.answer` is set.
   *
   * @default "hang"
   */
  readonly answer?: Answer
  /** Called with what a listener of a socket throws. By default it is thrown uncaught, which test frameworks report. */
  readonly uncaught?: (error: unknown) => void
  /**
   * Schedules a task. By default it is `setTimeout` of 0 ms, looked up at each call, so that fake timers drive it. A task
   * that is due is also run by `peer.settle()`, and before the peer does anything else.
   */
  readonly schedule?: (task: () => void) => void
  /** Returns the time of log entries, in milliseconds. By default it is `Date.now()`. */
  readonly now?: () => number
}

/** Reports what a listener throws, and goes on, as browsers do. */
const throwUncaught = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })

/** A server with all its connections. */
export class Peer {
  /** The answer to the next dials. */
  answer: Answer
  /** The connections, oldest first. */
  readonly links: ReadonlyArray<Link>
  /** What happened to all connections, in order. */
  readonly log: ReadonlyArray<Entry>
  /** The class of WebSockets that dial this peer, for programs that take one, or to replace the global one. */
  readonly WebSocket: PlatformWebSocketConstructor

  readonly #links: Array<Link> = []
  readonly #schedule: (task: () => void) => void
  readonly #tasks: Array<() => void> = []
  readonly #dialled = Effect.runSync(Queue.unbounded<Link>())
  /** How many tasks the current one has scheduled right after it; `undefined` between tasks. */
  #nested: number | undefined
  #mostLive = 0

  constructor(options: Options = {}) {
    const { answer = "hang", now = () => Date.now(), uncaught = throwUncaught } = options
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
    const dialler: Dialler = {
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
        super(dialler, url, protocols)
      }
    } as unknown as PlatformWebSocketConstructor
  }

  /** Makes a WebSocket that dials this peer, for the service `Socket.WebSocketConstructor`. */
  readonly construct = ({ protocols, url }: Request): WebSocketLike =>
    new this.WebSocket(url, [...protocols]) as WebSocketLike

  /** Takes the next connection, as soon as a page dials. Without Effect: `await Effect.runPromise(peer.nextLink)`. */
  get nextLink(): Effect.Effect<Link> {
    return inOwnTurn(Queue.take(this.#dialled))
  }

  /** The connection that was dialled last. Throws if there is none. */
  get latest(): Link {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error("nobody has dialled this peer yet")
    return link
  }

  /** The messages that the peer has read, by connections in the order of their dials. */
  get received(): ReadonlyArray<MessageData> {
    return this.links.flatMap(({ received }) => received)
  }

  /** How many sockets are CONNECTING or OPEN. */
  get live(): number {
    return this.links.filter(({ live }) => live).length
  }

  /** The largest number of sockets that were CONNECTING or OPEN at once. */
  get mostLive(): number {
    return this.#mostLive
  }

  /** How many listeners the sockets have, `on…` properties included. */
  get listeners(): number {
    return this.links.reduce((sum, { socket }) => sum + (socket as unknown as TestSocket).listeners, 0)
  }

  /** Runs the tasks that are due, and those that they schedule. */
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
