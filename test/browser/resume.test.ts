import * as fc from "fast-check"
import { describe } from "vitest"
import { plans, run } from "../resume/model.ts"
import { Room, type RoomOptions } from "../resume/Room.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { parts } from "../setup/parts.ts"
import type { TestServer } from "../setup/server.ts"
import { Stage } from "./kit/Stage.ts"
import { expect, test } from "./kit/test.ts"

const config = { reconnectDelay: 30, reconnectMaxDelay: 30 }

class Guest {
  readonly room: Room
  readonly stage: Stage

  constructor(room: Room, stage: Stage) {
    this.room = room
    this.stage = stage
  }

  shown(): Promise<Array<string | null>> {
    return this.stage.page.evaluate(() =>
      Array.from(document.querySelectorAll("#log li"), ({ textContent }) => textContent),
    )
  }

  /** Waits until the page shows all messages, each once: one that a fetch brings may come behind later ones. */
  async isWhole(): Promise<void> {
    const { room, stage } = this
    await stage
      .until(async () => JSON.stringify(await this.shown()) === JSON.stringify(room.messages))
      .catch(async () => expect(await this.shown()).toEqual(room.messages))
  }

  /** The URLs that were dialled, from `?` on. */
  get dialled(): ReadonlyArray<string> {
    return this.stage.server.visits.map(({ url }) => url.replace(/^[^?]*/, ""))
  }

  async isIn(): Promise<void> {
    await this.stage.until(() => this.room.members.length === 1)
  }
}

type Scenario = (guest: Guest) => Promise<void>

const onEach = (title: string, scenario: Scenario, options: Omit<Partial<RoomOptions>, "htmx"> = {}) => {
  for (const [htmx, isNative] of [
    ["1.9", false],
    ["2", false],
    ["4", false],
    ["4", true],
  ] as const)
    on(htmx, title, scenario, { isNative, ...options })
}

const on = (
  htmx: HtmxVersion,
  title: string,
  scenario: Scenario,
  options: Omit<Partial<RoomOptions>, "htmx">,
) => {
  const kind = options.isNative ? `${htmx}, its own attributes` : htmx
  test.concurrent(`${title} (htmx ${kind})`, async ({
    server,
    tab,
  }: {
    server: TestServer
    tab: Stage["page"]
  }) => {
    const room = new Room(server, { htmx, config, ...options })
    await scenario(new Guest(room, new Stage(tab, server, htmx, "min")))
  })
}

const open = async ({ room, stage }: Guest) => {
  if (room.messages.length === 0) room.say("first")
  await stage.page.goto(stage.server.url("/"), { timeout: 15_000 })
}

describe.concurrent("ws-resume", () => {
  onEach("what is said between rendering and connecting is shown", async (guest) => {
    const { room, stage } = guest
    // Its scripts are loaded when the page has been rendered, and has not connected yet.
    const script = "**/dist/ws-resume.min.js"
    await stage.page.route(script, (route) => {
      room.say("meanwhile")
      return route.continue()
    })
    await open(guest)
    await guest.isWhole()
    await stage.page.unroute(script)
    expect(room.messages).toEqual(["first", "meanwhile"])
  })

  onEach(
    "nothing is missed or doubled over forced closes",
    async (guest) => {
      const { room } = guest
      await open(guest)
      for (let round = 0; round < 6; round++) {
        await guest.isIn()
        for (let index = 0; index < 5; index++) room.say(`${round}.${index}`)
        for (const visit of room.members) round % 2 === 0 ? visit.reset() : visit.close(1012)
        room.say(`${round} is over`)
      }
      await guest.isWhole()
      expect(room.feeds).toBe(0)
    },
    { keep: 100 },
  )

  onEach(
    "an outage beyond what the server keeps ends with a fetch",
    async (guest) => {
      const { room } = guest
      await open(guest)
      await guest.isIn()
      room.refusals = 3
      for (const visit of room.members) visit.reset()
      for (let index = 0; index < 20; index++) room.say(`missed ${index}`)
      await guest.isWhole()
      expect(room.feeds).toBe(1)
      room.say("and on")
      await guest.isWhole()
    },
    { keep: 3 },
  )

  onEach(
    "the same, if the server sends everything instead",
    async (guest) => {
      const { room } = guest
      await open(guest)
      await guest.isIn()
      for (const visit of room.members) visit.reset()
      for (let index = 0; index < 20; index++) room.say(`missed ${index}`)
      await guest.isWhole()
      expect(room.feeds).toBe(0)
    },
    { keep: 3, answer: "everything" },
  )

  onEach("a restart counts anew, in an epoch of its own", async (guest) => {
    const { room } = guest
    await open(guest)
    await guest.isIn()
    room.say("before")
    await guest.isWhole()
    room.restart()
    for (let index = 0; index < 4; index++) room.say(`after ${index}`)
    await guest.isWhole()
    expect(guest.dialled.at(-1)).toBe("?last-id=e1-2")
  })

  onEach("frames that come while the feed is on its way are shown once", async (guest) => {
    const { room, stage } = guest
    await open(guest)
    await guest.isIn()
    room.latency = { frame: 3, feed: 100 }
    room.restart()
    await stage.until(() => room.feeds === 1)
    for (let index = 0; index < 20; index++) room.say(`during ${index}`)
    await guest.isWhole()
  })

  onEach("a frame that cannot be applied is fetched", async (guest) => {
    const { room } = guest
    await open(guest)
    await guest.isIn()
    room.say("good")
    room.garble("bad")
    room.say("good again")
    await guest.isWhole()
    expect(room.feeds).toBe(1)
  })

  const comesBack: Scenario = async (guest) => {
    const { room, stage } = guest
    await open(guest)
    await guest.isIn()
    room.say("seen")
    await guest.isWhole()
    await stage.page.locator("#leave").click()
    await stage.page.locator("#away").waitFor()
    room.say("missed")
    await stage.page.evaluate(() => history.back())
    await guest.isWhole()
    expect(room.feeds).toBe(0)
  }
  onEach("a page that comes back from the history asks for what it does not show", comesBack)
  on("4", "the same with htmx's history cache", comesBack, {
    head: `<script src="/hx-history-cache.js"></script>`,
  })

  const comesBackInside: Scenario = async (guest) => {
    const { room, stage } = guest
    await open(guest)
    await guest.isIn()
    room.say("seen")
    await guest.isWhole()
    await stage.page.locator("#leave").click()
    await stage.page.locator("#away").waitFor()
    room.say("missed")
    room.say("missed too")
    // The frames have come when the page has had the time to ask for something else.
    await stage.until(() => room.members[0]?.sent === 3)
    await stage.page.evaluate(() => history.back())
    await guest.isWhole()
    expect([room.feeds, guest.dialled.length]).toEqual([1, 1])
  }
  for (const htmx of ["1.9", "2"] as const)
    on(
      htmx,
      "a page that comes back into an element whose connection stayed fetches what it lacks",
      comesBackInside,
      {
        stays: true,
      },
    )
  on("4", "the same with htmx's history cache inside the element", comesBackInside, {
    stays: true,
    head: `<script src="/hx-history-cache.js"></script>`,
  })

  for (const htmx of ["2", "4"] as const)
    test.concurrent.for(parts(4))(
      `the page shows in the end what the server has, whatever happens (htmx ${htmx}): %s`,
      async (part, { tab }) => {
        const seed = Number(part.split(" ")[1])
        await fc.assert(
          fc.asyncProperty(plans(htmx), (plan) => run(tab, htmx, plan)),
          { numRuns: 6, seed, endOnFailure: true },
        )
      },
    )
})
