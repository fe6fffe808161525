/** How what waits is sent: in order, one at a time, whatever listeners do meanwhile. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import type { Socket } from "../../src/core/dial.ts"
import * as Outbox from "../../src/core/Outbox.ts"
import { Sender } from "../../src/core/Sender.ts"
import { Recorder, Watch } from "./bench.ts"
import { holds } from "./holds.ts"

/** A sender over a socket that is open, closed, or throws at each write; and what becomes of its messages, as lines. */
class Desk {
  socket: "open" | "closed" | "throws" = "open"
  /** What the socket has taken. */
  readonly written: Array<string> = []
  readonly recorder: Recorder
  readonly outbox: Outbox.Outbox<string>
  readonly sender: Sender<string>

  static make(options: Partial<Outbox.Options> = {}): Effect.Effect<Desk> {
    const recorder = new Recorder()
    return Effect.map(
      Outbox.make<string>(
        { queueCapacity: 10, queueOverflow: "reject", queueTtl: undefined, ...options },
        recorder.onDrop,
      ),
      (outbox) => new Desk(outbox, recorder),
    )
  }

  private constructor(outbox: Outbox.Outbox<string>, recorder: Recorder) {
    this.outbox = outbox
    this.recorder = recorder
    const webSocket: Pick<Socket, "send"> = {
      send: (data) => {
        if (this.socket === "throws") throw new TypeError("no")
        this.written.push(String(data))
      },
    }
    this.sender = new Sender(outbox, recorder, () =>
      this.socket === "closed" ? undefined : (webSocket as Socket),
    )
  }

  /** Lets messages wait. */
  wait(...messages: ReadonlyArray<string>): void {
    for (const message of messages) this.outbox.push(message)
  }

  /** Ends as a connection does: it has no socket then. */
  end(): void {
    this.socket = "closed"
    this.sender.end()
  }

  /** The lines that are about drops and errors. */
  get losses(): Array<string> {
    return this.recorder.lines.filter((line) => /^(dropped|error)/.test(line))
  }
}

describe("order", () => {
  it.effect("messages are sent in the order in which they were accepted", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.sender.drain()
      expect([desk.outbox.size, desk.written]).toEqual([0, ["a", "b"]])
      expect(desk.recorder.lines).toEqual([
        "sending a that waited",
        "sent a",
        "sending b that waited",
        "sent b",
      ])
    }),
  )

  it.effect("with nothing before it, a message is sent at once, and has not waited", () =>
    Effect.gen(function* () {
      const { outbox, recorder, sender } = yield* Desk.make()
      sender.send("a")
      expect([outbox.size, recorder.lines]).toEqual([0, ["sending a", "sent a"]])
    }),
  )

  it.effect("a message never overtakes those that wait", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a")
      desk.sender.send("b")
      expect(desk.written).toEqual(["a", "b"])
    }),
  )

  it.effect("a message that is sent now overtakes those that wait", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a")
      expect([desk.sender.sendNow("b"), desk.written, desk.outbox.toArray()]).toEqual([
        "written",
        ["b"],
        ["a"],
      ])
    }),
  )

  it.effect("draining an empty outbox does nothing", () =>
    Effect.gen(function* () {
      const { recorder, sender } = yield* Desk.make()
      sender.drain()
      expect(recorder.lines).toEqual([])
    }),
  )
})

describe("room", () => {
  it.effect.each(["reject", "drop-oldest"] as const)(
    "a full outbox makes room by sending, and drops nothing (%s)",
    (queueOverflow) =>
      Effect.gen(function* () {
        const desk = yield* Desk.make({ queueCapacity: 1, queueOverflow })
        desk.wait("a")
        desk.sender.send("b")
        expect([desk.written, desk.losses]).toEqual([["a", "b"], []])
      }),
  )

  it.effect.each([
    ["reject", "c", ["a", "b"]],
    ["drop-oldest", "a", ["b", "c"]],
  ] as const)("a newcomer for which sending makes no room overflows (%s)", ([queueOverflow, lost, left]) =>
    Effect.gen(function* () {
      const desk = yield* Desk.make({ queueCapacity: 2, queueOverflow })
      desk.wait("a", "b")
      desk.recorder.hooks.beforeSend = () => {
        desk.socket = "closed"
      }
      desk.sender.send("c")
      expect([desk.losses, desk.outbox.toArray()]).toEqual([[`dropped ${lost}: overflow`], left])
    }),
  )

  it.effect.each(["reject", "drop-oldest"] as const)(
    "with a capacity of 0 nothing waits, but what can be sent at once is sent (%s)",
    (queueOverflow) =>
      Effect.gen(function* () {
        const desk = yield* Desk.make({ queueCapacity: 0, queueOverflow })
        desk.sender.send("a")
        desk.socket = "throws"
        desk.sender.send("b")
        desk.socket = "closed"
        desk.sender.send("c")
        expect([desk.written, desk.losses, desk.outbox.size]).toEqual([
          ["a"],
          ["error WriteError", "dropped b: overflow", "dropped c: overflow"],
          0,
        ])
      }),
  )
})

describe("refusal", () => {
  it.effect("a message that is refused once waits, in front of the others", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.socket = "throws"
      desk.sender.drain()
      expect(desk.outbox.toArray()).toEqual(["a", "b"])
      desk.socket = "open"
      desk.sender.send("c")
      expect(desk.written).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a message that is refused twice is dropped, and those behind it are sent", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b", "c")
      desk.recorder.hooks.beforeSend = () => {
        desk.socket = desk.recorder.lines.at(-1)?.startsWith("sending a") ? "throws" : "open"
      }
      desk.sender.drain()
      expect([desk.written, desk.outbox.size]).toEqual([[], 3])
      desk.sender.drain()
      expect(desk.losses).toEqual(["error WriteError", "error WriteError", "dropped a: refused"])
      expect(desk.written).toEqual(["b", "c"])
    }),
  )

  it.effect("a socket that is closed refuses nothing", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a")
      desk.socket = "closed"
      for (let n = 0; n < 5; n++) desk.sender.drain()
      desk.socket = "open"
      desk.sender.drain()
      expect([desk.written, desk.losses]).toEqual([["a"], []])
    }),
  )

  it.effect("a message that is sent now does not wait: it is refused, unsent or discarded", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.socket = "throws"
      expect(desk.sender.sendNow("a")).toBe("refused")
      desk.socket = "closed"
      expect(desk.sender.sendNow("a")).toBe("unsent")
      desk.socket = "open"
      desk.recorder.sending = () => undefined
      expect(desk.sender.sendNow("a")).toBe("discarded")
      expect([desk.written, desk.outbox.size]).toEqual([[], 0])
    }),
  )
})

describe("age", () => {
  it.effect("a message that could not be sent keeps its age", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make({ queueTtl: 1000 })
      desk.wait("a")
      yield* TestClock.adjust(600)
      desk.socket = "throws"
      desk.sender.drain()
      yield* TestClock.adjust(399)
      expect(desk.outbox.size).toBe(1)
      yield* TestClock.adjust(1)
      expect(desk.losses).toEqual(["error WriteError", "dropped a: expired"])
    }),
  )

  it.effect("a message that could not be sent at once expires, too", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make({ queueTtl: 1000 })
      yield* TestClock.adjust(10)
      desk.socket = "throws"
      desk.sender.send("a")
      yield* TestClock.adjust(1000)
      expect(desk.losses).toEqual(["error WriteError", "dropped a: expired"])
    }),
  )

  it.effect("a message that comes back too old expires at once, and those after it in their time", () =>
    Effect.gen(function* () {
      const clock = new Watch(yield* Clock.Clock)
      const desk = yield* Effect.provideService(Desk.make({ queueTtl: 1000 }), Clock.Clock, clock)
      desk.recorder.hooks.beforeSend = () => {
        desk.socket = "closed"
        clock.busy = 5000
      }
      desk.sender.send("a")
      clock.busy = 0
      expect(desk.losses).toEqual(["dropped a: expired"])
      desk.wait("b")
      yield* TestClock.adjust(999)
      expect(desk.losses).toHaveLength(1)
      yield* TestClock.adjust(1)
      expect(desk.losses).toEqual(["dropped a: expired", "dropped b: expired"])
    }),
  )
})

describe("re-entrance", () => {
  it.effect("a message sent from beforeSend goes next, in the same call, and counts as having waited", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.recorder.hooks.beforeSend = () => {
        if (desk.written.length < 2) desk.sender.send(`${desk.written.length}`)
      }
      desk.sender.send("a")
      expect(desk.recorder.lines).toEqual([
        "sending a",
        "sent a",
        "sending 0 that waited",
        "sent 0",
        "sending 1 that waited",
        "sent 1",
      ])
    }),
  )

  it.effect("a message sent during a drain goes after all that waited", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.recorder.hooks.afterSend = () => {
        if (desk.written.length === 1) desk.sender.send("c")
      }
      desk.sender.drain()
      expect(desk.written).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a drain from inside a transmission does nothing", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.recorder.hooks.beforeSend = () => desk.sender.drain()
      desk.recorder.hooks.afterSend = () => desk.sender.drain()
      desk.sender.drain()
      expect(desk.recorder.lines.map((line) => line.slice(0, 9).trim())).toEqual([
        "sending a",
        "sent a",
        "sending b",
        "sent b",
      ])
    }),
  )

  it.effect("a message that could not be sent stays in front of later ones", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.recorder.hooks.beforeSend = () => {
        desk.sender.send("c")
        desk.socket = "closed"
        desk.sender.send("d")
      }
      desk.sender.drain()
      expect(desk.outbox.toArray()).toEqual(["a", "b", "c", "d"])
    }),
  )

  it.effect("a listener of a transmission may empty the outbox", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b", "c")
      desk.recorder.hooks.beforeSend = () => desk.outbox.replace([])
      desk.sender.drain()
      expect([desk.written, desk.outbox.size, desk.losses]).toEqual([["a"], 0, []])
    }),
  )

  it.effect("10,000 messages sent one from inside the other do not exhaust the stack", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make({ queueCapacity: 20_000 })
      desk.recorder.hooks.afterSend = () => {
        if (desk.written.length < 10_000) desk.sender.send("x")
      }
      desk.sender.send("x")
      expect(desk.written).toHaveLength(10_000)
    }),
  )
})

describe("the end", () => {
  it.effect(
    "from inside a transmission, a message that is not written yet is dropped, before those that wait",
    () =>
      Effect.gen(function* () {
        const desk = yield* Desk.make()
        desk.wait("a", "b")
        desk.recorder.hooks.beforeSend = () => {
          desk.socket = "closed"
          desk.sender.end()
        }
        desk.sender.drain()
        expect([desk.written, desk.losses]).toEqual([[], ["dropped a: closed", "dropped b: closed"]])
      }),
  )

  it.effect("from inside a transmission, a message that is written is not dropped", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.wait("a", "b")
      desk.recorder.hooks.afterSend = () => desk.end()
      desk.sender.drain()
      expect([desk.written, desk.losses]).toEqual([["a"], ["dropped b: closed"]])
    }),
  )

  it.effect("while a second refusal is reported, the message is dropped once", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make()
      desk.socket = "throws"
      desk.sender.send("a")
      desk.recorder.hooks.onError = () => desk.end()
      desk.sender.drain()
      expect(desk.losses).toEqual(["error WriteError", "error WriteError", "dropped a: closed"])
    }),
  )

  it.effect("from inside a drop, everything is dropped once", () =>
    Effect.gen(function* () {
      const desk = yield* Desk.make({ queueCapacity: 1 })
      desk.recorder.hooks.onDrop = () => desk.end()
      desk.recorder.hooks.beforeSend = () => {
        desk.sender.send("b")
        desk.sender.send("c")
        desk.socket = "closed"
      }
      desk.sender.send("a")
      expect(desk.losses).toEqual(["dropped b: overflow", "dropped c: overflow", "dropped a: closed"])
    }),
  )
})

const calls = [
  "push",
  "send",
  "drain",
  "send to a closed socket",
  "send to a socket that throws",
  "remove the first",
  "send from inside",
  "close from inside",
  "end from inside",
  "end",
] as const

it("every message ends in exactly one way, and those sent keep their order, in any order of calls", () => {
  holds(
    fc.property(
      fc.nat(4),
      fc.constantFrom("reject" as const, "drop-oldest" as const),
      fc.array(fc.constantFrom(...calls), { maxLength: 40 }),
      (queueCapacity, queueOverflow, steps) => {
        const desk = Effect.runSync(Desk.make({ queueCapacity, queueOverflow }))
        const { outbox, recorder, sender } = desk
        const removed: Array<string> = []
        let made = 0
        const next = () => String(made++)
        const inside = (action: () => void) => {
          recorder.hooks.beforeSend = () => {
            recorder.hooks = {}
            action()
          }
          sender.send(next())
        }
        const perform: Record<(typeof calls)[number], () => void> = {
          push: () => outbox.push(next()),
          send: () => sender.send(next()),
          drain: () => sender.drain(),
          "send to a closed socket": () => {
            desk.socket = "closed"
            sender.send(next())
          },
          "send to a socket that throws": () => {
            desk.socket = "throws"
            sender.send(next())
          },
          "remove the first": () => {
            const [first, ...rest] = outbox.toArray()
            if (first !== undefined) removed.push(first)
            outbox.replace(rest)
          },
          "send from inside": () => inside(() => sender.send(next())),
          "close from inside": () =>
            inside(() => {
              desk.socket = "closed"
              sender.send(next())
            }),
          "end from inside": () => inside(() => desk.end()),
          end: () => desk.end(),
        }
        for (const step of steps) {
          perform[step]()
          recorder.hooks = {}
          desk.socket = "open"
          const dropped = desk.losses.flatMap((line) => /^dropped (\d+)/.exec(line)?.[1] ?? [])
          const ends = [...desk.written, ...dropped, ...removed, ...outbox.toArray()]
          expect(ends.map(Number).sort((a, b) => a - b)).toEqual([...Array(made).keys()])
        }
        expect(desk.written).toEqual([...desk.written].sort((a, b) => Number(a) - Number(b)))
      },
    ),
    300,
  )
})
