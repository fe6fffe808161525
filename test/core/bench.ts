/** A connection with a fake peer, a test clock, and a recorder that writes each call of a hook down as a line. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { expect } from "vitest"
import * as Connection from "../../src/core/Connection.ts"
import type { DropReason } from "../../src/core/Outbox.ts"
import type { Payload } from "../../src/core/Payload.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"
import {
  type DialError,
  type Request,
  type SocketClosed,
  type SocketEvent,
  WebSocketConstructor,
} from "../../src/core/Socket.ts"
import { Peer, type Options as PeerOptions } from "../setup/Peer.ts"

export const url = "ws://peer.test/"

/** Delays of exactly 1, 2, 4, 8, 8, … seconds: a delay shows how many retries came before it. */
export const backoff = Reconnect.exponential({ base: 1000, factor: 2, max: 8000, jitter: 0 })

export const defaults: Connection.Settings = {
  reconnect: true,
  reconnectCodes: new Set(Reconnect.defaultCodes),
  reconnectPolicy: backoff,
  reconnectMaxAttempts: Number.POSITIVE_INFINITY,
  reconnectStableAfter: 5000,
  connectTimeout: 15_000,
  closeTimeout: 2000,
  heartbeat: undefined,
  queueCapacity: 100,
  queueOverflow: "reject",
  queueTtl: undefined,
}

type Call = Exclude<keyof Connection.Hooks<string>, "onState">
/** What a test does inside a hook, by the name of the hook; `=Open` when that state is entered, `construct` when a socket is made. */
export type Callbacks = Partial<Record<Call | `=${Connection.State["_tag"]}` | "construct", () => void>>

/** Hooks that write each call down. */
export class Recorder implements Connection.Hooks<string> {
  readonly lines: Array<string> = []
  readonly states: Array<Connection.State["_tag"]> = []
  hooks: Callbacks = {}
  network = true
  /** What `beforeDial` returns. */
  dialling: (attempt: number) => Effect.Effect<Request | undefined, DialError> = () =>
    Effect.succeed({ url, protocols: [] })
  /** What `onOpen` returns. */
  greeting: Effect.Effect<void, DialError> = Effect.void
  /** What `received` returns. */
  receiving: Effect.Effect<void> = Effect.void
  /** What `onRetry` returns. */
  delay: unknown
  /** What `beforeSend` returns. */
  sending: (message: string) => Payload | undefined = (message) => message
  #read = 0

  beforeDial(attempt: number) {
    this.#write("beforeDial", `dial ${attempt}`)
    return this.dialling(attempt)
  }
  onState({ _tag }: Connection.State) {
    this.states.push(_tag)
    this.hooks[`=${_tag}`]?.()
  }
  onCancelled() {
    this.hooks.onCancelled?.()
  }
  onConnecting(attempt: number) {
    this.#write("onConnecting", `connecting ${attempt}`)
  }
  onOpen(_attempt: number, _event: SocketEvent | undefined) {
    this.#write("onOpen", "open")
    return this.greeting
  }
  onMessage(data: unknown) {
    this.#write("onMessage", `message ${data}`)
  }
  onError(error: { readonly _tag: string }) {
    this.#write("onError", `error ${error._tag}`)
  }
  onClose({ code, reason }: SocketClosed) {
    this.#write("onClose", `close ${code} ${reason}`.trimEnd())
  }
  received() {
    this.hooks.received?.()
    return this.receiving
  }
  onStopped() {
    this.hooks.onStopped?.()
  }
  onRetry(attempt: number, delay: number, { code }: SocketClosed) {
    this.#write("onRetry", `retry ${attempt} in ${delay} after ${code}`)
    return this.delay
  }
  onFailed(attempts: number, { code }: SocketClosed) {
    this.#write("onFailed", `failed ${attempts} after ${code}`)
  }
  beforeSend(message: string, waited: boolean) {
    this.#write("beforeSend", `sending ${message}${waited ? " that waited" : ""}`)
    return this.sending(message)
  }
  afterSend(message: string) {
    this.#write("afterSend", `sent ${message}`)
  }
  readonly onDrop = (message: string, reason: DropReason) => {
    this.#write("onDrop", `dropped ${message}: ${reason}`)
  }
  readonly online = () => {
    this.hooks.online?.()
    return this.network
  }

  /** The lines since the last call. */
  news(): Array<string> {
    const news = this.lines.slice(this.#read)
    this.#read = this.lines.length
    return news
  }

  #write(call: Call, line: string): void {
    this.lines.push(line)
    this.hooks[call]?.()
  }
}

/** A clock that counts its sleepers, whose date can be set, and by which code can take time. */
export class Watch implements Clock.Clock {
  /** How far the date is off, in milliseconds. */
  skew = 0
  /** How long code has run that fired no timer, in milliseconds. */
  busy = 0
  sleeping = 0
  readonly #clock: Clock.Clock

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  currentTimeMillisUnsafe() {
    return this.#clock.currentTimeMillisUnsafe() + this.busy + this.skew
  }
  currentTimeNanosUnsafe() {
    return this.#clock.currentTimeNanosUnsafe() + BigInt(this.busy + this.skew) * 1_000_000n
  }
  monotonicTimeNanosUnsafe() {
    return this.#clock.monotonicTimeNanosUnsafe() + BigInt(this.busy) * 1_000_000n
  }
  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())
  sleep(duration: Parameters<Clock.Clock["sleep"]>[0]) {
    return Effect.acquireUseRelease(
      Effect.sync(() => this.sleeping++),
      () => this.#clock.sleep(duration),
      () => Effect.sync(() => this.sleeping--),
    )
  }
}

/** Counts the fibers that run, and keeps the defects of those that died. */
export class Fibers implements Metric.FiberRuntimeMetricsService {
  running = 0
  readonly defects: Array<unknown> = []

  readonly recordFiberStart = () => {
    this.running++
  }
  readonly recordFiberEnd = (_: unknown, exit: Exit.Exit<unknown, unknown>) => {
    this.running--
    if (Exit.isFailure(exit) && Cause.hasDies(exit.cause)) this.defects.push(Cause.squash(exit.cause))
  }
}

export interface BenchOptions {
  readonly settings?: Partial<Connection.Settings>
  readonly peer?: PeerOptions
}

export class Bench {
  /** The object that the connection reads: a change counts from then on. */
  readonly settings: Connection.Settings
  readonly peer: Peer
  readonly recorder: Recorder
  readonly connection: Connection.Connection<string>
  readonly clock: Watch
  readonly fibers: Fibers
  /** Closes the scope of the connection, in the same turn. */
  readonly end: () => void

  /** Makes a connection that has not been dialled. It ends with the test, which fails if anything is left of it. */
  static make({ settings, peer: options }: BenchOptions = {}): Effect.Effect<Bench, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.gen(function* () {
        const peer = new Peer(options)
        const recorder = new Recorder()
        const clock = new Watch(yield* Clock.Clock)
        const fibers = new Fibers()
        const scope = Scope.makeUnsafe()
        const given = { ...defaults, ...settings }
        const connection = yield* Connection.make(given, recorder).pipe(
          Effect.provideService(WebSocketConstructor, (request) => {
            recorder.hooks.construct?.()
            return peer.construct(request)
          }),
          Effect.provideService(Clock.Clock, clock),
          Effect.provideService(Metric.FiberRuntimeMetrics, fibers),
          Scope.provide(scope),
        )
        const context = yield* Effect.context<never>()
        const end = () => void Effect.runForkWith(context)(Scope.close(scope, Exit.void))
        return new Bench(given, peer, recorder, connection, clock, fibers, end)
      }),
      (bench) =>
        Effect.sync(() => {
          bench.end()
          expect(bench.remains).toEqual(nothing)
        }),
    )
  }

  private constructor(
    settings: Connection.Settings,
    peer: Peer,
    recorder: Recorder,
    connection: Connection.Connection<string>,
    clock: Watch,
    fibers: Fibers,
    end: () => void,
  ) {
    this.settings = settings
    this.peer = peer
    this.recorder = recorder
    this.connection = connection
    this.clock = clock
    this.fibers = fibers
    this.end = end
  }

  get state(): Connection.State["_tag"] {
    return this.connection.state._tag
  }

  /** What is left of the connection, and errors that nobody has caught. */
  get remains() {
    const { fibers, peer } = this
    return {
      sockets: peer.live,
      listeners: peer.listeners,
      timers: this.clock.sleeping,
      fibers: fibers.running,
      defects: fibers.defects.map(String),
      uncaught: peer.uncaught.map(String),
    }
  }

  news(): Array<string> {
    return this.recorder.news()
  }

  /** All lines that begin with `start`. */
  lines(start: string): Array<string> {
    return this.recorder.lines.filter((line) => line.startsWith(start))
  }

  /** Dials, has the peer accept, and skips the lines of that. */
  open(): void {
    this.connection.reconnect()
    this.peer.latest.accept()
    expect(this.state).toBe("Open")
    this.news()
  }

  /** Lets time pass. What the peer has yet to answer arrives before and after. */
  pass(millis: number): Effect.Effect<void> {
    const settle = Effect.sync(() => this.peer.settle())
    return settle.pipe(Effect.andThen(TestClock.adjust(millis)), Effect.andThen(settle))
  }
}

/** What must be left of a connection that has ended. */
export const nothing = { sockets: 0, listeners: 0, timers: 0, fibers: 0, defects: [], uncaught: [] }
