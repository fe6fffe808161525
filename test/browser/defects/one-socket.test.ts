import { describe } from "vitest"
import { defect } from "../kit/defect.ts"
import type { Stage } from "../kit/Stage.ts"
import { expect } from "../kit/test.ts"

/** Counts sockets, the effects of a broadcast, and what is left after the element is removed. */
const isOne = async (stage: Stage) => {
  await stage.until(async () => stage.server.live().length === (await stage.dialled()))
  expect(await stage.dials()).toBe(1)
  const before = (await stage.events("wsAfterMessage")).length
  stage.server.send(`<ul id="list" hx-swap-oob="beforeend"><li>news</li></ul>`)
  await stage.eventsOf("wsAfterMessage", before + 1)
  expect(await stage.page.locator("#list li").count()).toBe(1)
  await stage.swapOut("#c")
  await stage.until(() => stage.server.live().length === 0)
}

const fixtures = {
  "with a trigger of its own": `<div id="c" ws-connect="/ws" hx-trigger="load"></div>`,
  "with the extension enabled once more": `<div id="c" hx-ext="ws" ws-connect="/ws"></div>`,
  "that is a form and sends for itself": `<div hx-ext="ws"><form id="c" ws-connect="/ws" ws-send></form></div>`,
  "inside other elements that htmx processes": `<section hx-get="/nothing" hx-trigger="never"><form>
    <div id="c" ws-connect="/ws" hx-trigger="load"></div></form></section>`,
}

describe.concurrent("one element, one socket", () => {
  for (const [which, body] of Object.entries(fixtures)) {
    defect(
      `an element ${which} has one socket`,
      async (stage) => {
        await stage.open(`<ul id="list"></ul>${body}`)
        await isOne(stage)
      },
      // On 1.9 it is a race: the official script sometimes passes.
      { official: ["2"] },
    )
  }

  defect("an element whose attributes change keeps its socket when it is processed again", async (stage) => {
    await stage.open(`<ul id="list"></ul><div id="c" ws-connect="/ws" class="a"></div>`)
    await stage.live()
    await stage.page.evaluate(() => {
      const element = document.querySelector("#c") as HTMLElement
      element.className = "b"
      window.htmx.process(element)
    })
    await isOne(stage)
  })

  defect("an element that is morphed again and again keeps its socket", async (stage) => {
    await stage.open(
      `<ul id="list"></ul><div hx-ext="morph"><div id="c" ws-connect="/ws" class="k0"><p>0</p></div></div>`,
      { head: `<script src="/idiomorph.js"></script>` },
    )
    await stage.live()
    for (const round of [1, 2, 3]) {
      const frame = `<div id="c" ws-connect="/ws" class="k${round}" hx-swap-oob="morph"><p>${round}</p></div>`
      stage.server.live()[0]?.send(frame)
      await stage.page.locator("#c p", { hasText: String(round) }).waitFor()
    }
    await isOne(stage)
  })

  defect(
    "an element keeps its socket when an ancestor with hx-ext changes and is processed again",
    async (stage) => {
      await stage.open(
        `<ul id="list"></ul><div id="outer" hx-ext="ws"><div id="c" ws-connect="/ws"></div></div>`,
      )
      await stage.live()
      await stage.page.evaluate(() => {
        const element = document.querySelector("#outer") as HTMLElement
        element.className = "b"
        window.htmx.process(element)
      })
      await isOne(stage)
    },
  )

  defect("two elements that share one socket both open, send and leave independently", async (stage) => {
    await stage.open(
      ["one", "two"]
        .map(
          (id) =>
            `<div id="${id}" ws-connect="/ws"><form ws-send><input name="from" value="${id}"></form></div>`,
        )
        .join(""),
      {
        script: `
          let shared
          htmx.createWebSocket = (url) => shared ??= new WebSocket(url)
          addEventListener("load", () => document.querySelectorAll("form").forEach((form) => form.requestSubmit()))`,
      },
    )
    await stage.until(() => stage.server.received("/ws").length === 2)
    expect(stage.bodies().map(({ from }) => from)).toEqual(["one", "two"])
    expect((await stage.events("wsOpen")).map(({ on }) => on)).toEqual(["#one", "#two"])
    await stage.swapOut("#one")
    await stage.submit("#two form")
    await stage.until(() => stage.server.received("/ws").length === 3)
    await stage.swapOut("#two")
    await stage.until(() => stage.server.live().length === 0)
  })

  defect(
    "a poll inside a connection has one timer",
    async (stage) => {
      await stage.open(`<div ws-connect="/ws"><div ws-send hx-trigger="every 150ms"></div></div>`, {
        clock: true,
      })
      await stage.live()
      await stage.pass(7 * 150)
      expect(await stage.events("wsConfigSend")).toHaveLength(7)
    },
    { official: ["2"] },
  )

  defect(
    "a load trigger inside a connection sends once",
    async (stage) => {
      await stage.open(
        `<div id="c" ws-connect="/ws"><form ws-send hx-trigger="load"><input name="n" value="loaded"></form>
          <form id="last" ws-send><input name="n" value="last"></form></div>`,
      )
      await stage.until(() => stage.server.received("/ws").length > 0)
      await stage.submit("#last")
      await stage.until(() => stage.bodies().some(({ n }) => n === "last"))
      expect(stage.bodies().map(({ n }) => n)).toEqual(["loaded", "last"])
    },
    { official: ["1.9"] },
  )
})
