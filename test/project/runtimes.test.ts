/** Runs the short part of the suite of test/runtimes on every runtime. It imports `dist`: build first. */
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { runOn, runtimes } from "../runtimes/runOn.ts"

test.for(Object.entries(runtimes))(
  "the typed client keeps its promises on %s, over its own WebSocket and over that of ws",
  { timeout: 150_000 },
  async ([, command]) => {
    const { crash, outcomes, version } = await runOn(command, "short")
    expect(crash).toBe(undefined)
    expect(readFileSync("docs/client.md", "utf8")).toContain(` ${version}`)
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
    expect(new Set(outcomes.map(({ maker }) => maker))).toEqual(new Set(["platform", "ws"]))
  },
)
