/** Tests that a page is connected again after each fault, or closed if the code is final, on htmx 2 and 4. */
import { describe } from "vitest"
import { type Capabilities, generations } from "../conformance/cases.ts"
import { FaultServer } from "../faults/FaultServer.ts"
import { type FaultName, faultNames, faults } from "../faults/faults.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"
import { codeIn } from "./seen.ts"

/** Those that are retried by default. */
const retried = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

const settingsFor = (name: FaultName): object => {
  const { foundBy, protocols } = faults[name]
  return {
    reconnectDelay: "20ms",
    ...(foundBy === "connectTimeout" && { connectTimeout: "500ms" }),
    ...(foundBy === "heartbeat" && { heartbeat: "300ms", heartbeatTimeout: "300ms" }),
    ...(protocols && { protocols }),
  }
}

const bodyFor = ({ connect, send, status }: Capabilities, url: string): string =>
  `<div ${connect}="${url.replaceAll("&", "&amp;")}">
    <b id="state" ${status}></b>
    <form id="form" ${send}><input id="word" name="word" value="first"></form>
  </div>`

for (const [generation, spelled] of ["htmx 2", "htmx 4"].map(
  (name) => [name, generations[name] as Capabilities] as const,
))
  describe(generation, () => {
    test.for(faultNames)("%s", async (name, { engine, onTestFinished, page, server }) => {
      const faulty = await FaultServer.start()
      onTestFinished(() => void faulty.close())
      const code = codeIn(engine, name)
      const body = bodyFor(spelled, await faulty.url("/ws", name))
      const config = { ws: settingsFor(name) }
      await page.goto(server.page("/", html({ htmx: spelled.htmx, ws: "min", config, body })))
      const state = () => page.evaluate(() => document.getElementById("state")?.dataset.wsState)
      const say = (word: string) =>
        page.evaluate((word) => {
          ;(document.getElementById("word") as HTMLInputElement).value = word
          ;(document.getElementById("form") as HTMLFormElement).requestSubmit()
        }, word)
      const heard = (word: string) =>
        faulty.received("/ws").filter((text) => JSON.parse(text).word === word).length

      if (name === "refused") {
        await waitFor(async () => (await state()) === "reconnecting")
        await faulty.heal("/ws")
      }
      const dials = code === "none" || !retried.includes(code) ? 1 : 2
      if (name === "refused") await waitFor(() => faulty.live("/ws").length === 1, 10_000)
      else await waitFor(() => faulty.dialsTo("/ws").length === dials, 10_000)
      const isOver = code === "none" || retried.includes(code) ? "open" : "closed"
      await waitFor(async () => (await state()) === isOver, 10_000)
      if (isOver === "open") {
        await say("last")
        await waitFor(() => heard("last") === 1)
        expect(faulty.mostLive("/ws")).toBeLessThanOrEqual(faults[name].foundBy === "heartbeat" ? 2 : 1)
      }
      expect(faulty.dialsTo("/ws").length).toBe(name === "refused" ? 1 : dials)
      expect(
        consoleOf(page).filter(
          (line) => line.startsWith("uncaught") && !/^uncaught: (The connection|Firefox)/.test(line),
        ),
      ).toEqual([])
    })
  })
