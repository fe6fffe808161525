import { describe } from "vitest"
import { html } from "../setup/pages.ts"
import { expect, onBoth } from "./kit/test.ts"

const body = `<div id="c" ws-connect="/ws"><p id="out">nothing</p>
  <form id="f" ws-send hx-vals='{"v": 1}'><input name="a" value="1"></form></div>`
const settings = { delay: undefined, config: { allowEval: false, includeIndicatorStyles: false } }

describe.concurrent("a Content-Security-Policy", () => {
  onBoth("without unsafe-eval and unsafe-inline, with connect-src 'self': all works", async (stage) => {
    await stage.open(body, {
      ...settings,
      headers: {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:",
      },
    })
    ;(await stage.live()).send(`<p id="out">news</p>`)
    await stage.page.getByText("news").waitFor()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ a: "1", v: 1 }])
    stage.server.live()[0]?.reset()
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
    expect(stage.console.filter((line) => /Content.Security|eval/i.test(line))).toEqual([])
  })

  onBoth("with a nonce: the script runs, and scripts in frames do not", async (stage) => {
    const page = html({ htmx: stage.htmx, ws: stage.ws, body }).replaceAll("<script", `<script nonce="n0nce"`)
    stage.server.page("/", page, {
      "Content-Security-Policy":
        "script-src 'nonce-n0nce'; style-src 'unsafe-inline'; default-src 'self' data:",
    })
    await stage.page.goto(stage.server.url("/"), { timeout: 15_000 })
    const visit = await stage.live()
    visit.send(
      `<p id="out">news<script>window.hacked = 1</script><img src="x:" onerror="window.hacked = 2"></p>`,
    )
    await stage.page.getByText("news").waitFor()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(await stage.page.evaluate(() => "hacked" in window)).toBe(false)
  })

  onBoth("that requires trusted HTML: each frame is an error, and the socket stays open", async (stage) => {
    await stage.open(body, {
      ...settings,
      headers: { "Content-Security-Policy": "require-trusted-types-for 'script'" },
    })
    const visit = await stage.live()
    visit.send(`<p id="out">news</p>`)
    const [error] = await stage.eventsOf("wsError")
    expect(error).toMatchObject({
      on: "#c",
      detail: { error: { message: expect.stringMatching(/Trusted|blocked by CSP/) } },
    })
    await stage.eventsOf("wsAfterMessage")
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  onBoth("that requires trusted HTML, with a default policy: each frame goes through it", async (stage) => {
    const policy = `trustedTypes.createPolicy("default", { createHTML: (html) => html.replace("evil", "good") })`
    stage.server.script("/policy.js", policy)
    await stage.open(body, {
      ...settings,
      head: `<script src="/policy.js"></script>`,
      headers: { "Content-Security-Policy": "require-trusted-types-for 'script'" },
    })
    const visit = await stage.live()
    visit.send(`<p id="out">evil news</p>`)
    await stage.page.getByText("good news").waitFor()
    expect(await stage.events("wsError")).toEqual([])
  })

  onBoth("that forbids the socket: an error explains it", async (stage) => {
    await stage.open(body, {
      ...settings,
      headers: { "Content-Security-Policy": "script-src 'self'; connect-src 'none'" },
    })
    const error = await stage.until(async () => (await stage.events("wsError"))[0])
    expect(error).toMatchObject({
      on: "#c",
      detail: { error: { message: expect.stringMatching(/Content-Security-Policy|content was blocked/) } },
    })
    expect(stage.server.visits).toEqual([])
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })

  onBoth("allowEval=false: everything without eval works", async (stage) => {
    await stage.open(body, settings)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ a: "1", v: 1 }])
    expect(stage.console).toEqual([])
  })
})

describe.concurrent("an element named like a property of the document", () => {
  onBoth("does not stop retries", async (stage) => {
    await stage.open(body, settings)
    const visit = await stage.live()
    visit.send(`<p id="out">news<img name="baseURI"></p>`)
    await stage.page.getByText("news").waitFor()
    visit.reset()
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
  })

  onBoth("does not pause a page that is visible", async (stage) => {
    await stage.open(`${body}<form name="hidden"></form>`, { config: { ws: { pauseOnBackground: true } } })
    await stage.live()
    await stage.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))
    await stage.submit("#f")
    await stage.until(() => stage.bodies().length === 1)
    expect([stage.server.visits.length, (await stage.events("wsClose")).length]).toEqual([1, 0])
  })
})

describe.concurrent("settings that keep a page to its host", () => {
  onBoth("selfOnly in a frame with srcdoc allows the host of its page, and no other", async (stage) => {
    const inner = (url: string) =>
      html({
        htmx: stage.htmx,
        ws: stage.ws,
        config: { ws: { selfOnly: true } },
        body: `<div ws-connect="${url}"></div>`,
      })
    const frame = (url: string) =>
      `<iframe srcdoc="${inner(url).replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"></iframe>`
    await stage.open(`${body}${frame("/inside")}${frame("ws://localhost:1/outside")}`, settings)
    await stage.until(() => stage.server.live("/inside").length === 1)
    await stage.until(() => stage.console.some((line) => line.includes("selfOnly allows only 127.0.0.1:")))
  })
})
