/** When a buffer has overflown. */
import { expect, test } from "vitest"
import { afterTurn, Patience } from "../../src/client/Patience.ts"

const turn = () => new Promise<void>((resolve) => afterTurn(resolve))

test("a buffer is over if it was full, and is still full a turn later", async () => {
  const patience = new Patience(2)
  patience.note(1)
  await turn()
  expect(patience.isOver).toBe(false)
  for (const size of [2, 3]) patience.note(size)
  expect(patience.isOver).toBe(false)
  await turn()
  expect(patience.isOver).toBe(true)
})

test("a buffer that was emptied meanwhile is given another turn", async () => {
  const patience = new Patience(1)
  patience.note(1)
  patience.note(0)
  await turn()
  patience.note(1)
  expect(patience.isOver).toBe(false)
  await turn()
  expect([patience.isOver, patience.isOver]).toEqual([true, true])
  patience.note(0)
  expect(patience.isOver).toBe(false)
})
