import { describe } from "vitest"
import type { Stage } from "./kit/Stage.ts"
import { expect, onBoth } from "./kit/test.ts"

const body = `<div id="c" ws-connect="/ws"><ul id="list"></ul><form id="f" ws-send><input name="a" value="1"></form></div>`

const isOne = async (stage: Stage) => {
  await stage.until(() => stage.server.live("/ws").length > 0)
  stage.server.send(`<ul id="list" hx-swap-oob="beforeend"><li>x</li></ul>`)
  await stage.page.locator("li").first().waitFor()
  await stage.submit()
  await stage.until(() => stage.bodies().length > 0)
  await stage.submit()
  await stage.until(() => stage.bodies().length > 1)
  expect(stage.bodies()).toHaveLength(2)
  expect(await stage.dials()).toBe(1)
  expect(await stage.page.locator("li").count()).toBe(1)
  expect(stage.console.filter((line) => !line.startsWith("warning"))).toEqual([])
}

describe.concurrent("the script on a page twice", () => {
  for (const [what, script] of [
    ["the same file", "/dist/ws.js"],
    ["the other build", "/dist/ws.min.js"],
  ] as const) {
    onBoth(`in the head, ${what}: one socket, one message`, async (stage) => {
      await stage.open(body, { head: `<script src="${script}"></script>` })
      await isOne(stage)
    })

    onBoth(`at the end of the body, ${what}: one socket, one message`, async (stage) => {
      await stage.open(`${body}<script src="${script}"></script>`)
      await isOne(stage)
    })
  }

  onBoth("after the official script replaces it", async (stage) => {
    const official = stage.htmx === "2" ? "/official-ws.js" : "/official-ws-1.9.js"
    await stage.open(body, { head: `<script src="${official}"></script><script src="/dist/ws.js"></script>` })
    await isOne(stage)
    expect(await stage.events("wsConfigConnect")).toHaveLength(1)
  })
})
