/** A page in Chromium of a small server: what it misses while it is cut off, it gets when it is back. */
import type { Browser, Page } from "playwright-core"
import { Client } from "../cluster/Client.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { Relay } from "../setup/Relay.ts"
import { waitFor } from "../setup/waitFor.ts"
import { prepare } from "./samples.ts"

/** Waits until the page shows these texts and no others. */
const until = async (page: Page, ...texts: ReadonlyArray<string>): Promise<void> => {
  const shown = () => page.locator("#log > li").allTextContents()
  const isShown = async () => (await shown()).join() === texts.join()
  await waitFor(isShown, 20_000, { every: 50 }).catch(async () => {
    throw new Error(`expected a page with ${texts.join(", ")}; it shows ${(await shown()).join(", ")}`)
  })
}

export const visit = async (
  browser: Browser,
  command: ReadonlyArray<string>,
  htmx: HtmxVersion,
): Promise<void> => {
  await using stack = new AsyncDisposableStack()
  const program = await prepare(command, htmx)
  stack.defer(() => program.close())
  await program.up()
  const relay = await Relay.start(program.port)
  stack.defer(() => relay.close())
  const context = await browser.newContext()
  stack.defer(() => context.close())
  const page = await context.newPage()
  const errors: Array<string> = []
  page.on("pageerror", ({ message }) => errors.push(message))
  const others = new Client(program.port)
  stack.defer(() => others.close())
  const say = async (...texts: ReadonlyArray<string>) => {
    for (const text of texts) others.say(text)
    await waitFor(() => others.isDone, 10_000, { shown: "the server answers every message" })
  }

  await page.goto(`http://127.0.0.1:${relay.port}/`)
  await page.fill("input", "<hello>")
  await page.getByRole("button").click()
  await until(page, "<hello>")
  await waitFor(async () => (await page.inputValue("input")) === "", 10_000, {
    shown: "the form is reset when the message is answered",
  })
  await say("1", "2")
  await until(page, "<hello>", "1", "2")
  relay.cut({ stay: true })
  await say("3", "4")
  relay.up()
  await until(page, "<hello>", "1", "2", "3", "4")
  await program.down("SIGTERM")
  await program.up()
  await say("anew")
  await until(page, "anew")
  if (errors.length > 0) throw new Error(`the page has errors: ${errors.join("; ")}`)
}
