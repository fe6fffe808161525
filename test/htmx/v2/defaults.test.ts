/** Left at their defaults, ours and the official scripts wait equally long, whatever the random numbers. */
import { expect, test } from "vitest"
import { openPage } from "../kit/openPage.ts"
import { openPage4 } from "../kit/openPage4.ts"

const retries = 10
const pages = {
  "1.9": (ws: "official" | "ours") =>
    openPage({ htmx: "1.9", ws, body: `<div hx-ext="ws"><div ws-connect="/ws"></div></div>` }),
  "2": (ws: "official" | "ours") =>
    openPage({ htmx: "2", ws, body: `<div hx-ext="ws"><div ws-connect="/ws"></div></div>` }),
  "4": (ws: "official" | "ours") => openPage4({ ws, body: `<div hx-ws:connect="/ws"></div>` }),
}

/** When each retry dials, in milliseconds since the last one. */
const waits = async (
  generation: keyof typeof pages,
  ws: "official" | "ours",
): Promise<ReadonlyArray<number>> => {
  using page = await pages[generation](ws)
  let draws = 0
  page.window.Math.random = () => (++draws * 0.618) % 1
  return Array.from({ length: retries }, () => {
    const { length } = page.sockets
    const since = page.clock.now
    page.socket.drop()
    for (let waited = 0; page.sockets.length === length && waited < 100_000; waited++) page.clock.advance(1)
    return page.clock.now - since
  })
}

test.for(["1.9", "2", "4"] as const)("on htmx %s", async (generation) => {
  const theirs = await waits(generation, "official")
  expect(theirs.at(-1)).toBeGreaterThan(10_000)
  expect(await waits(generation, "ours")).toEqual(theirs)
})
