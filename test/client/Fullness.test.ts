/** When a buffer is full. */
import { expect, test } from "vitest"
import { afterTurn, Fullness } from "../../src/client/Fullness.ts"

const turn = () => new Promise<void>((resolve) => afterTurn(resolve))

test("a buffer is full if it has been so for a turn", async () => {
  const fullness = new Fullness(2)
  fullness.note(1)
  await turn()
  expect(fullness.isFull).toBe(false)
  for (const size of [2, 3]) fullness.note(size)
  expect(fullness.isFull).toBe(false)
  await turn()
  expect(fullness.isFull).toBe(true)
})

test("a buffer that was emptied meanwhile gets another turn", async () => {
  const fullness = new Fullness(1)
  fullness.note(1)
  fullness.note(0)
  await turn()
  fullness.note(1)
  expect(fullness.isFull).toBe(false)
  await turn()
  expect([fullness.isFull, fullness.isFull]).toEqual([true, true])
  fullness.note(0)
  expect(fullness.isFull).toBe(false)
})
