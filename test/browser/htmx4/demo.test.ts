/** Tests the demo on htmx 2 and htmx 4 with one server, which treats both the same. */
import { consoleOf, expect, test } from "../../setup/browser.ts"
import { hurry, openDemo } from "../../setup/demo.ts"
import { waitFor } from "../../setup/waitFor.ts"

test("visitors on htmx 2 and on htmx 4 chat with each other, across an outage", async ({
  context,
  newPage,
  onTestFinished,
}) => {
  await context.addInitScript(hurry)
  const demo = await openDemo()
  onTestFinished(demo.close)
  const [two, four] = [await newPage(), await newPage()]
  await two.goto(demo.url)
  await four.goto(new URL("/htmx4", demo.url).href)
  const people = async (page: typeof two): Promise<number> => page.locator("#people li").count()
  await waitFor(async () => (await people(two)) === 2 && (await people(four)) === 2)

  const say = async (page: typeof two, text: string): Promise<void> => {
    await page.fill("#text", text)
    await page.press("#text", "Enter")
  }
  await say(two, "hello from two")
  await four.locator("#messages").getByText("hello from two").waitFor()
  await say(four, "hello from four")
  await two.locator("#messages").getByText("hello from four").waitFor()
  expect(await four.inputValue("#text")).toBe("")

  await four.getByRole("button", { name: /Drop everybody/ }).click()
  await four.locator("[data-ws-state=reconnecting]").waitFor()
  await say(four, "typed while away")
  await four.locator("#say").getByText("Received", { exact: true }).waitFor()
  await demo.recover()
  await two.locator("#messages").getByText("typed while away").waitFor()
  await waitFor(async () => (await people(four)) === 2)
  expect(await four.locator("#quotes li").count()).toBe(4)
  expect(consoleOf(four).filter((line) => /uncaught|ws-connect/.test(line))).toEqual([
    expect.stringContaining("warning: htmx: [hx-ws] ws-connect"),
  ])
})
