/** Tests what the tests in other engines send into a page, and get back. */
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { answerOf, literal, scriptFor } from "../engines/webkit/code.ts"

const values = {
  none: undefined,
  nothing: null,
  numbers: [0, -1.5, Number.NaN, Number.NEGATIVE_INFINITY],
  text: "</script> \u2028 \"'`${",
  list: [[], [undefined], {}],
  pattern: /a\/b/gi,
}

/** Runs the script for an expression as WebDriver does. */
const run = (expression: string): Promise<string> =>
  new Promise((resolve) => {
    const page = { MessageChannel, location: { href: "http://here/" }, done: resolve, window: {} }
    runInNewContext(`(function () { ${scriptFor(expression, 1)} })(done)`, page)
  })

test("a value is the same after its way into a page of WebKit and back", async () => {
  const { value } = answerOf(await run(literal(values)))
  expect(value).toStrictEqual(values)
})

test("an error of the page is what the test gets", async () => {
  expect(answerOf(await run(`(() => { throw new Error("no") })()`)).failed).toBe("no")
  expect(answerOf(await run(`Promise.reject(new Error("later"))`)).failed).toBe("later")
})

test("a promise that takes time is asked for again", async () => {
  expect(answerOf(await run("new Promise(() => {})")).isPending).toBe(true)
})
