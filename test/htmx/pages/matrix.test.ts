/** A share of the matrix: `npm run matrix` plays all of it. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { actionNames } from "../../faults/matrix/actions.ts"
import type { Outcome } from "../../faults/matrix/cell.ts"
import { eventNames } from "../../faults/matrix/events.ts"
import { type Cell, cells, type Disturbed, disturbances, eventful, Player } from "../../faults/matrix/play.ts"
import { stateNames } from "../../faults/matrix/states.ts"
import { markdown } from "../../faults/matrix/table.ts"

/** The share of the cells: one in so many, on each htmx others. */
const share = 5

describe.each([
  ["1.9", 0],
  ["2", 1],
  ["4", 2],
] as const)("htmx %s", (htmx, offset) => {
  const player = new Player(htmx)
  const played: Array<readonly [Cell, Outcome]> = []
  afterAll(() => player[Symbol.dispose]())

  const all = cells(share, offset)
  test.each(stateNames)(
    "in the state `%s`, events lead where the table says, and leave nothing behind",
    async (state) => {
      const row = all.filter((cell) => cell.state === state)
      for (const cell of row) played.push([cell, await player.play(cell)])
      expect(player.problems.splice(0)).toEqual([])
      expect(row.length).toBeGreaterThan(eventNames.length / share - 1)
    },
  )

  describe("a listener", () => {
    const found = new Map<string, Array<readonly [Disturbed, Outcome]>>()
    beforeAll(async () => {
      for (const cell of eventful) played.push([cell, await player.play(cell)])
      for (const [cell, outcome] of played)
        for (const disturbed of disturbances(cell, outcome))
          found.set(disturbed.name, [...(found.get(disturbed.name) ?? []), [disturbed, outcome]])
    })

    test.each(actionNames)("that %s in any event breaks nothing", async (action) => {
      for (const [index, [, all]] of [...found].entries()) {
        const fitting = all.filter(([disturbed]) => disturbed.action === action)
        const [disturbed, outcome] = fitting[(index * 7) % fitting.length] ?? []
        if (disturbed && outcome) await player.disturb(disturbed, outcome)
      }
      expect(player.problems.splice(0)).toEqual([])
    })

    test("has been in every event of the extension", () => {
      expect([...found.keys()].sort()).toEqual([...player.names].sort())
    })
  })
})

test("the table of docs/reliability.md is the one that is tested", () => {
  expect(readFileSync("docs/reliability.md", "utf8")).toContain(markdown())
})
