/** Tests the simulation of `npm run herd`, and that the docs show its results. */
import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { describe, expect, test } from "vitest"
import { Delays } from "../../benchmarks/herd/Delays.ts"
import { withPart } from "../../benchmarks/herd/document.ts"
import { policies } from "../../benchmarks/herd/policies.ts"
import { docs, everything, figure, sizes, tables } from "../../benchmarks/herd/report.ts"
import { scenarios } from "../../benchmarks/herd/scenarios.ts"
import { type Course, type Scenario, simulate, WINDOW } from "../../benchmarks/herd/simulate.ts"
import { summarize } from "../../benchmarks/herd/summarize.ts"
import * as Backoff from "../../src/core/Backoff.ts"
import { abandoned } from "../../src/core/dial.ts"
import * as Reconnect from "../../src/core/Reconnect.ts"

const clients = 200

/** A server that is back at once and accepts every dial. */
const kind: Scenario = {
  lostWithin: 0,
  outage: 0,
  failsAfter: 50,
  capacity: Number.POSITIVE_INFINITY,
  patience: 1000,
}

const courseOf = (policy: Reconnect.Policy, scenario: Partial<Scenario> = {}, seed = "test"): Course =>
  simulate(clients, new Delays(policy, clients, seed), { ...kind, ...scenario })

const sum = (counts: Uint32Array) => counts.reduce((total, count) => total + count, 0)
const earliest = ({ backAt, lostAt }: Course) => Math.min(...backAt.map((time, n) => time - (lostAt[n] ?? 0)))

/** Returns the non-empty windows as pairs of seconds and count. */
const counted = (counts: Uint32Array) =>
  [...counts].flatMap((count, index) => (count === 0 ? [] : [[(index * WINDOW) / 1000, count]]))

describe("delays", () => {
  test("are those of a connection's backoff, with the client's own random numbers", () => {
    for (const { policy } of policies) {
      const delays = new Delays(policy, clients, "test")
      const backoff = Backoff.make(
        { reconnectPolicy: policy, reconnectMaxAttempts: Number.POSITIVE_INFINITY },
        () => true,
      )
      const expected = Effect.forEach(Array.from({ length: 20 }), () => backoff.next(abandoned(""))).pipe(
        Random.withSeed("test/0"),
        Effect.runSync,
      )
      expect(expected.map((_, retry) => delays.of(0, retry))).toEqual(
        expected.map((delay = Number.NaN) => Math.fround(delay)),
      )
    }
  })

  test("differ from client to client, and stay the same when more are asked for", () => {
    const delays = new Delays(Reconnect.fullJitter, 3, "test")
    const first = () => [0, 1, 2].map((client) => delays.of(client, 0))
    const before = first()
    expect(new Set(before).size).toBe(3)
    expect(delays.of(1, 100)).toBeLessThan(64_000)
    expect(first()).toEqual(before)
  })

  test("of full jitter are half of their bound in the mean", () => {
    const many = 1000
    const delays = new Delays(Reconnect.fullJitter, many, "test")
    for (let retry = 0; retry < 9; retry++) {
      const bound = Math.min(1000 * 2 ** retry, 64_000)
      let total = 0
      for (let client = 0; client < many; client++) total += delays.of(client, retry)
      // Four standard deviations of the mean of a uniform sample.
      expect(Math.abs(total / many - bound / 2)).toBeLessThan((4 * bound) / Math.sqrt(12 * many))
    }
  })
})

/** The simplest simulation: a list of dials, of which the earliest is always the next. */
const plainly = (policy: Reconnect.Policy, scenario: Scenario) => {
  const delays = new Delays(policy, clients, "test")
  const pending = Array.from({ length: clients }, (_, client) => {
    const lostAt = (scenario.lostWithin * client) / clients
    return { client, retries: 1, time: lostAt + delays.of(client, 0) }
  })
  const backAt: Array<number> = []
  let dials = 0
  let freeAt = scenario.outage
  while (pending.length > 0) {
    const dial = pending.reduce((earliest, one) => (one.time < earliest.time ? one : earliest))
    dials++
    if (dial.time < scenario.outage || freeAt - dial.time > scenario.patience) {
      dial.time = dial.time + scenario.failsAfter + delays.of(dial.client, dial.retries++)
    } else {
      freeAt = Math.max(dial.time, freeAt) + 1000 / (scenario.capacity * clients)
      backAt[dial.client] = freeAt
      pending.splice(pending.indexOf(dial), 1)
    }
  }
  return { backAt, dials }
}

describe("simulated", () => {
  const all = policies.flatMap(({ name, policy }) =>
    scenarios.map((scenario) => ({ name, policy, scenario })),
  )

  test.for(all)(
    "$name, $scenario.name: every client comes back once, when it should",
    ({ policy, scenario }) => {
      const course = courseOf(policy, scenario)
      const { backAt, dials } = plainly(policy, scenario)
      backAt.forEach((time, client) => {
        expect(course.backAt[client]).toBeCloseTo(time, 6)
      })
      expect(sum(course.returns)).toBe(clients)
      expect(sum(course.dials)).toBe(dials)
    },
  )

  test("no client dials before its delay is over", () => {
    expect(earliest(courseOf(Reconnect.constant(5000), { lostWithin: 700 }))).toBe(5000)
    const jittered = Reconnect.exponential({ base: 500, factor: 2, max: 60_000, jitter: 0.3 })
    expect(earliest(courseOf(jittered))).toBeGreaterThanOrEqual(350)
    expect(earliest(courseOf(jittered, { outage: 400 }))).toBeGreaterThanOrEqual(400)
  })

  test("a constant delay makes all clients dial at the same moment, again and again", () => {
    const course = courseOf(Reconnect.constant(5000), { outage: 12_000 })
    expect(counted(course.dials)).toEqual([
      [5, clients],
      [10, clients],
      [15.1, clients],
    ])
    expect(counted(course.returns)).toEqual([[15.1, clients]])
    expect(summarize(course)).toEqual({
      worstMoment: 10,
      worstSecond: 1,
      worstSecondBefore: 1,
      dials: 3,
      back50: 3100,
      back99: 3100,
      back100: 3100,
      meanWait: 15_100,
      longestWait: 15_100,
    })
  })

  test("a dial that hangs delays the next one", () => {
    const course = courseOf(Reconnect.constant(5000), { outage: 12_000, failsAfter: 15_000 })
    expect(counted(course.dials)).toEqual([
      [5, clients],
      [25, clients],
    ])
  })

  test("a busy server keeps to its rate of handshakes, and refuses dials that would wait too long", () => {
    const course = courseOf(Reconnect.constant(5000), { capacity: 1 / 20 })
    const perSecond = clients / 20
    // One completes at once, then those that start within a second; the last of them ends after it.
    expect(counted(course.dials).slice(0, 2)).toEqual([
      [5, clients],
      [10, clients - perSecond - 1],
    ])
    const ordered = course.backAt.toSorted()
    ordered.slice(1).forEach((time, nth) => {
      expect(time - (ordered[nth] ?? 0)).toBeGreaterThan(1000 / perSecond - 1e-6)
    })
  })

  test("connections that are closed one after the other are dialled one after the other", () => {
    const { worstSecond, dials, meanWait } = summarize(
      courseOf(Reconnect.constant(5000), { lostWithin: 20_000 }),
    )
    expect({ worstSecond, dials, meanWait }).toEqual({ worstSecond: 1 / 20, dials: 1, meanWait: 5000 })
  })

  test("a client that is not back within the hour is reported as never back", () => {
    const { back50, longestWait } = summarize(courseOf(Reconnect.constant(4_000_000)))
    expect([back50, longestWait]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  })

  test("the same seed gives the same course, and another seed another", () => {
    const course = (seed: string) => courseOf(Reconnect.fullJitter, { outage: 3000, capacity: 1 / 20 }, seed)
    expect(course("a")).toEqual(course("a"))
    expect(course("a").backAt).not.toEqual(course("b").backAt)
  })
})

describe("the docs", () => {
  const page = readFileSync("docs/herd.md", "utf8")
  const outcomes = everything(docs)

  test("show the tables that npm run herd prints", () => {
    expect(withPart(page, "tables", tables(outcomes))).toBe(page)
  })

  test("show the figure that npm run herd draws", () => {
    expect(readFileSync("docs/herd.svg", "utf8")).toBe(figure(outcomes))
  })

  test("show the results for fewer clients", () => {
    const rows = sizes([1000], docs.seed)
      .split("\n")
      .filter((line) => line.startsWith("| 1,000 "))
    expect(rows.map((row) => page.includes(row))).toEqual([true, true])
  })

  test("have every bold figure in a table", () => {
    const [prose = "", figures = ""] = page.split("## All figures")
    const cells = new Set(figures.split(/[|\n]/).map((cell) => cell.trim()))
    const said = [...prose.matchAll(/\*\*(\d[\d.]*)/g)].map(([, figure = ""]) => figure)
    expect(said.length).toBeGreaterThan(20)
    expect(said.filter((figure) => !cells.has(figure))).toEqual([])
  })
})
