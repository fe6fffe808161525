import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Outbox from "../../src/core/Outbox.ts"
import { Watch } from "./bench.ts"

type Options = Partial<Outbox.Options> & { onDrop?: (message: string, reason: Outbox.DropReason) => void }

/** An outbox, and its drops as lines. */
const make = (options: Options = {}) =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const outbox = yield* Outbox.make<string>(
      { queueCapacity: 10, queueOverflow: "reject", queueTtl: undefined, ...options },
      options.onDrop ?? ((message, reason) => log.push(`${message} dropped: ${reason}`)),
    )
    return { log, outbox }
  })

describe("waiting", () => {
  it.effect("messages are taken in the order in which they were accepted", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      for (const message of ["a", "b"]) outbox.push(message)
      expect([outbox.size, outbox.toArray()]).toEqual([2, ["a", "b"]])
      expect([outbox.take()?.message, outbox.take()?.message, outbox.take(), outbox.size]).toEqual([
        "a",
        "b",
        undefined,
        0,
      ])
    }),
  )

  it.effect("a message that is put back is in front again", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      for (const message of ["a", "b"]) outbox.push(message)
      const first = outbox.take()
      outbox.push("c")
      if (first !== undefined) outbox.putBack(first)
      expect(outbox.toArray()).toEqual(["a", "b", "c"])
    }),
  )

  it.effect("toArray returns a copy", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.push("a")
      outbox.toArray().pop()
      expect(outbox.toArray()).toEqual(["a"])
    }),
  )
})

describe("room", () => {
  it.effect("reject: the newcomer is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2 })
      for (const message of ["a", "b", "c", "d"]) outbox.push(message)
      expect(log).toEqual(["c dropped: overflow", "d dropped: overflow"])
      expect(outbox.toArray()).toEqual(["a", "b"])
    }),
  )

  it.effect("drop-oldest: the one that has waited longest is dropped", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 2, queueOverflow: "drop-oldest" })
      for (const message of ["a", "b", "c", "d"]) outbox.push(message)
      expect(log).toEqual(["a dropped: overflow", "b dropped: overflow"])
      expect(outbox.toArray()).toEqual(["c", "d"])
    }),
  )

  it.effect("there is room again when something has been taken", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueCapacity: 1 })
      outbox.push("a")
      outbox.take()
      outbox.push("b")
      expect([log, outbox.toArray()]).toEqual([[], ["b"]])
    }),
  )

  it.effect.each([
    ["reject", ["c", "d"], ["a", "b"]],
    ["drop-oldest", ["a", "b"], ["c", "d"]],
  ] as const)(
    "messages that were appended without room overflow when the outbox is trimmed (%s)",
    ([queueOverflow, lost, left]) =>
      Effect.gen(function* () {
        const { log, outbox } = yield* make({ queueCapacity: 2, queueOverflow })
        for (const message of ["a", "b", "c", "d"]) outbox.append(message)
        expect([log, outbox.size]).toEqual([[], 4])
        outbox.trim()
        expect([log, outbox.toArray()]).toEqual([lost.map((message) => `${message} dropped: overflow`), left])
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
          if (message === "a") outbox.push("a again")
        },
      })
      outbox.push("a")
      outbox.push("b")
      expect([lines, outbox.toArray()]).toEqual([["a", "b"], ["a again"]])
    }),
  )
})

describe("age", () => {
  it.effect("a message is dropped exactly after its ttl", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("a")
      yield* TestClock.adjust(999)
      expect(log).toEqual([])
      yield* TestClock.adjust(1)
      expect([log, outbox.size]).toEqual([["a dropped: expired"], 0])
    }),
  )

  it.effect("each has its own time", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("a")
      yield* TestClock.adjust(400)
      outbox.push("b")
      outbox.push("c")
      yield* TestClock.adjust(600)
      expect(log).toEqual(["a dropped: expired"])
      yield* TestClock.adjust(399)
      expect(log).toHaveLength(1)
      yield* TestClock.adjust(1)
      expect(log.slice(1)).toEqual(["b dropped: expired", "c dropped: expired"])
    }),
  )

  it.effect("a message that was taken in time does not expire", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("a")
      yield* TestClock.adjust(500)
      outbox.take()
      outbox.push("b")
      yield* TestClock.adjust(999)
      expect(log).toEqual([])
      yield* TestClock.adjust(1)
      expect(log).toEqual(["b dropped: expired"])
    }),
  )

  it.effect("replacing the messages keeps the age of those that were there", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("a")
      yield* TestClock.adjust(600)
      outbox.replace(["a", "b"])
      yield* TestClock.adjust(400)
      expect(log).toEqual(["a dropped: expired"])
      yield* TestClock.adjust(600)
      expect(log).toEqual(["a dropped: expired", "b dropped: expired"])
    }),
  )

  it.effect("each expires in its time even if a page has changed the order", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("old")
      yield* TestClock.adjust(600)
      outbox.push("new")
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
          if (dropped.length === 1) outbox.push("a")
        },
      })
      outbox.push("a")
      yield* TestClock.adjust(1999)
      expect(dropped).toHaveLength(1)
      yield* TestClock.adjust(1)
      expect(dropped).toHaveLength(2)
    }),
  )
})

describe("age while the date of the machine jumps", () => {
  it.effect.each([-3_600_000, 3_600_000])(
    "a message is dropped after its time, whether the date is moved by %d ms before or after it was accepted",
    (skew) =>
      Effect.gen(function* () {
        const clock = new Watch(yield* Clock.Clock)
        const { log, outbox } = yield* Effect.provideService(make({ queueTtl: 1000 }), Clock.Clock, clock)
        outbox.push("a")
        yield* TestClock.adjust(500)
        clock.skew = skew
        outbox.push("b")
        yield* TestClock.adjust(499)
        expect(log).toEqual([])
        yield* TestClock.adjust(1)
        expect(log).toEqual(["a dropped: expired"])
        clock.skew = 0
        yield* TestClock.adjust(499)
        expect(log).toHaveLength(1)
        yield* TestClock.adjust(1)
        expect(log).toEqual(["a dropped: expired", "b dropped: expired"])
      }),
  )

  it.effect("a message expires also if fake timers run, and the clock beside them stands still", () =>
    Effect.gen(function* () {
      const clock = new Watch(yield* Clock.Clock)
      clock.monotonicTimeNanosUnsafe = () => 0n
      const { log, outbox } = yield* Effect.provideService(make({ queueTtl: 1000 }), Clock.Clock, clock)
      outbox.push("a")
      yield* TestClock.adjust(999)
      expect(log).toEqual([])
      yield* TestClock.adjust(1)
      expect(log).toEqual(["a dropped: expired"])
    }),
  )
})

/** Returns how many items are added to arrays while `act` runs: copying or rewriting a queue adds each of its messages. */
const countAdded = (act: () => void): number => {
  const { push } = Array.prototype
  let count = 0
  Array.prototype.push = function (...items) {
    count += items.length
    return push.apply(this, items)
  }
  try {
    act()
  } finally {
    Array.prototype.push = push
  }
  return count
}

describe("the cost of a message", () => {
  it.effect.each(["reject", "drop-oldest"] as const)(
    "one for which there is no room is dropped without touching those that wait (%s)",
    (queueOverflow) =>
      Effect.gen(function* () {
        const counts = yield* Effect.forEach([10, 1000], (waiting) =>
          Effect.map(make({ queueCapacity: waiting, queueOverflow }), ({ log, outbox }) => {
            for (let n = 0; n < waiting; n++) outbox.push(`${n}`)
            const count = countAdded(() => {
              const first = outbox.take()
              if (first) outbox.putBack(first)
              outbox.append("one more")
              outbox.trim()
            })
            expect([log.length, outbox.size]).toEqual([1, waiting])
            return count
          }),
        )
        expect(counts[1]).toBe(counts[0])
      }),
  )

  it.effect(
    "messages that expire one after the other wake their queue a hundred times in all, and are dropped in time but for a hundredth",
    () =>
      Effect.gen(function* () {
        const clock = new Watch(yield* Clock.Clock)
        let sleeps = 0
        const sleep = clock.sleep.bind(clock)
        clock.sleep = (duration) => {
          sleeps++
          return sleep(duration)
        }
        let late = 0
        const onDrop = (message: string) => {
          late = Math.max(late, clock.currentTimeMillisUnsafe() - Number(message) - 300)
        }
        const making = make({ queueTtl: 300, queueCapacity: 300, onDrop })
        const { outbox } = yield* Effect.provideService(making, Clock.Clock, clock)
        for (let n = 0; n < 300; n++) {
          outbox.push(`${n}`)
          yield* TestClock.adjust(1)
        }
        yield* TestClock.adjust(303)
        expect([outbox.size, late, sleeps <= 101]).toEqual([0, 2, true])
      }),
  )
})

describe("what a page does to the queue", () => {
  it.effect("exactly the given messages wait, and the others are not reported", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      for (const message of ["a", "b", "c"]) outbox.push(message)
      outbox.replace(["c", "x", "a"])
      expect([outbox.toArray(), log]).toEqual([["c", "x", "a"], []])
    }),
  )

  it.effect("it can be emptied, and filled again", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.push("a")
      outbox.replace([])
      expect(outbox.size).toBe(0)
      outbox.push("b")
      expect([outbox.toArray(), log]).toEqual([["b"], []])
    }),
  )

  it.effect("the same message may wait twice", () =>
    Effect.gen(function* () {
      const { outbox } = yield* make()
      outbox.push("a")
      outbox.replace(["a", "a"])
      expect(outbox.toArray()).toEqual(["a", "a"])
    }),
  )
})

describe("the end", () => {
  it.effect("closing drops the messages that wait, oldest first", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make({ queueTtl: 1000 })
      outbox.push("a")
      outbox.push("b")
      outbox.close()
      expect([log, outbox.size]).toEqual([["a dropped: closed", "b dropped: closed"], 0])
      yield* TestClock.adjust(10_000)
      expect(log).toHaveLength(2)
    }),
  )

  it.effect("messages pushed after closing are dropped with the same reason, whatever the capacity", () =>
    Effect.gen(function* () {
      for (const capacity of [0, 10]) {
        const { log, outbox } = yield* make({ queueCapacity: capacity })
        outbox.close()
        outbox.push("late")
        outbox.append("later")
        outbox.replace(["latest"])
        expect(log).toEqual(["late dropped: closed", "later dropped: closed", "latest dropped: closed"])
      }
    }),
  )

  it.effect("closing twice reports nothing twice", () =>
    Effect.gen(function* () {
      const { log, outbox } = yield* make()
      outbox.push("a")
      outbox.close()
      outbox.close()
      expect(log).toEqual(["a dropped: closed"])
    }),
  )

  it.effect("closed from inside a drop, those that were lost earlier are reported first", () =>
    Effect.gen(function* () {
      const dropped: Array<string> = []
      const { outbox } = yield* make({
        queueCapacity: 1,
        onDrop: (message, reason) => {
          dropped.push(`${message}: ${reason}`)
          outbox.close()
        },
      })
      for (const message of ["a", "b", "c"]) outbox.append(message)
      outbox.trim()
      expect(dropped).toEqual(["b: overflow", "c: overflow", "a: closed"])
    }),
  )

  it.effect("a message sent from onDrop while it closes is dropped as well", () =>
    Effect.gen(function* () {
      const dropped: Array<string> = []
      const { outbox } = yield* make({
        onDrop: (message) => {
          dropped.push(message)
          if (dropped.length < 3) outbox.push(`${message}'`)
        },
      })
      outbox.push("a")
      outbox.close()
      expect(dropped).toEqual(["a", "a'", "a''"])
    }),
  )
})
