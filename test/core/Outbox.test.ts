import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { vi } from "vitest"
import { type DropReason, type Options, Outbox, type Transmit } from "../../src/core/Outbox.ts"
import { holds } from "./holds.ts"

/** An outbox, and what becomes of its messages as lines. */
const make = (options: Partial<Options> & { onDrop?: (message: string, reason: DropReason) => void } = {}) =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const outbox = yield* Outbox.make<string>(
      { queueCapacity: 10, queueOverflow: "reject", queueTtl: undefined, ...options },
      options.onDrop ?? ((message, reason) => log.push(`${message} dropped: ${reason}`)),
    )
    const close = Effect.sync(() => outbox.closeUnsafe())
    const transmit: Transmit<string> = (message, waited) => {
      log.push(`${message} sent${waited ? " late" : ""}`)
      return true
    }
    const refuse: Transmit<string> = (message) => {
      log.push(`${message} refused`)
      return false
    }
    return { close, log, outbox, refuse, transmit }
  })

describe("waiting", () => {
  it.effect("what waits is sent in the order in which it was accepted", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.sendUnsafe(message)
      expect([outbox.size, outbox.toArray()]).toEqual([3, ["a", "b", "c"]])
      outbox.drainUnsafe(transmit)
      expect([outbox.size, log]).toEqual([0, ["a sent late", "b sent late", "c sent late"]])
    }),
  )

  it.effect("with nothing before it, a message is sent at once", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a", transmit)
      outbox.sendUnsafe("b", transmit)
      expect([outbox.size, log]).toEqual([0, ["a sent", "b sent"]])
    }),
  )

  it.effect("what is accepted while another is being sent has waited", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a", (...call) => {
        if (call[0] === "a") outbox.sendUnsafe("b", transmit)
        return transmit(...call)
      })
      expect(log).toEqual(["a sent", "b sent late"])
    }),
  )

  it.effect("a message never overtakes those that wait", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b", transmit)
      expect(log).toEqual(["a sent late", expect.stringMatching("b sent")])
    }),
  )

  it.effect("draining an empty outbox does nothing", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.drainUnsafe(transmit)
      expect(log).toEqual([])
    }),
  )

  it.effect("the array that it gives is a copy", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.toArray().pop()
      expect(outbox.toArray()).toEqual(["a"])
    }),
  )
})

describe("room", () => {
  it.effect("reject: the newcomer is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2 })
      for (const message of ["a", "b", "c", "d"]) outbox.sendUnsafe(message)
      expect(log).toEqual(["c dropped: overflow", "d dropped: overflow"])
      expect(outbox.toArray()).toEqual(["a", "b"])
    }),
  )

  it.effect("drop-oldest: the one that has waited longest is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2, queueOverflow: "drop-oldest" })
      for (const message of ["a", "b", "c", "d"]) outbox.sendUnsafe(message)
      expect(log).toEqual(["a dropped: overflow", "b dropped: overflow"])
      expect(outbox.toArray()).toEqual(["c", "d"])
    }),
  )

  it.effect("there is room again when something has been sent", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make({ queueCapacity: 1 })
      outbox.sendUnsafe("a")
      outbox.drainUnsafe(transmit)
      outbox.sendUnsafe("b")
      expect(log).toEqual(["a sent late"])
    }),
  )

  it.effect.each(["reject", "drop-oldest"] as const)(
    "a full outbox that may send makes room by sending, and drops nothing (%s)",
    (overflow) =>
      Effect.gen(function* () {
        const { log, outbox, transmit } = yield* make({ queueCapacity: 1, queueOverflow: overflow })
        outbox.sendUnsafe("a")
        outbox.sendUnsafe("b", transmit)
        expect(log).toEqual(["a sent late", expect.stringMatching("b sent")])
      }),
  )

  it.effect.each(["reject", "drop-oldest"] as const)(
    "with a capacity of 0 nothing waits, but what can be sent at once is sent (%s)",
    (overflow) =>
      Effect.gen(function* () {
        const { log, outbox, refuse, transmit } = yield* make({ queueCapacity: 0, queueOverflow: overflow })
        outbox.sendUnsafe("a")
        outbox.sendUnsafe("b", transmit)
        outbox.sendUnsafe("c", refuse)
        expect(log).toEqual(["a dropped: overflow", "b sent", "c refused", "c dropped: overflow"])
        expect(outbox.size).toBe(0)
      }),
  )

  it.effect("a listener of a drop may send again", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const { outbox } = yield* make({
        queueCapacity: 1,
        queueOverflow: "drop-oldest",
        onDrop: (message) => {
          lines.push(message)
          if (message === "a") outbox.sendUnsafe("a again")
        },
      })
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      expect([lines, outbox.toArray()]).toEqual([["a", "b"], ["a again"]])
    }),
  )
})

describe("refusal", () => {
  const never: Transmit<string> = () => "refused"

  it.effect("a message that is refused once goes on waiting, in front", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a", never)
      expect(outbox.toArray()).toEqual(["a"])
      outbox.sendUnsafe("b", transmit)
      expect(log).toEqual(["a sent late", "b sent late"])
    }),
  )

  it.effect("a message that is refused twice is dropped, and those behind it are sent", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.sendUnsafe(message)
      const refuseA: Transmit<string> = (message, ...more) =>
        message === "a" ? "refused" : transmit(message, ...more)
      outbox.drainUnsafe(refuseA)
      expect([log, outbox.size]).toEqual([[], 3])
      outbox.drainUnsafe(refuseA)
      expect(log).toEqual([expect.stringMatching(/^a dropped: /), "b sent late", "c sent late"])
    }),
  )

  it.effect("a message that is dropped by the end, while its second refusal is told, is dropped once", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.sendUnsafe("a", never)
      outbox.drainUnsafe(() => {
        outbox.closeUnsafe()
        return "refused"
      })
      expect(log).toEqual(["a dropped: closed"])
    }),
  )

  it.effect("being put off is no refusal", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse, transmit } = yield* make()
      outbox.sendUnsafe("a")
      for (let n = 0; n < 5; n++) outbox.drainUnsafe(refuse)
      outbox.drainUnsafe(transmit)
      expect(log.at(-1)).toBe("a sent late")
    }),
  )

  it.effect("a message that is out when its transmission throws is not sent again", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      try {
        outbox.drainUnsafe((message, _, sent) => {
          log.push(`${message} sent`)
          sent()
          throw new Error("told somebody who throws")
        })
      } catch {}
      outbox.drainUnsafe(transmit)
      expect(log).toEqual(["a sent", "b sent late"])
    }),
  )
})

describe("age", () => {
  it.effect("a message is dropped exactly when its time has come", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(999)
      expect(log).toEqual([])
      yield* TestClock.adjust(1)
      expect([log, outbox.size]).toEqual([["a dropped: expired"], 0])
    }),
  )

  it.effect("each has its own time", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(400)
      outbox.sendUnsafe("b")
      outbox.sendUnsafe("c")
      yield* TestClock.adjust(600)
      expect(log).toEqual(["a dropped: expired"])
      yield* TestClock.adjust(399)
      expect(log).toHaveLength(1)
      yield* TestClock.adjust(1)
      expect(log.slice(1)).toEqual(["b dropped: expired", "c dropped: expired"])
    }),
  )

  it.effect("a message that was sent in time does not expire", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(500)
      outbox.drainUnsafe(transmit)
      outbox.sendUnsafe("b")
      yield* TestClock.adjust(999)
      expect(log).toEqual(["a sent late"])
      yield* TestClock.adjust(1)
      expect(log).toEqual(["a sent late", "b dropped: expired"])
    }),
  )

  it.effect("a message that could not be sent keeps its age", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(600)
      outbox.drainUnsafe(refuse)
      yield* TestClock.adjust(400)
      expect(log).toEqual(["a refused", "a dropped: expired"])
    }),
  )

  it.effect("a message that could not be sent at once expires too", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse } = yield* make({ queueTtl: 1000 })
      yield* TestClock.adjust(10)
      outbox.sendUnsafe("a", refuse)
      yield* TestClock.adjust(1000)
      expect(log).toEqual(["a refused", "a dropped: expired"])
    }),
  )

  it.effect("what a page has put in keeps the age of what was there", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(600)
      outbox.replaceUnsafe(["a", "b"])
      yield* TestClock.adjust(400)
      expect(log).toEqual(["a dropped: expired"])
      yield* TestClock.adjust(600)
      expect(log).toEqual(["a dropped: expired", "b dropped: expired"])
    }),
  )

  it.effect(
    "a message that comes back when its time is up expires at once, and those after it in their time",
    () =>
      Effect.gen(function* () {
        const { log, outbox } = yield* make({ queueTtl: 1000 })
        const clock = yield* Clock.Clock
        const now = vi.spyOn(clock, "currentTimeMillisUnsafe")
        outbox.sendUnsafe("a", () => {
          now.mockReturnValue(5000)
          return false
        })
        now.mockRestore()
        expect(log).toEqual(["a dropped: expired"])
        outbox.sendUnsafe("b")
        yield* TestClock.adjust(999)
        expect(log).toEqual(["a dropped: expired"])
        yield* TestClock.adjust(1)
        expect(log).toEqual(["a dropped: expired", "b dropped: expired"])
      }),
  )

  it.effect("each expires in its time also where a page has changed the order", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("old")
      yield* TestClock.adjust(600)
      outbox.sendUnsafe("new")
      outbox.replaceUnsafe(["new", "old"])
      yield* TestClock.adjust(400)
      expect(log).toEqual(["old dropped: expired"])
    }),
  )

  it.effect("an expiring message that is sent again has all its time again", () =>
    Effect.gen(function* () {
      const dropped: Array<string> = []
      const { outbox } = yield* make({
        queueTtl: 1000,
        onDrop: (message) => {
          dropped.push(message)
          if (dropped.length === 1) outbox.sendUnsafe("a")
        },
      })
      outbox.sendUnsafe("a")
      yield* TestClock.adjust(1999)
      expect(dropped).toHaveLength(1)
      yield* TestClock.adjust(1)
      expect(dropped).toHaveLength(2)
    }),
  )
})

describe("what a page does to the queue", () => {
  it.effect("exactly the given messages wait, and the others go untold", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.sendUnsafe(message)
      outbox.replaceUnsafe(["c", "x", "a"])
      expect(outbox.toArray()).toEqual(["c", "x", "a"])
      outbox.drainUnsafe(transmit)
      expect(log).toEqual(["c sent late", "x sent late", "a sent late"])
    }),
  )

  it.effect("it can be emptied, and filled again", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.replaceUnsafe([])
      expect(outbox.size).toBe(0)
      outbox.sendUnsafe("b")
      expect([outbox.toArray(), log]).toEqual([["b"], []])
    }),
  )

  it.effect("the same message may wait twice", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.replaceUnsafe(["a", "a"])
      expect(outbox.toArray()).toEqual(["a", "a"])
    }),
  )

  it.effect("a listener of a transmission may empty it", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.sendUnsafe(message)
      outbox.drainUnsafe((message) => {
        log.push(message)
        outbox.replaceUnsafe([])
        return true
      })
      expect([log, outbox.size]).toEqual([["a"], 0])
    }),
  )
})

describe("re-entrance", () => {
  it.effect("what is sent from inside a transmission goes next, in the same call", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      const transmit: Transmit<string> = (message) => {
        log.push(`${message} begins`)
        if (message.length < 3) outbox.sendUnsafe(`${message}'`, transmit)
        log.push(`${message} ends`)
        return true
      }
      outbox.sendUnsafe("a", transmit)
      expect(log).toEqual(["a begins", "a ends", "a' begins", "a' ends", "a'' begins", "a'' ends"])
    }),
  )

  it.effect("what is sent from inside a drain goes after all that waited", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      const transmit: Transmit<string> = (message) => {
        log.push(message)
        if (message === "a") outbox.sendUnsafe("c", transmit)
        return true
      }
      outbox.drainUnsafe(transmit)
      expect(log).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a drain from inside a transmission does nothing", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      const transmit: Transmit<string> = (message) => {
        log.push(`${message} begins`)
        outbox.drainUnsafe(transmit)
        log.push(`${message} ends`)
        return true
      }
      outbox.drainUnsafe(transmit)
      expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"])
    }),
  )

  it.effect("what cannot be sent stays in front of all that came meanwhile", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      outbox.drainUnsafe(() => {
        outbox.sendUnsafe("c")
        return false
      })
      expect(outbox.toArray()).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a transmission that throws loses nothing, and does not stop later ones", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      try {
        outbox.drainUnsafe(() => {
          throw new Error("oops")
        })
      } catch {}
      outbox.drainUnsafe(transmit)
      expect([...log].map((line) => line[0])).toEqual(["a", "b"])
    }),
  )

  it.effect("a burst of 10,000 from inside one transmission does not exhaust the stack", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make({ queueCapacity: 20_000 })
      let sent = 0
      const transmit: Transmit<string> = () => {
        if (++sent < 10_000) outbox.sendUnsafe("x", transmit)
        return true
      }
      outbox.sendUnsafe("x", transmit)
      expect(sent).toBe(10_000)
    }),
  )
})

describe("the end", () => {
  it.effect("closing drops what waits, oldest first", () =>
    Effect.gen(function* () {
      const { close, log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.sendUnsafe("a")
      outbox.sendUnsafe("b")
      yield* close
      expect([log, outbox.size]).toEqual([["a dropped: closed", "b dropped: closed"], 0])
      yield* TestClock.adjust(10_000)
      expect(log).toHaveLength(2)
    }),
  )

  it.effect("closing drops what comes later, with the same reason, whatever the capacity", () =>
    Effect.gen(function* () {
      for (const capacity of [0, 10]) {
        const { close, log, outbox, refuse } = yield* make({ queueCapacity: capacity })
        yield* close
        outbox.sendUnsafe("late")
        outbox.sendUnsafe("later", refuse)
        outbox.replaceUnsafe(["latest"])
        expect(log.filter((line) => line.includes("dropped"))).toEqual([
          "late dropped: closed",
          "later dropped: closed",
          "latest dropped: closed",
        ])
      }
    }),
  )

  it.effect("closing twice tells nothing twice", () =>
    Effect.gen(function* () {
      const { close, log, outbox } = yield* make()
      outbox.sendUnsafe("a")
      outbox.closeUnsafe()
      outbox.closeUnsafe()
      yield* close
      expect(log).toEqual(["a dropped: closed"])
    }),
  )

  it.effect("closed from inside a transmission, the message that was with it is dropped once", () =>
    Effect.gen(function* () {
      for (const dealtWith of [true, false]) {
        const { log, outbox } = yield* make()
        outbox.sendUnsafe("a")
        outbox.sendUnsafe("b")
        outbox.drainUnsafe((_message, _waited, sent) => {
          if (dealtWith) sent()
          outbox.closeUnsafe()
          return dealtWith
        })
        expect(log).toEqual(dealtWith ? ["b dropped: closed"] : ["a dropped: closed", "b dropped: closed"])
      }
    }),
  )

  it.effect("a listener of a drop that sends while it closes gets that dropped as well", () =>
    Effect.gen(function* () {
      const dropped: Array<string> = []
      const { outbox } = yield* make({
        onDrop: (message) => {
          dropped.push(message)
          if (dropped.length < 3) outbox.sendUnsafe(`${message}'`)
        },
      })
      outbox.sendUnsafe("a")
      outbox.closeUnsafe()
      expect(dropped).toEqual(["a", "a'", "a''"])
    }),
  )
})

it("every message ends in exactly one way, and those sent keep their order, in any order of calls", () => {
  const call = fc.oneof(
    { weight: 5, arbitrary: fc.constant("send" as const) },
    { weight: 3, arbitrary: fc.constant("send at once" as const) },
    fc.constant("drain" as const),
    fc.constant("refuse" as const),
    fc.constant("send and refuse" as const),
    fc.constant("remove the first" as const),
    fc.constant("nest" as const),
    fc.constant("close" as const),
  )
  holds(
    fc.property(
      fc.nat(4),
      fc.constantFrom("reject" as const, "drop-oldest" as const),
      fc.array(call, { maxLength: 40 }),
      (capacity, overflow, calls) => {
        const ends = new Map<string, Array<string>>()
        const sent: Array<number> = []
        const end = (message: string, how: string) => ends.get(message)?.push(how)
        let next = 0
        const fresh = () => {
          const message = String(next++)
          ends.set(message, [])
          return message
        }
        const outbox = Effect.runSync(
          Outbox.make<string>(
            { queueCapacity: capacity, queueOverflow: overflow, queueTtl: undefined },
            (message, reason) => end(message, reason),
          ),
        )
        const transmit: Transmit<string> = (message) => {
          sent.push(Number(message))
          end(message, "sent")
          return true
        }
        const refuse: Transmit<string> = () => false
        const perform: Record<(typeof calls)[number], () => void> = {
          send: () => outbox.sendUnsafe(fresh()),
          "send at once": () => outbox.sendUnsafe(fresh(), transmit),
          drain: () => outbox.drainUnsafe(transmit),
          refuse: () => outbox.drainUnsafe(refuse),
          "send and refuse": () => outbox.sendUnsafe(fresh(), refuse),
          "remove the first": () => {
            const [first, ...rest] = outbox.toArray()
            if (first === undefined) return
            end(first, "taken")
            outbox.replaceUnsafe(rest)
          },
          nest: () => {
            let nested = false
            const nesting: Transmit<string> = (message, ...more) => {
              if (!nested) {
                nested = true
                outbox.sendUnsafe(fresh(), nesting)
              }
              return transmit(message, ...more)
            }
            outbox.sendUnsafe(fresh(), nesting)
          },
          close: () => outbox.closeUnsafe(),
        }
        for (const step of calls) {
          perform[step]()
          const waiting = new Set(outbox.toArray())
          for (const [message, how] of ends) {
            expect([message, [...how, ...(waiting.has(message) ? ["waits"] : [])]]).toEqual([
              message,
              [expect.any(String)],
            ])
          }
        }
        expect(sent).toEqual([...sent].sort((a, b) => a - b))
        outbox.closeUnsafe()
      },
    ),
    300,
  )
})
