/** Promises that hold in any order of calls and events. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import type { Settings } from "../../src/core/Connection.ts"
import { DialError } from "../../src/core/Socket.ts"
import { parts } from "../setup/parts.ts"
import { Bench, backoff, type Callbacks, defaults, nothing } from "./bench.ts"
import { holds } from "./holds.ts"
import { Model } from "./Model.ts"
import { Simulation } from "./Simulation.ts"

const settings: fc.Arbitrary<Partial<Settings>> = fc.record({
  reconnect: fc.constantFrom(true, true, true, false),
  reconnectMaxAttempts: fc.constantFrom(Number.POSITIVE_INFINITY, 0, 2),
  heartbeat: fc.constantFrom(undefined, { interval: 3000, timeout: 1000, message: "ping" }),
  queueCapacity: fc.constantFrom(1, 3, 100),
  queueOverflow: fc.constantFrom("reject" as const, "drop-oldest" as const),
  queueTtl: fc.constantFrom(undefined, undefined, 2000),
})

/** Brings the connection, its peer and what is known of both forward by one step. */
class Run {
  readonly time = new Simulation()
  readonly bench: Bench
  readonly model: Model
  /** Every message that was handed over, by its number. */
  handedOver = 0
  readonly taken = new Set<string>()
  readonly vetoed = new Set<string>()
  /** What was sent from inside `onOpen`: it goes first. */
  readonly #hellos = new Set<string>()
  #greeting: Deferred.Deferred<void, DialError> | undefined
  /** Frames that a connection has to tell. */
  readonly framesToTell: Array<string> = []
  #frames = 0
  #veto = false
  /** Lines told up to the end. */
  #toldAtEnd: number | undefined
  readonly #settings: Settings

  constructor(some: Partial<Settings>) {
    const settings = { ...defaults, reconnectPolicy: backoff, ...some }
    this.#settings = settings
    this.bench = this.time.run(Bench.make({ settings }))
    this.bench.recorder.sending = (message) => {
      // What was dropped because its own listener ended the connection is beyond a veto.
      if (!this.#veto || this.model.tag === "Ended") return message
      this.vetoed.add(message)
      return undefined
    }
    this.model = new Model(
      settings,
      () => this.bench.recorder.network,
      (retries) => Math.min(1000 * 2 ** retries, 8000),
    )
  }

  get #framesTold() {
    return this.bench.lines("message ").map((line) => line.slice("message ".length))
  }

  get #link() {
    return this.bench.peer.links.at(-1)
  }

  /** The page. */
  readonly page = {
    reconnect: () => {
      this.bench.connection.reconnect()
      this.model.reconnect(this.time.now)
    },
    close: () => {
      this.bench.connection.close(4000)
      this.model.close(this.time.now)
    },
    pause: () => {
      this.bench.connection.pause()
      this.model.pause(this.time.now)
    },
    resume: () => {
      this.bench.connection.resume()
      this.model.resume(this.time.now)
    },
    wake: () => {
      this.bench.connection.wake()
      this.model.wake(this.time.now)
    },
    send: () => {
      const message = String(this.handedOver++)
      if (this.bench.state === "Greeting") this.#hellos.add(message)
      this.bench.connection.send(message)
    },
    "take time to greet": () => {
      this.#greeting = Deferred.makeUnsafe()
      this.bench.recorder.greeting = Deferred.await(this.#greeting)
    },
    greet: () => {
      this.model.greeted(true, this.time.now)
      this.#greeted(Effect.void)
    },
    "fail to greet": () => {
      this.model.greeted(false, this.time.now)
      this.#greeted(Effect.fail(new DialError({ message: "no token" })))
    },
    take: () => {
      const [first, ...rest] = this.bench.connection.outbox.toArray()
      if (first === undefined) return
      this.taken.add(first)
      this.bench.connection.outbox.replace(rest)
    },
    veto: () => {
      this.#veto = !this.#veto
    },
    network: () => {
      this.bench.recorder.network = !this.bench.recorder.network
    },
    end: () => {
      const first = this.model.tag !== "Ended"
      this.model.end()
      this.bench.end()
      if (first) this.#toldAtEnd = this.bench.recorder.lines.length
    },
  }

  /** The server. What it does lets it answer first what has come before. */
  readonly server = {
    accept: () => {
      this.settle()
      const opens = this.#link?.socket.readyState === WebSocket.CONNECTING
      if (opens) this.model.opened(this.time.now, this.#greeting !== undefined)
      this.#link?.accept()
    },
    refuse: () => {
      this.settle()
      if (this.#link?.socket.readyState === WebSocket.CONNECTING) this.model.ended(1006, this.time.now)
      this.#link?.refuse()
    },
    frame: () => {
      this.settle()
      const frame = String(this.#frames++)
      if (this.#link?.socket.readyState === WebSocket.OPEN && this.model.frame(this.time.now)) {
        this.framesToTell.push(frame)
      }
      this.#link?.send(frame)
    },
    drop: () => this.#ends(() => this.#link?.drop()),
    "hang up 1000": () => this.#hangUp(1000),
    "hang up 1001": () => this.#hangUp(1001),
    "hang up 1012": () => this.#hangUp(1012),
    "hang up 4401": () => this.#hangUp(4401),
    "start hanging up": () => {
      this.settle()
      this.#link?.startHangingUp()
    },
    stall: () => this.#link?.stall(),
    settle: () => this.settle(),
  }

  advance(millis: number): void {
    this.settle()
    const until = this.time.now + millis
    for (let at = this.model.deadline; at !== undefined && at <= until; at = this.model.deadline) {
      this.time.advance(at - this.time.now)
      this.model.ring(at)
      this.settle()
    }
    this.time.advance(until - this.time.now)
    this.settle()
  }

  /** Has the peer answer what has come, in the model too. */
  settle(): void {
    const is = (readyState: number) => this.#link?.socket.readyState === readyState
    const closing = is(WebSocket.CLOSING)
    this.bench.peer.settle()
    if (closing && is(WebSocket.CLOSED)) this.model.ended(1005, this.time.now)
  }

  #greeted(outcome: Effect.Effect<void, DialError>): void {
    const greeting = this.#greeting
    this.#greeting = undefined
    this.bench.recorder.greeting = Effect.void
    if (greeting) Deferred.doneUnsafe(greeting, outcome)
  }

  /** Ends what is still there, and answers what is left. */
  finish() {
    this.bench.end()
    this.time.advance(3_600_000)
    return this.bench.remains
  }

  /** What must hold at any time. */
  check(): void {
    const { bench } = this
    const { connection, recorder, peer } = bench
    expect(peer.mostLive).toBeLessThanOrEqual(1)
    if (!["Connecting", "Greeting", "Holding", "Open"].includes(bench.state)) expect(peer.live).toBe(0)
    expect([bench.fibers.defects, peer.uncaught]).toEqual([[], []])

    const sent = bench.lines("sent ").map((line) => line.slice("sent ".length))
    const dropped = bench.lines("dropped ").map((line) => line.slice("dropped ".length).split(":")[0] ?? "")
    const waiting = connection.outbox.toArray()
    const fates = [...sent, ...dropped, ...this.taken, ...this.vetoed, ...waiting]
    expect(fates.map(Number).sort((a, b) => a - b)).toEqual([...Array(this.handedOver).keys()])
    const written = peer.links.flatMap(({ received, unread }) => [...received, ...unread])
    expect(written.filter((data) => data !== "ping")).toEqual(sent)
    const inTurn = sent.filter((message) => !this.#hellos.has(message)).map(Number)
    expect(inTurn).toEqual([...inTurn].sort((a, b) => a - b))

    const told = this.#framesTold.map(Number)
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
    expect(recorder.lines.map(initial).join("")).toMatch(grammar)

    const after = this.#toldAtEnd === undefined ? [] : recorder.lines.slice(this.#toldAtEnd)
    expect(after.filter((line) => !/^dropped \d+: closed$/.test(line))).toEqual([])
    if (bench.state === "Ended") expect(waiting).toEqual([])
  }

  /** What must hold where time is told by nothing but the model. */
  checkModel(): void {
    expect(this.#framesTold).toEqual(this.framesToTell)
    const { bench, model } = this
    expect(bench.state).toBe(model.tag)
    const resting =
      ["Closed", "Failed", "Ended"].includes(model.tag) ||
      (model.deadline === undefined && model.tag !== "Connecting")
    if (resting && this.#settings.queueTtl === undefined) expect(bench.clock.sleeping).toBe(0)
  }

  #hangUp(code: number): void {
    this.#ends(() => this.#link?.hangUp(code))
  }

  #ends(end: () => void): void {
    this.settle()
    const { log } = this.bench.peer
    const before = log.length
    end()
    // A code that was announced before is the one that counts.
    for (const entry of log.slice(before))
      if (entry._tag === "Closed") this.model.ended(entry.code, this.time.now)
  }
}

/** One letter for a line about a socket, none for the others. */
const initial = (line: string): string =>
  ({ dial: "d", connecting: "c", open: "o", close: "x", retry: "r", failed: "f" })[
    line.split(" ")[0] ?? ""
  ] ?? ""

/** Of each dial: perhaps a socket, which perhaps opens, and perhaps ends; then perhaps a retry or its failing. */
const grammar = /^(d(co?)?x?[rf]?)*x?$/

type PageStep = keyof Run["page"]
type ServerStep = keyof Run["server"]

const pageSteps: Record<PageStep, number> = {
  reconnect: 4,
  close: 2,
  pause: 2,
  resume: 2,
  wake: 2,
  send: 8,
  take: 1,
  veto: 1,
  network: 1,
  "take time to greet": 1,
  greet: 2,
  "fail to greet": 1,
  end: 1,
}
const serverSteps: Record<ServerStep, number> = {
  accept: 8,
  refuse: 3,
  frame: 4,
  drop: 3,
  "hang up 1000": 1,
  "hang up 1001": 1,
  "hang up 1012": 2,
  "hang up 4401": 1,
  "start hanging up": 1,
  stall: 1,
  settle: 3,
}

type Step = readonly ["page", PageStep] | readonly ["server", ServerStep] | readonly ["advance", number]

const step: fc.Arbitrary<Step> = fc.oneof(
  ...Object.entries(pageSteps).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(["page", name as PageStep] as const),
  })),
  ...Object.entries(serverSteps).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(["server", name as ServerStep] as const),
  })),
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(0, 1, 500, 999, 1000, 2000, 4999, 5000, 15_000)
      .map((millis) => ["advance", millis] as const),
  },
)

const perform = (run: Run, [who, what]: Step): void => {
  if (who === "page") run.page[what]()
  else if (who === "server") run.server[what]()
  else run.advance(what)
}

test.each(parts(5))(
  "after any order of calls and events the connection is in the state of the table, %s",
  () => {
    holds(
      fc.property(settings, fc.array(step, { maxLength: 40 }), (settings, steps) => {
        const run = new Run(settings)
        for (const step of steps) {
          perform(run, step)
          run.check()
          run.checkModel()
        }
        expect(run.finish()).toEqual(nothing)
        run.time.end()
      }),
      100,
    )
  },
)

type Call = keyof Callbacks

const calls: ReadonlyArray<Call> = [
  "beforeDial",
  "onCancelled",
  "onConnecting",
  "onOpen",
  "onMessage",
  "onError",
  "received",
  "onClose",
  "onStopped",
  "onRetry",
  "onFailed",
  "beforeSend",
  "afterSend",
  "onDrop",
  "online",
  "=Connecting",
  "=Greeting",
  "=Holding",
  "=Open",
  "=Closing",
  "=Waiting",
  "=Paused",
  "=Closed",
  "=Failed",
  "=Ended",
]

const reaction = fc.record({
  call: fc.constantFrom(...calls),
  steps: fc.array(
    fc.constantFrom<PageStep>("reconnect", "close", "pause", "resume", "wake", "send", "send", "take", "end"),
    { minLength: 1, maxLength: 2 },
  ),
})

test.each(parts(5))(
  "whatever hooks do, there is one socket, and every message is sent once and in order, %s",
  () => {
    const plan = fc.array(fc.tuple(step, fc.option(reaction)), { maxLength: 30 })
    holds(
      fc.property(settings, plan, (settings, plan) => {
        const run = new Run(settings)
        const { recorder } = run.bench
        for (const [step, reaction] of plan) {
          if (reaction !== null) {
            recorder.hooks[reaction.call] = () => {
              recorder.hooks[reaction.call] = () => {}
              for (const step of reaction.steps) run.page[step]()
            }
          }
          perform(run, step)
          run.check()
        }
        expect(run.finish()).toEqual(nothing)
        run.time.end()
      }),
      100,
    )
  },
)
