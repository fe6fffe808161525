/**
 * A server that a test holds in its hand, and the WebSockets that reach it: no network and no real time.
 *
 * The sockets behave as a browser's do (WHATWG WebSockets; Chromium where that leaves it open). Above all, what
 * a page calls never makes an event in the same turn: the answer is a task, which comes later. What the server
 * does is a task of its own, and so over when the call returns; called from inside a listener, it comes after that.
 *
 * **Example** (A program that dials again)
 *
 * ```ts
 * it.effect("says hello again after a restart of its server", () =>
 *   Effect.gen(function* () {
 *     const peer = yield* TestPeer.TestPeer
 *     yield* Effect.forkScoped(program)
 *     const first = yield* peer.nextLink
 *     first.accept()
 *     assert.strictEqual(yield* first.next, "hello")
 *     first.hangUp(1012)
 *     yield* TestClock.adjust("1 minute")
 *     const second = yield* peer.nextLink
 *     second.accept()
 *     assert.strictEqual(yield* second.next, "hello")
 *   }).pipe(Effect.provide(TestPeer.layer())))
 * ```
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import { type Request, WebSocketConstructor, type WebSocketLike } from "../core/Socket.ts"
import { type Host, Link } from "./Link.ts"
import type { Data, Entry } from "./Log.ts"
import { TestSocket } from "./TestSocket.ts"

export { type Link, LinkClosed } from "./Link.ts"
export type { CloseFrame, Data, Ending, Entry, Happening } from "./Log.ts"

/** What becomes of a dial: an answer in a later task, none until the test gives one, or a constructor that throws. */
export type Answer = "accept" | "refuse" | "hang" | Error

export interface Options {
  /** The answer to every dial, until `peer.answer` is set. Default: `"hang"`. */
  readonly answer?: Answer
  /**
   * Has a task run later. Default: `setTimeout` of 0 ms, which the fake timers of test frameworks drive. Whatever it
   * does, `peer.settle()` runs the tasks that wait.
   */
  readonly schedule?: (task: () => void) => void
  /** The clock of the log, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number
  /** Reports what a listener of a socket has thrown. Default: as the platform does, which fails most tests. */
  readonly uncaught?: (error: unknown) => void
}

/** As a browser does where a listener throws: nobody is stopped by it, and it is reported. */
const report = (error: unknown): void => {
  setTimeout(() => {
    throw error
  }, 0)
}

/** A server with all its connections. */
export class Peer {
  /** The connections, oldest first. */
  readonly links: Array<Link> = []
  /** What has happened, over all connections, in order. */
  readonly log: Array<Entry> = []
  /** The answer to the next dials. */
  answer: Answer
  /** How many sockets were CONNECTING or OPEN at once, at most. */
  mostLive = 0
  /** The constructor that leads to this peer, for programs that take one, or for `globalThis.WebSocket`. */
  readonly WebSocket: typeof WebSocket

  readonly #schedule: (task: () => void) => void
  readonly #tasks: Array<() => void> = []
  readonly #dialled = Effect.runSync(Queue.unbounded<Link>())
  #settling = false

  constructor(options: Options = {}) {
    const {
      answer = "hang",
      now = Date.now,
      schedule = (task) => setTimeout(task, 0),
      uncaught = report,
    } = options
    this.answer = answer
    this.#schedule = schedule
    const host: Host = {
      later: (task) => this.#later(task),
      soon: (task) => this.#soon(task),
      note: (link, happening) => this.log.push({ link: link.id, at: now(), ...happening }),
      uncaught,
    }
    const dial = (url: string, protocols: ReadonlyArray<string>, socket: TestSocket) => {
      const { answer } = this
      if (answer instanceof Error) throw answer
      const link = new Link(this.links.length, host, url, protocols, socket)
      this.links.push(link)
      this.mostLive = Math.max(this.mostLive, this.live)
      host.note(link, { _tag: "Dialled", url, protocols })
      Queue.offerUnsafe(this.#dialled, link)
      if (answer === "accept") this.#later(() => link.accept())
      if (answer === "refuse") this.#later(() => link.refuse())
      return link.wire
    }
    this.WebSocket = class WebSocket extends TestSocket {
      constructor(url: string | URL, protocols: string | Iterable<string> = []) {
        super(url, protocols, dial)
      }
    } as unknown as typeof WebSocket
  }

  /** Makes a socket that dials this peer: for the `WebSocketConstructor` service. */
  readonly construct = ({ protocols, url }: Request): WebSocketLike => new this.WebSocket(url, [...protocols])

  /** Succeeds with the next connection that was not yet taken this way, as soon as somebody dials. */
  get nextLink(): Effect.Effect<Link> {
    return Queue.take(this.#dialled)
  }

  /** The connection dialled last. Throws where there is none. */
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
  get received(): Array<Data> {
    return this.links.flatMap((link) => link.received)
  }

  /** How many listeners the sockets still have, the `on…` properties among them. */
  get listeners(): number {
    return this.links.reduce((sum, { socket }) => sum + (socket as unknown as TestSocket).listeners, 0)
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

  #later(task: () => void): void {
    this.#tasks.push(task)
    this.#schedule(() => this.settle())
  }

  #soon(task: () => void): void {
    this.#tasks.push(task)
    this.settle()
  }
}

/** The peer of a program under test. */
export class TestPeer extends Context.Service<TestPeer, Peer>()("htmx-ext-effect-ws/TestPeer") {}

/**
 * A peer, and the `WebSocketConstructor` that leads to it. Its tasks run among those of the fibers, and its log
 * goes by the clock of the fibers: under `TestClock` no real time passes.
 */
export const layer = (options: Pick<Options, "answer" | "uncaught"> = {}): Layer.Layer<TestPeer> =>
  Layer.effectContext(
    Effect.withFiber((fiber) => {
      const dispatcher = fiber.currentDispatcher
      const clock = fiber.getRef(Clock.Clock)
      const peer = new Peer({
        ...options,
        schedule: (task) => dispatcher.scheduleTask(task, 0),
        now: () => clock.currentTimeMillisUnsafe(),
      })
      return Effect.succeed(
        Context.make(TestPeer, peer).pipe(Context.add(WebSocketConstructor, peer.construct)),
      )
    }),
  )
