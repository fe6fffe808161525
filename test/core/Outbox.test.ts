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
    const close = Effect.sync(() => outbox.close())
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
      for (const message of ["a", "b", "c"]) outbox.send(message)
      expect([outbox.size, outbox.toArray()]).toEqual([3, ["a", "b", "c"]])
      outbox.drain(transmit)
      expect([outbox.size, log]).toEqual([0, ["a sent late", "b sent late", "c sent late"]])
    }),
  )

  it.effect("with nothing before it, a message is sent at once", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a", transmit)
      outbox.send("b", transmit)
      expect([outbox.size, log]).toEqual([0, ["a sent", "b sent"]])
    }),
  )

  it.effect("what is accepted while another is being sent has waited", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a", (...call) => {
        if (call[0] === "a") outbox.send("b", transmit)
        return transmit(...call)
      })
      expect(log).toEqual(["a sent", "b sent late"])
    }),
  )

  it.effect("a message never overtakes those that wait", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a")
      outbox.send("b", transmit)
      expect(log).toEqual(["a sent late", expect.stringMatching("b sent")])
    }),
  )

  it.effect("draining an empty outbox does nothing", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.drain(transmit)
      expect(log).toEqual([])
    }),
  )

  it.effect("the array that it gives is a copy", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.send("a")
      outbox.toArray().pop()
      expect(outbox.toArray()).toEqual(["a"])
    }),
  )
})

describe("room", () => {
  it.effect("reject: the newcomer is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2 })
      for (const message of ["a", "b", "c", "d"]) outbox.send(message)
      expect(log).toEqual(["c dropped: overflow", "d dropped: overflow"])
      expect(outbox.toArray()).toEqual(["a", "b"])
    }),
  )

  it.effect("drop-oldest: the one that has waited longest is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2, queueOverflow: "drop-oldest" })
      for (const message of ["a", "b", "c", "d"]) outbox.send(message)
      expect(log).toEqual(["a dropped: overflow", "b dropped: overflow"])
      expect(outbox.toArray()).toEqual(["c", "d"])
    }),
  )

  it.effect("there is room again when something has been sent", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make({ queueCapacity: 1 })
      outbox.send("a")
      outbox.drain(transmit)
      outbox.send("b")
      expect(log).toEqual(["a sent late"])
    }),
  )

  it.effect.each(["reject", "drop-oldest"] as const)(
    "a full outbox that may send makes room by sending, and drops nothing (%s)",
    (overflow) =>
      Effect.gen(function* () {
        const { log, outbox, transmit } = yield* make({ queueCapacity: 1, queueOverflow: overflow })
        outbox.send("a")
        outbox.send("b", transmit)
        expect(log).toEqual(["a sent late", expect.stringMatching("b sent")])
      }),
  )

  it.effect.each(["reject", "drop-oldest"] as const)(
    "with a capacity of 0 nothing waits, but what can be sent at once is sent (%s)",
    (overflow) =>
      Effect.gen(function* () {
        const { log, outbox, refuse, transmit } = yield* make({ queueCapacity: 0, queueOverflow: overflow })
        outbox.send("a")
        outbox.send("b", transmit)
        outbox.send("c", refuse)
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
          if (message === "a") outbox.send("a again")
        },
      })
      outbox.send("a")
      outbox.send("b")
      expect([lines, outbox.toArray()]).toEqual([["a", "b"], ["a again"]])
    }),
  )
})

describe("refusal", () => {
  const never: Transmit<string> = () => "refused"

  it.effect("a message that is refused once goes on waiting, in front", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a", never)
      expect(outbox.toArray()).toEqual(["a"])
      outbox.send("b", transmit)
      expect(log).toEqual(["a sent late", "b sent late"])
    }),
  )

  it.effect("a message that is refused twice is dropped, and those behind it are sent", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.send(message)
      const refuseA: Transmit<string> = (message, ...more) =>
        message === "a" ? "refused" : transmit(message, ...more)
      outbox.drain(refuseA)
      expect([log, outbox.size]).toEqual([[], 3])
      outbox.drain(refuseA)
      expect(log).toEqual([expect.stringMatching(/^a dropped: /), "b sent late", "c sent late"])
    }),
  )

  it.effect("a message that is dropped by the end, while its second refusal is told, is dropped once", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.send("a", never)
      outbox.drain(() => {
        outbox.close()
        return "refused"
      })
      expect(log).toEqual(["a dropped: closed"])
    }),
  )

  it.effect("being put off is no refusal", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse, transmit } = yield* make()
      outbox.send("a")
      for (let n = 0; n < 5; n++) outbox.drain(refuse)
      outbox.drain(transmit)
      expect(log.at(-1)).toBe("a sent late")
    }),
  )

  it.effect("a message that is out when its transmission throws is not sent again", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a")
      outbox.send("b")
      try {
        outbox.drain((message, _, sent) => {
          log.push(`${message} sent`)
          sent()
          throw new Error("told somebody who throws")
        })
      } catch {}
      outbox.drain(transmit)
      expect(log).toEqual(["a sent", "b sent late"])
    }),
  )
})

describe("age", () => {
  it.effect("a message is dropped exactly when its time has come", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.send("a")
      yield* TestClock.adjust(999)
      expect(log).toEqual([])
      yield* TestClock.adjust(1)
      expect([log, outbox.size]).toEqual([["a dropped: expired"], 0])
    }),
  )

  it.effect("each has its own time", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.send("a")
      yield* TestClock.adjust(400)
      outbox.send("b")
      outbox.send("c")
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
      outbox.send("a")
      yield* TestClock.adjust(500)
      outbox.drain(transmit)
      outbox.send("b")
      yield* TestClock.adjust(999)
      expect(log).toEqual(["a sent late"])
      yield* TestClock.adjust(1)
      expect(log).toEqual(["a sent late", "b dropped: expired"])
    }),
  )

  it.effect("a message that could not be sent keeps its age", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse } = yield* make({ queueTtl: 1000 })
      outbox.send("a")
      yield* TestClock.adjust(600)
      outbox.drain(refuse)
      yield* TestClock.adjust(400)
      expect(log).toEqual(["a refused", "a dropped: expired"])
    }),
  )

  it.effect("a message that could not be sent at once expires too", () =>
    Effect.gen(function* () {
      const { log, outbox, refuse } = yield* make({ queueTtl: 1000 })
      yield* TestClock.adjust(10)
      outbox.send("a", refuse)
      yield* TestClock.adjust(1000)
      expect(log).toEqual(["a refused", "a dropped: expired"])
    }),
  )

  it.effect("what a page has put in keeps the age of what was there", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.send("a")
      yield* TestClock.adjust(600)
      outbox.replace(["a", "b"])
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
        outbox.send("a", () => {
          now.mockReturnValue(5000)
          return false
        })
        now.mockRestore()
        expect(log).toEqual(["a dropped: expired"])
        outbox.send("b")
        yield* TestClock.adjust(999)
        expect(log).toEqual(["a dropped: expired"])
        yield* TestClock.adjust(1)
        expect(log).toEqual(["a dropped: expired", "b dropped: expired"])
      }),
  )

  it.effect("each expires in its time also where a page has changed the order", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.send("old")
      yield* TestClock.adjust(600)
      outbox.send("new")
      outbox.replace(["new", "old"])
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
          if (dropped.length === 1) outbox.send("a")
        },
      })
      outbox.send("a")
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
      for (const message of ["a", "b", "c"]) outbox.send(message)
      outbox.replace(["c", "x", "a"])
      expect(outbox.toArray()).toEqual(["c", "x", "a"])
      outbox.drain(transmit)
      expect(log).toEqual(["c sent late", "x sent late", "a sent late"])
    }),
  )

  it.effect("it can be emptied, and filled again", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.send("a")
      outbox.replace([])
      expect(outbox.size).toBe(0)
      outbox.send("b")
      expect([outbox.toArray(), log]).toEqual([["b"], []])
    }),
  )

  it.effect("the same message may wait twice", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.send("a")
      outbox.replace(["a", "a"])
      expect(outbox.toArray()).toEqual(["a", "a"])
    }),
  )

  it.effect("a listener of a transmission may empty it", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.send(message)
      outbox.drain((message) => {
        log.push(message)
        outbox.replace([])
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
        if (message.length < 3) outbox.send(`${message}'`, transmit)
        log.push(`${message} ends`)
        return true
      }
      outbox.send("a", transmit)
      expect(log).toEqual(["a begins", "a ends", "a' begins", "a' ends", "a'' begins", "a'' ends"])
    }),
  )

  it.effect("what is sent from inside a drain goes after all that waited", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.send("a")
      outbox.send("b")
      const transmit: Transmit<string> = (message) => {
        log.push(message)
        if (message === "a") outbox.send("c", transmit)
        return true
      }
      outbox.drain(transmit)
      expect(log).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a drain from inside a transmission does nothing", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.send("a")
      outbox.send("b")
      const transmit: Transmit<string> = (message) => {
        log.push(`${message} begins`)
        outbox.drain(transmit)
        log.push(`${message} ends`)
        return true
      }
      outbox.drain(transmit)
      expect(log).toEqual(["a begins", "a ends", "b begins", "b ends"])
    }),
  )

  it.effect("what cannot be sent stays in front of all that came meanwhile", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.send("a")
      outbox.send("b")
      outbox.drain(() => {
        outbox.send("c")
        return false
      })
      expect(outbox.toArray()).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("a transmission that throws loses nothing, and does not stop later ones", () =>
    Effect.gen(function* () {
      const { log, outbox, transmit } = yield* make()
      outbox.send("a")
      outbox.send("b")
      try {
        outbox.drain(() => {
          throw new Error("oops")
        })
      } catch {}
      outbox.drain(transmit)
      expect([...log].map((line) => line[0])).toEqual(["a", "b"])
    }),
  )

  it.effect("a burst of 10,000 from inside one transmission does not exhaust the stack", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make({ queueCapacity: 20_000 })
      let sent = 0
      const transmit: Transmit<string> = () => {
        if (++sent < 10_000) outbox.send("x", transmit)
        return true
      }
      outbox.send("x", transmit)
      expect(sent).toBe(10_000)
    }),
  )
})

describe("the end", () => {
  it.effect("closing drops what waits, oldest first", () =>
    Effect.gen(function* () {
      const { close, log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.send("a")
      outbox.send("b")
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
        outbox.send("late")
        outbox.send("later", refuse)
        outbox.replace(["latest"])
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
      outbox.send("a")
      outbox.close()
      outbox.close()
      yield* close
      expect(log).toEqual(["a dropped: closed"])
    }),
  )

  it.effect("closed from inside a transmission, the message that was with it is dropped once", () =>
    Effect.gen(function* () {
      for (const dealtWith of [true, false]) {
        const { log, outbox } = yield* make()
        outbox.send("a")
        outbox.send("b")
        outbox.drain((_message, _waited, sent) => {
          if (dealtWith) sent()
          outbox.close()
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
          if (dropped.length < 3) outbox.send(`${message}'`)
        },
      })
      outbox.send("a")
      outbox.close()
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
          send: () => outbox.send(fresh()),
          "send at once": () => outbox.send(fresh(), transmit),
          drain: () => outbox.drain(transmit),
          refuse: () => outbox.drain(refuse),
          "send and refuse": () => outbox.send(fresh(), refuse),
          "remove the first": () => {
            const [first, ...rest] = outbox.toArray()
            if (first === undefined) return
            end(first, "taken")
            outbox.replace(rest)
          },
          nest: () => {
            let nested = false
            const nesting: Transmit<string> = (message, ...more) => {
              if (!nested) {
                nested = true
                outbox.send(fresh(), nesting)
              }
              return transmit(message, ...more)
            }
            outbox.send(fresh(), nesting)
          },
          close: () => outbox.close(),
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
        outbox.close()
      },
    ),
    300,
  )
})
