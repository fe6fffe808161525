/** Whatever happens to a page and its server, in the end the page shows what the server has. */
import * as fc from "fast-check"
import type { Page } from "playwright-core"
import type { HtmxVersion } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"
import { Room } from "./Room.ts"

export type Step =
  | { readonly _tag: "Say"; readonly times: number }
  /** Sends a frame that cannot be applied: once in a plan, since a page fetches what it lacks once a minute. */
  | { readonly _tag: "Garble" }
  /** Resets the connections. */
  | { readonly _tag: "Kill" }
  /** Closes them with 1012. */
  | { readonly _tag: "Close" }
  /** Leaves them open and silent. */
  | { readonly _tag: "HalfOpen" }
  | { readonly _tag: "Hide" }
  | { readonly _tag: "Show" }
  /** Goes to another page of the history, and comes back at `Back`. */
  | { readonly _tag: "Leave" }
  | { readonly _tag: "Back" }
  /** Refuses dials. */
  | { readonly _tag: "Refuse"; readonly times: number }
  | { readonly _tag: "Restart" }
  | { readonly _tag: "Wait"; readonly millis: number }
  /** Waits until the page shows what the server has, if it does so soon. */
  | { readonly _tag: "Settle" }

export interface Plan {
  readonly isNative: boolean
  readonly keep: number
  readonly answer: "resync" | "everything"
  readonly batch: false | true | "latest"
  readonly latency: { readonly frame: number; readonly feed: number }
  readonly steps: ReadonlyArray<Step>
}

const only = <Tag extends string>(tag: Tag) => fc.constant({ _tag: tag })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ _tag: fc.constant("Say" as const), times: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 3, arbitrary: only("Settle") },
  { weight: 1, arbitrary: only("Garble") },
  { weight: 2, arbitrary: only("Kill") },
  { weight: 2, arbitrary: only("Close") },
  { weight: 1, arbitrary: only("HalfOpen") },
  { weight: 1, arbitrary: only("Hide") },
  { weight: 1, arbitrary: only("Show") },
  { weight: 2, arbitrary: only("Leave") },
  { weight: 2, arbitrary: only("Back") },
  {
    weight: 1,
    arbitrary: fc.record({ _tag: fc.constant("Refuse" as const), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 2, arbitrary: only("Restart") },
  {
    weight: 4,
    arbitrary: fc.record({ _tag: fc.constant("Wait" as const), millis: fc.constantFrom(5, 20, 40, 80) }),
  },
)

export const plans = (htmx: HtmxVersion): fc.Arbitrary<Plan> =>
  fc.record({
    isNative: htmx === "4" ? fc.boolean() : fc.constant(false),
    keep: fc.constantFrom(1, 3, 50, 50),
    answer: fc.constantFrom<Plan["answer"]>("resync", "everything"),
    batch: fc.constantFrom<Plan["batch"]>(false, true, "latest"),
    latency: fc.record({ frame: fc.constantFrom(0, 0, 3, 10), feed: fc.constantFrom(0, 15, 60) }),
    steps: fc.array(step, { minLength: 3, maxLength: 24 }),
  })

const shown = (page: Page): Promise<string> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll("#log li"), ({ textContent }) => textContent).join(" "),
  )

const setHidden = (page: Page, isHidden: boolean): Promise<void> =>
  page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden })
    document.dispatchEvent(new Event("visibilitychange"))
  }, isHidden)

/** Carries out a plan. Throws if the page does not show in the end what the server has. */
export const run = async (page: Page, htmx: HtmxVersion, plan: Plan, patience = 5_000): Promise<void> => {
  await using server = await TestServer.start()
  const { answer, batch, isNative, keep } = plan
  const config = {
    batch,
    reconnectDelay: 20,
    reconnectMaxDelay: 40,
    heartbeat: 100,
    heartbeatTimeout: 100,
    pauseOnBackground: true,
  }
  const room = new Room(server, { htmx, isNative, keep, answer, config })
  room.say("0")
  let count = 1
  let isAway = false
  let isGarbled = false
  const back = async () => {
    if (!isAway) return
    isAway = false
    await page.evaluate(() => history.back())
    await waitFor(() => page.evaluate(() => document.querySelector("#room") !== null), patience)
  }
  const actions: { readonly [Tag in Step["_tag"]]: (step: Extract<Step, { _tag: Tag }>) => unknown } = {
    Say: ({ times }) => {
      for (let time = 0; time < times; time++) room.say(String(count++))
    },
    Garble: () => {
      // What the server asks for counts as well.
      if (isGarbled || answer === "resync") return
      isGarbled = true
      room.garble(String(count++))
    },
    Kill: () => {
      for (const visit of room.members) visit.reset()
    },
    Close: () => {
      for (const visit of room.members) visit.close(1012)
    },
    HalfOpen: () => room.silence(),
    Hide: () => setHidden(page, true),
    Show: () => setHidden(page, false),
    Leave: async () => {
      if (isAway) return
      isAway = true
      await page.evaluate(() => (document.querySelector("#leave") as HTMLElement).click())
      await waitFor(() => page.evaluate(() => document.querySelector("#away") !== null), patience)
    },
    Back: back,
    Refuse: ({ times }) => {
      room.refusals = times
    },
    Restart: () => room.restart(),
    Settle: () =>
      waitFor(async () => (await shown(page)) === room.messages.join(" "), 150, { every: 5 }).catch(() => {}),
    Wait: ({ millis }) => new Promise((resolve) => setTimeout(resolve, millis)),
  }
  await page.goto(server.url("/"), { timeout: 15_000 })
  room.latency = plan.latency
  for (const step of plan.steps) await (actions[step._tag] as (step: Step) => unknown)(step)
  await setHidden(page, false)
  await back()
  // What comes last must arrive as well.
  room.say("last")
  const expected = room.messages.join(" ")
  let seen = ""
  try {
    await waitFor(async () => {
      seen = await shown(page)
      return seen === expected
    }, patience)
  } catch (cause) {
    throw new Error(`the page shows "${seen}", and the server has "${expected}"`, { cause })
  }
}
