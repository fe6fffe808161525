import { readFileSync } from "node:fs"
import type { Page } from "playwright-core"
import { describe } from "vitest"
import { test as base, consoleOf, expect } from "../setup/browser.ts"
import { hurry, openDemo } from "../setup/demo.ts"
import { waitFor } from "../setup/waitFor.ts"

const test = base.extend("demo", async ({ context, onTestFinished }) => {
  await context.addInitScript(hurry)
  const demo = await openDemo()
  onTestFinished(demo.close)
  return demo
})

const say = async (page: Page, text: string) => {
  await page.getByLabel("Message", { exact: true }).fill(text)
  await page.getByRole("button", { name: "Send", exact: true }).click()
}

const said = (page: Page) => page.locator("#messages .message .text").allTextContents()

/** Waits until a message is shown. */
const hears = (page: Page, text: string) =>
  page.locator("#messages .text").getByText(text, { exact: true }).waitFor()

const isIn = (page: Page, state: string) => page.locator(`.state[data-ws-state=${state}]`).waitFor()

/** The console messages of Chromium and the extension about a failed connection. */
const faults = (page: Page) =>
  consoleOf(page).filter(
    (line) =>
      line.startsWith("uncaught") ||
      (line.startsWith("error") && !/WebSocket connection|SocketError/.test(line)),
  )

describe.concurrent("the demo", () => {
  for (const path of ["/", "/htmx1", "/htmx4"]) {
    test(`on ${path}: the form is reset when its message is acknowledged, which the message says`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      const field = page.getByLabel("Message", { exact: true })
      await field.fill("hello")
      await field.press("Enter")
      await page.locator("#messages .message").getByText("Received", { exact: true }).waitFor()
      expect([await field.inputValue(), await page.evaluate(() => document.activeElement?.id)]).toEqual([
        "",
        "text",
      ])
      expect(await page.getByRole("button", { name: "Send", exact: true }).isEnabled()).toBe(true)
      expect([await said(page), await page.locator("#outgoing .message").count()]).toEqual([["hello"], 0])
      expect(faults(page)).toEqual([])
    })

    test(`on ${path}: what a visitor opens and writes beside the prices stays when they change`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      for (const summary of await page.locator(".quote summary").all()) await summary.click()
      await page.locator("#note-matcha").fill("too dear")
      await page.locator("#note-assam").pressSequentially("buy ")
      await demo.trade(12)
      await page.locator("#tape li").nth(5).waitFor()
      await page.keyboard.type("low")
      expect(
        await page
          .locator(".quote")
          .evaluateAll((quotes) =>
            quotes.map((quote) => [
              quote.querySelector("details")?.open,
              quote.querySelector("input")?.value,
            ]),
          ),
      ).toEqual([
        [true, ""],
        [true, ""],
        [true, "buy low"],
        [true, "too dear"],
      ])
      expect(faults(page)).toEqual([])
    })

    test(`on ${path}: a button opens the inspector, which finds no mistake and is no business of the page`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      await page.getByRole("button", { name: "Inspect" }).click()
      const panel = page.locator("#htmx-ws-inspector")
      await panel.waitFor({ state: "attached" })
      expect(
        await panel.evaluate((host) => [
          host.shadowRoot,
          host.parentElement?.localName,
          document.activeElement === host,
        ]),
      ).toEqual([null, "html", true])
      expect(await page.evaluate("htmx.ws.lint(document).map(({ sentence }) => sentence)")).toEqual([])
      await page.keyboard.press("Escape")
      await panel.waitFor({ state: "detached" })
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("inspect")
      expect(faults(page)).toEqual([])
    })

    test(`on ${path}: the chat works without JavaScript`, async ({ browser, demo, onTestFinished }) => {
      const context = await browser.newContext({ javaScriptEnabled: false })
      onTestFinished(() => context.close())
      const page = await context.newPage()
      await page.goto(demo.url + path)
      for (const text of ["one", "two"]) await say(page, text)
      expect(await said(page)).toEqual(["one", "two"])
      expect(new URL(page.url()).pathname).toBe(path)
    })

    test(`on ${path}: axe finds nothing in the chat, whatever became of its messages, by day and by night`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      await page.evaluate(readFileSync("node_modules/axe-core/axe.min.js", "utf8"))
      const violations = async (): Promise<Array<string>> => {
        const found: Array<string> = []
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
          found.push(
            ...(await page.evaluate(async () => {
              const { axe } = window as unknown as {
                axe: { run(selector: string): Promise<{ violations: Array<{ id: string }> }> }
              }
              return (await axe.run(".chat")).violations.map(({ id }) => id)
            })),
          )
        }
        return found
      }
      const isNow = (text: string, state: string) =>
        page.locator("#outgoing .message", { hasText: text }).locator(`[data-ws-delivery=${state}]`).waitFor()
      expect(await violations()).toEqual([])
      await say(page, "heard")
      await page.locator("#messages .message").getByText("Received", { exact: true }).waitFor()
      expect(await violations()).toEqual([])

      // The end of the outage does not come: each message has its own fate.
      await page.getByRole("button", { name: /Drop everybody/ }).click()
      await isIn(page, "reconnecting")
      let answer: (() => Promise<void>) | undefined
      await page.route("**/say", async (route) => {
        if (/refused/.test(route.request().postData() ?? "")) await route.fulfill({ status: 422 })
        else answer = () => route.abort()
      })
      await say(page, "refused")
      await isNow("refused", "failed")
      expect(await violations()).toEqual([])
      await say(page, "lost")
      await isNow("lost", "sent")
      expect(await violations()).toEqual([])
      await waitFor(() => answer)
      await answer?.()
      await isNow("lost", "unknown")
      expect(await violations()).toEqual([])
      await page.evaluate(() => {
        for (const name of ["htmx:wsFallback", "htmx:ws:fallback"])
          document.addEventListener(name, (event) => event.preventDefault())
      })
      await say(page, "waiting")
      await isNow("waiting", "queued")
      expect(await violations()).toEqual([])
    })
  }

  for (const path of ["/", "/htmx1", "/htmx4"]) {
    test(`on ${path}: what others say during an outage is there after it, and the page says how much`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      await say(page, "before")
      await hears(page, "before")
      const urls: Array<string> = []
      page.on("websocket", (socket) => urls.push(new URL(socket.url()).search))
      await page.getByRole("button", { name: /Drop everybody/ }).click()
      await isIn(page, "reconnecting")
      const missed = Array.from({ length: 12 }, (_, index) => `missed ${index}`)
      for (const text of missed) await demo.say("Bob", text)
      await demo.recover()
      await page.getByText("12 missed messages caught up").waitFor()
      expect(await said(page)).toEqual(["before", ...missed])
      expect(urls.at(-1)).toMatch(/^\?last-id=chat:\w+-\d+,market:\w+-\d+$/)
      expect(faults(page)).toEqual([])
    })

    test(`on ${path}: the page shows what the room remembers, also after an absence in which that was replaced`, async ({
      demo,
      page,
    }) => {
      await page.goto(demo.url + path)
      await isIn(page, "open")
      for (let index = 0; index < 45; index++) await demo.say("Bob", `early ${index}`)
      await hears(page, "early 44")
      await page.getByRole("button", { name: /Drop everybody/ }).click()
      await isIn(page, "reconnecting")
      for (let index = 0; index < 10; index++) await demo.say("Bob", `late ${index}`)
      await demo.recover()
      await page.getByText("10 missed messages caught up").waitFor()
      // The server's own notice is one of the fifty.
      const texts = await said(page)
      expect([texts.length, texts[0], texts.at(-1)]).toEqual([49, "early 6", "late 9"])
      expect(faults(page)).toEqual([])
    })
  }

  for (const path of ["/", "/htmx1"]) {
    test(`on ${path}: two visitors see each other and what they say`, async ({ demo, newPage }) => {
      const [ada, bob] = [await newPage(), await newPage()]
      for (const page of [ada, bob]) {
        await page.goto(demo.url + path)
        await isIn(page, "open")
      }
      await ada.getByLabel("Name").fill("Ada")
      await ada.getByLabel("Name").blur()
      await bob.locator("#people").getByText("Ada").waitFor()
      await say(ada, "hello <b>Bob</b>")
      await hears(bob, "hello <b>Bob</b>")
      await say(bob, "hello Ada")
      await hears(ada, "hello Ada")
      expect(await said(ada)).toEqual(["hello <b>Bob</b>", "hello Ada"])
      expect(await ada.locator("#messages .author").first().textContent()).toBe("Ada")
      expect(await ada.getByLabel("Message", { exact: true }).inputValue()).toBe("")
      await demo.trade(2)
      await ada.locator("#tape li").nth(2).waitFor()
      expect([...faults(ada), ...faults(bob)]).toEqual([])
    })

    test(`on ${path}: what is typed during an outage goes by HTTP, once and in order`, async ({
      demo,
      newPage,
    }) => {
      const [ada, bob] = [await newPage(), await newPage()]
      for (const page of [ada, bob]) {
        await page.goto(demo.url + path)
        await isIn(page, "open")
      }
      await say(ada, "before")
      await hears(bob, "before")
      await ada.getByRole("button", { name: /Drop everybody/ }).click()
      await isIn(ada, "reconnecting")
      for (const text of ["one", "two", "three"]) {
        await say(ada, text)
        await ada
          .locator("#outgoing .message", { hasText: text })
          .getByText("Received", { exact: true })
          .waitFor()
        expect(await ada.getByLabel("Message", { exact: true }).inputValue()).toBe("")
      }
      await demo.recover()
      await isIn(ada, "open")
      await isIn(bob, "open")
      await hears(bob, "three")
      await ada
        .locator("#messages .message", { hasText: "three" })
        .getByText("Received", { exact: true })
        .waitFor()
      expect(await ada.locator("#outgoing .message").count()).toBe(0)
      await say(bob, "after")
      await hears(ada, "after")
      for (const page of [ada, bob]) {
        expect(await said(page)).toEqual(["before", "one", "two", "three", "after"])
        expect(faults(page)).toEqual([])
      }
    })
  }
})
