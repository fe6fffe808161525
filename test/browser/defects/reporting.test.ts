import { describe } from "vitest"
import { accept, inTurn, refuse } from "../../setup/behaviours.ts"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

describe.concurrent("events and console messages", () => {
  defect("the console shows a sentence, and every event has the same socketWrapper", async (stage) => {
    stage.server.webSocket("/ws", inTurn(refuse(401), accept()))
    await stage.open(
      `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div>`,
    )
    const visit = await stage.live()
    visit.send("<p>hi</p>")
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    visit.reset()
    await stage.eventsOf("wsClose", 2)
    const events = await stage.events()
    expect(stage.console.filter((line) => /\/ws could not be opened/.test(line))).toHaveLength(1)
    expect(stage.console.filter((line) => /\[object (Event|Object)\]/.test(line))).toEqual([])
    const wrapped = events.filter(({ name }) => name.startsWith("ws") && name !== "wsConnecting")
    expect(new Set(wrapped.map(({ wrapper }) => wrapper))).toEqual(new Set([0]))
    const has = await stage.page.evaluate(() => {
      const wrapper = window.wrappers["#c"] as object
      return ["send", "sendImmediately", "reconnect", "queue"].filter((name) => !(name in wrapper))
    })
    expect(has).toEqual([])
  })

  defect("a URL that begins with // names another host", async (stage) => {
    const { host } = new URL(stage.server.origin)
    await stage.open(`<div id="c" ws-connect="//${host}/chat"></div>`)
    await stage.live("/chat")
  })
})
