import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as Outbox from "../../src/core/Outbox.ts"
import { liveArray } from "../../src/htmx/liveArray.ts"
import { parts } from "../setup/parts.ts"

interface Item {
  readonly n: number
}

const outboxOf = (capacity = Number.POSITIVE_INFINITY): Outbox.Outbox<Item> =>
  Effect.runSync(
    Outbox.make<Item>({ queueCapacity: capacity, queueOverflow: "reject", queueTtl: undefined }, () => {}),
  )

/** An operation on an array, with its name for a counterexample. */
class Operation {
  readonly name: string
  readonly run: (array: Array<Item>) => unknown

  constructor(name: string, run: (array: Array<Item>) => unknown) {
    this.name = name
    this.run = run
  }

  toString(): string {
    return this.name
  }
}

const item = fc.nat(99).map((n): Item => ({ n }))
const items = fc.array(item, { maxLength: 3 })
const at = fc.integer({ min: -6, max: 6 })
const show = (value: unknown): string => JSON.stringify(value) ?? String(value)

const constant = (name: string, run: (array: Array<Item>) => unknown) => fc.constant(new Operation(name, run))

const operation: fc.Arbitrary<Operation> = fc.oneof(
  items.map((values) => new Operation(`push ${show(values)}`, (array) => array.push(...values))),
  items.map((values) => new Operation(`unshift ${show(values)}`, (array) => array.unshift(...values))),
  fc
    .tuple(at, fc.nat(4), items)
    .map(
      ([start, count, values]) =>
        new Operation(`splice ${start} ${count} ${show(values)}`, (array) =>
          array.splice(start, count, ...values),
        ),
    ),
  fc.tuple(fc.nat(5), item).map(
    ([index, value]) =>
      new Operation(`[${index}] = ${value.n}`, (array) => {
        array[Math.min(index, array.length)] = value
        return undefined
      }),
  ),
  fc.nat(5).map(
    (length) =>
      new Operation(`length = ${length}`, (array) => {
        array.length = Math.min(length, array.length)
        return undefined
      }),
  ),
  fc
    .tuple(at, at)
    .map(([start, end]) => new Operation(`slice ${start} ${end}`, (array) => array.slice(start, end))),
  fc.tuple(at, at, at).map(
    ([to, from, end]) =>
      new Operation(`copyWithin ${to} ${from} ${end}`, (array) => {
        array.copyWithin(to, from, end)
        return undefined
      }),
  ),
  at.map((index) => new Operation(`at ${index}`, (array) => array.at(index))),
  constant("shift", (array) => array.shift()),
  constant("pop", (array) => array.pop()),
  constant("reverse", (array) => void array.reverse()),
  constant("sort", (array) => void array.sort((a, b) => a.n - b.n)),
  constant("fill", (array) => void array.fill({ n: 0 }, 1, 2)),
  constant("concat", (array) => array.concat([{ n: 1 }])),
  constant("map", (array) => array.map(({ n }) => n)),
  constant("filter", (array) => array.filter(({ n }) => n % 2 === 0)),
  constant("find", (array) => array.find(({ n }) => n > 50)),
  constant("entries", (array) => [...array.entries()]),
  constant("Object.keys", (array) => Object.keys(array)),
  constant("JSON", (array) => JSON.stringify(array)),
  constant("spread", (array) => [...array]),
  constant("in", (array) => [0 in array, 3 in array, "length" in array]),
)

describe("a live array", () => {
  test.each(parts(4))(
    "behaves as a plain array does under any sequence of operations, and reports what they remove, %s",
    () => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
          const outbox = outboxOf()
          const removed: Array<Item> = []
          const live = liveArray(outbox, (item) => removed.push(item))
          const plain: Array<Item> = []
          for (const { run } of operations) {
            const before = outbox.toArray()
            expect(run(live)).toEqual(run(plain))
            const after = new Set(outbox.toArray())
            expect(removed.splice(0)).toEqual(before.filter((item) => !after.has(item)))
            expect(outbox.toArray()).toEqual(plain)
            expect([live.length, [...live], Object.keys(live)]).toEqual([
              plain.length,
              plain,
              Object.keys(plain),
            ])
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  test("shows every change of the outbox", () => {
    const outbox = outboxOf()
    const live = liveArray(outbox, () => {})
    for (const n of [1, 2, 3]) outbox.push({ n })
    expect([live.length, live[0]?.n, live.map(({ n }) => n)]).toEqual([3, 1, [1, 2, 3]])
    outbox.take()
    outbox.take()
    expect([live.length, live[0]?.n]).toEqual([1, 3])
    live.length = 0
    expect([outbox.size, live]).toEqual([0, []])
  })

  test("is an array for `Array.isArray`, `instanceof` and JSON", () => {
    const live = liveArray(outboxOf(), () => {})
    expect([
      Array.isArray(live),
      Object.getPrototypeOf(live) === Array.prototype,
      Object.prototype.toString.call(live),
    ]).toEqual([true, true, "[object Array]"])
    expect([...[0].concat(live as never)]).toEqual([0])
  })

  test("a method reads the outbox as it was when it was called", () => {
    const outbox = outboxOf()
    for (const n of [1, 2, 3]) outbox.push({ n })
    const live = liveArray(outbox, () => {})
    const seen: Array<number> = []
    live.forEach(({ n }) => {
      seen.push(n)
      live.shift()
      outbox.push({ n: n + 10 })
    })
    expect([seen, live.map(({ n }) => n)]).toEqual([
      [1, 2, 3],
      [11, 12, 13],
    ])
  })

  test("keeps its messages when an index is deleted, which would leave a hole", () => {
    const outbox = outboxOf()
    outbox.push({ n: 1 })
    const live = liveArray(outbox, () => {})
    delete live[0]
    expect(outbox.size).toBe(1)
  })

  test("returns the items themselves, and no copies", () => {
    const outbox = outboxOf()
    const one = { n: 1 }
    outbox.push(one)
    const live = liveArray(outbox, () => {})
    expect(live[0]).toBe(one)
    expect(live.includes(one)).toBe(true)
    expect(live.indexOf(one)).toBe(0)
  })
})
