/**
 * Tests a page with a script tag and its own copy of Effect: its Schedules run in fibers of the script's Effect, which
 * has many modules left out.
 */
import { describe } from "vitest"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { bundle } from "../setup/bundle.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

const program = `
  import * as Clock from "effect/Clock"
  import * as Duration from "effect/Duration"
  import * as Effect from "effect/Effect"
  import * as Random from "effect/Random"
  import * as Schedule from "effect/Schedule"

  const attempts = (window.attempts = [])
  const recording = Schedule.tap(({ attempt }) =>
    Effect.gen(function* () {
      const [millis, nanos] = yield* Effect.all([Clock.currentTimeMillis, Clock.currentTimeNanos])
      const random = yield* Random.nextIntBetween(1, 3)
      const late = yield* Effect.sleep("1 hour").pipe(Effect.timeoutOption("5 millis"), Effect.withSpan("late"))
      const failed = yield* Effect.fail("tap").pipe(
        Effect.ensuring(Effect.sleep("1 millis")),
        Effect.withSpan("failing"),
        Effect.exit,
      )
      const all = yield* Effect.forEach([1, 2, 3], (n) => Effect.as(Effect.sleep(n), n), { concurrency: "unbounded" })
      yield* Effect.log("retry", attempt)
      attempts.push([attempt, nanos > BigInt(millis), random <= 3, late._tag, failed._tag, all.join()])
    }).pipe(Effect.withSpan("retry"), Effect.annotateLogs("page", "own")),
  )
  htmx.config.ws = {
    reconnectDelay: Schedule.exponential("10 millis", 2).pipe(
      Schedule.jittered,
      Schedule.addDelay(() => Effect.succeed(Duration.millis(1))),
      Schedule.upTo({ times: 2 }),
      recording,
      Schedule.concat(Schedule.spaced(Duration.nanos(5_000_000n))),
    ),
  }`

describe("a Schedule from another copy of Effect", () => {
  test.for(["2", "4"] as const)("sets the delays of retries (htmx %s)", async (htmx, { server, page }) => {
    server.script("/page.js", (await bundle(program)).code)
    const head = `<script type="module" src="/page.js"></script>`
    const body = `<div ws-connect="/ws"></div>`
    await page.goto(server.page("/", html({ htmx, ws: "min", head, body })))
    for (let dials = 1; dials <= 4; dials++) {
      await waitFor(() => server.visitsTo("/ws").length === dials && server.live("/ws").length === 1)
      for (const visit of server.live("/ws")) visit.close(1001)
    }
    await waitFor(() => server.visitsTo("/ws").length === 5)
    expect(await page.evaluate(() => Reflect.get(window, "attempts"))).toEqual([
      [1, true, true, "None", "Failure", "1,2,3"],
      [2, true, true, "None", "Failure", "1,2,3"],
    ])
    expect(consoleOf(page).filter((line) => /retry \d/.test(line))).toHaveLength(2)
    expect(consoleOf(page).filter((line) => /^(error|uncaught)/.test(line))).toEqual([])
  })
})
