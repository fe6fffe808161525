/** Promises of the client that hold in any order of calls, events and interruptions. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { Reconnect, Socket, type WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { Fibers } from "../core/bench.ts"
import { holds } from "../core/holds.ts"
import { Simulation } from "../core/Simulation.ts"
import { answer, ask, client, type Incoming, said, say } from "./chat.ts"

type Step =
  | { readonly do: "send" | "post" | "subscribe" | "open" | "reconnect" | "close" }
  | { readonly do: "request"; readonly retry: boolean }
  | { readonly do: "interrupt"; readonly which: number }
  | { readonly do: "accept" | "refuse" | "drop" | "stall" | "recover" | "say" | "garbage" }
  | { readonly do: "hangUp"; readonly code: number }
  | { readonly do: "answer"; readonly which: number }
  | { readonly do: "wait"; readonly millis: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("send", "post", "subscribe", "open") }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("request"), retry: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("interrupt"), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("reconnect", "close", "stall", "recover") }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom("accept", "accept", "refuse", "drop", "say", "garbage") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("hangUp"), code: fc.constantFrom(1000, 1008, 1012, 1012) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("answer"), which: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait"), millis: fc.constantFrom(0, 500, 1000, 20_000) }),
  },
) as fc.Arbitrary<Step>

const options: fc.Arbitrary<WsClient.Settings & WsClient.Buffering> = fc.record({
  reconnectMaxAttempts: fc.constantFrom(undefined, 1),
  queueCapacity: fc.constantFrom(1, 3, undefined),
  queueOverflow: fc.constantFrom("reject", "drop-oldest"),
  queueTtl: fc.constantFrom(undefined, "2 seconds"),
  bufferSize: fc.constantFrom(1, 1024),
  overflow: fc.constantFrom("fail", "drop-oldest", "drop-newest"),
  heartbeat: fc.constantFrom(undefined, "10 seconds"),
})

/** WHATWG WebSockets, `readyState`. */
const OPEN = 1

/** What a program has begun, and how it ended. */
interface Begun {
  readonly what: "send" | "request" | "other"
  readonly id: number
  readonly fiber: Fiber.Fiber<unknown, unknown>
  exit: Exit.Exit<unknown, unknown> | undefined
}

class Run {
  readonly time = new Simulation()
  readonly fibers = new Fibers()
  readonly peer = TestPeer.make({ schedule: () => {}, now: () => this.time.now })
  readonly chat: WsClient.WsClient<ReturnType<typeof say | typeof ask>, typeof Incoming.Type>
  readonly begun: Array<Begun> = []
  readonly retried = new Set<number>()
  readonly said: Array<string> = []
  readonly seen: Array<Array<string>> = []
  #id = 0

  constructor(options: WsClient.Settings & WsClient.Buffering) {
    this.chat = this.time.run(this.#counted(client({ reconnect: Reconnect.constant(1000), ...options })))
  }

  step(step: Step): void {
    const id = ++this.#id
    const { chat, peer } = this
    const link = peer.links.at(-1)
    switch (step.do) {
      case "send":
        this.#begin("send", id, chat.send(say(String(id))))
        break
      case "post":
        chat.sendUnsafe(say(String(id)))
        break
      case "request": {
        if (step.retry) this.retried.add(id)
        const match = (message: typeof Incoming.Type) => message._tag === "Answer" && message.id === id
        this.#begin("request", id, chat.request(ask(id), { match, retry: step.retry, timeout: "1 minute" }))
        break
      }
      case "subscribe": {
        const seen: Array<string> = []
        this.seen.push(seen)
        const see = (message: typeof Incoming.Type) =>
          Effect.sync(() => {
            if (message._tag === "Said") seen.push(message.text)
          })
        this.#begin("other", id, Stream.runForEach(chat.messages, see))
        break
      }
      case "open":
        this.#begin("other", id, chat.awaitOpen)
        break
      case "interrupt":
        this.begun.at(-1 - step.which)?.fiber.interruptUnsafe()
        break
      case "reconnect":
        this.time.run(this.#counted(chat.reconnect))
        break
      case "close":
        this.#begin("other", id, chat.close())
        break
      case "say":
        if (link?.socket.readyState === OPEN) this.said.push(String(id))
        link?.send(said(String(id)))
        break
      case "garbage":
        link?.send("{")
        break
      case "answer": {
        const asked = link?.received.flatMap((frame) => JSON.parse(String(frame)).id ?? [])
        const which = asked?.at(-1 - step.which)
        if (which !== undefined) link?.send(answer(which))
        break
      }
      case "hangUp":
        link?.hangUp(step.code)
        break
      case "wait":
        this.#settled(() => this.time.advance(step.millis))
        break
      default:
        link?.[step.do]()
    }
  }

  end(): void {
    this.#settled(() => this.time.end())
    this.#settled(() => this.time.advance(0))
  }

  #begin<A, E>(what: Begun["what"], id: number, effect: Effect.Effect<A, E>): void {
    const fiber = this.time.run(
      this.#counted(Effect.forkDetach(effect as Effect.Effect<unknown, unknown>, { startImmediately: true })),
    )
    const begun: Begun = { what, id, fiber, exit: undefined }
    fiber.addObserver((exit) => {
      begun.exit = exit
    })
    this.begun.push(begun)
  }

  #settled(work: () => void): void {
    work()
    this.peer.settle()
    this.time.advance(0)
  }

  readonly #counted = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    effect.pipe(
      Effect.provideService(Socket.WebSocketConstructor, this.peer.construct),
      Effect.provideService(Metric.FiberRuntimeMetrics, this.fibers),
    ) as Effect.Effect<A, never, R>
}

/** Whether all of `some` are in `all`, in the same order. */
const isSubsequence = <A>(some: ReadonlyArray<A>, all: ReadonlyArray<A>): boolean => {
  const rest = all[Symbol.iterator]()
  return some.every((one) => {
    for (let next = rest.next(); !next.done; next = rest.next()) if (next.value === one) return true
    return false
  })
}

const inAnyRun = (title: string, check: (run: Run) => void) =>
  test(title, () => {
    holds(
      fc.property(fc.array(step, { maxLength: 40 }), options, (steps, options) => {
        const run = new Run(options)
        for (const step of steps) run.step(step)
        run.end()
        check(run)
      }),
      150,
    )
  })

/** What was written to sockets, whether a stalled peer has read it or not. */
const written = ({ peer }: Run): Array<{ readonly text?: string; readonly id?: number }> =>
  peer.links.flatMap(({ received, unread }) =>
    [...received, ...unread].map((frame) => JSON.parse(String(frame))),
  )

inAnyRun("nothing outlives the scope, and everything that was begun has ended", (run) => {
  const { begun, fibers, peer, time } = run
  expect({
    unfinished: begun.filter(({ exit }) => exit === undefined).length,
    sockets: peer.live,
    listeners: peer.listeners,
    timers: time.sleeping,
    fibers: fibers.running,
    defects: fibers.defects,
  }).toEqual({ unfinished: 0, sockets: 0, listeners: 0, timers: 0, fibers: 0, defects: [] })
  expect(peer.mostLive).toBe(1)
})

inAnyRun("a message that was sent has been written once, one that failed has not; all in order", (run) => {
  const texts = written(run).flatMap(({ text }) => (text === undefined ? [] : [Number(text)]))
  for (const { exit, id, what } of run.begun) {
    if (what !== "send" || exit === undefined) continue
    const times = texts.filter((other) => other === id).length
    if (Exit.isSuccess(exit)) expect(times).toBe(1)
    else if (!Exit.hasInterrupts(exit)) expect(times).toBe(0)
  }
  expect(texts).toEqual([...new Set(texts)].sort((a, b) => a - b))
})

inAnyRun("a request without retry is written at most once, one that succeeded has been asked", (run) => {
  const asked = written(run).flatMap(({ id }) => id ?? [])
  for (const { exit, id, what } of run.begun) {
    if (what !== "request" || exit === undefined) continue
    const times = asked.filter((other) => other === id).length
    if (!run.retried.has(id)) expect(times).toBeLessThanOrEqual(1)
    if (Exit.isSuccess(exit)) expect([exit.value, times > 0]).toEqual([expect.objectContaining({ id }), true])
  }
})

inAnyRun("a subscriber sees messages in the order in which they came, and none twice", ({ said, seen }) => {
  for (const texts of seen) expect([texts, isSubsequence(texts, said)]).toEqual([texts, true])
})
