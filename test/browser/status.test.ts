import { describe } from "vitest"
import { accept, hang, inTurn } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

describe.concurrent("data-ws-state", () => {
  onBoth("shows each state, inside the element and elsewhere by a selector", async (stage) => {
    const hanging = hang()
    stage.server.webSocket("/ws", inTurn(hanging, accept()))
    await stage.open(
      `<div id="c" ws-connect="/ws"><i ws-status></i></div><b data-ws-status="#c"></b><u ws-status="#none"></u>
       <script>
         window.states = []
         new MutationObserver((records) => {
           for (const { target } of records) if (target.localName === "b") states.push(target.dataset.wsState)
         }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-ws-state"] })
       </script>`,
    )
    const shown = () =>
      stage.page.evaluate(() =>
        ["i", "b", "u"].map((name) => (document.querySelector(name) as HTMLElement).dataset.wsState),
      )
    await stage.until(() => stage.server.visits.length === 1)
    expect(await shown()).toEqual(["connecting", "connecting", "closed"])
    stage.server.visits[0]?.reset()
    await stage.live()
    await stage.page.locator("i[data-ws-state=open]").waitFor({ state: "attached" })
    expect(await shown()).toEqual(["open", "open", "closed"])
    await stage.page.evaluate(() => window.wrappers["#c"]?.close())
    expect(await shown()).toEqual(["closed", "closed", "closed"])
    expect(await stage.page.evaluate(() => (window as unknown as { states: unknown }).states)).toEqual(
      expect.arrayContaining(["connecting", "reconnecting", "open", "closed"]),
    )
    expect(await stage.page.locator("#c").evaluate((element) => element.getAttributeNames())).toEqual([
      "id",
      "ws-connect",
    ])
  })

  onBoth("does not flash on reconnect()", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"><i ws-status></i></div>`)
    await stage.page.locator("i[data-ws-state=open]").waitFor({ state: "attached" })
    await stage.page.evaluate(() => {
      const states: Array<string | undefined> = []
      Object.assign(window, { states })
      const element = document.querySelector("i") as HTMLElement
      const { setAttribute } = element
      element.setAttribute = (name, value) => {
        states.push(value)
        setAttribute.call(element, name, value)
      }
      window.wrappers["#c"]?.reconnect()
    })
    await stage.eventsOf("wsOpen", 2)
    await stage.page.locator("i[data-ws-state=open]").waitFor({ state: "attached" })
    expect(await stage.page.evaluate(() => (window as unknown as { states: unknown }).states)).toEqual([
      "connecting",
      "open",
    ])
  })

  onBoth("is shown on elements that are swapped in", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"><p id="out"></p></div>`)
    ;(await stage.live()).send(`<p id="out"><i ws-status>new</i></p>`)
    await stage.page.locator("i[data-ws-state=open]").waitFor()
  })
})
