import { describe } from "vitest"
import type { HtmxVersion } from "../setup/pages.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, onEach } from "./kit/test.ts"

const head = `<script src="/dist/ws-signals.min.js"></script>`
const allow = (names: string) => ({
  head: `${head}<script>htmx.config.ws = { signals: { allow: "${names}" } }</script>`,
  delay: undefined,
})

/** A selector behind `from:`, as each htmx wants it. */
const from = (htmx: HtmxVersion, selector: string) =>
  htmx === "4" ? `from:'${selector}'` : `from:${selector}`

const opened = (htmx: HtmxVersion) => (htmx === "4" ? "htmx:ws:after:connection" : "htmx:wsOpen")

const send = async (stage: Stage, frame: object) => (await stage.live()).send(JSON.stringify(frame))

/** Counts the requests for a path, and answers each with its number. */
const counting = (stage: Stage, path: string) => {
  let count = 0
  stage.server.route(path, (_, response) => {
    count++
    response.end(`${path.slice(1)} ${count}`)
  })
}

describe.concurrent("ws-signals moves the page", () => {
  const body = `<div id="c" ws-connect="/ws"></div><main id="main">first</main>`

  onEach("to another one: HX-Redirect", async (stage) => {
    stage.server.page("/next", "<h1>the next page</h1>")
    await stage.open(body, allow("redirect"))
    await send(stage, { "HX-Redirect": "/next" })
    await stage.page.getByText("the next page").waitFor()
    expect(new URL(stage.page.url()).pathname).toBe("/next")
  })

  onEach("not if that is not allowed, or leads to a script", async (stage) => {
    await stage.open(body, allow("trigger redirect"))
    await send(stage, { "HX-Refresh": "true" })
    await send(stage, { "HX-Redirect": "javascript:document.body.remove()" })
    await stage.page.evaluate(() => addEventListener("last", () => document.body.append("last came")))
    await send(stage, { "HX-Trigger": "last" })
    await stage.page.getByText("last came").waitFor()
    expect(stage.console.filter((line) => line.includes("[ws-signals]"))).toHaveLength(2)
  })

  onEach("by htmx, with an entry in the history: HX-Location, and back", async (stage) => {
    stage.server.page("/part", "<p>the part</p>")
    await stage.open(body, allow("location"))
    await send(stage, { "HX-Location": { path: "/part", target: "#main" } })
    await stage.page.locator("#main").getByText("the part").waitFor()
    await stage.when(() => location.pathname === "/part")
    await stage.page.evaluate(() => history.back())
    await stage.page.locator("#main").getByText("first").waitFor()
    expect(new URL(stage.page.url()).pathname).toBe("/")
    expect(await stage.page.locator("i").count()).toBe(0)
  })

  onEach("anew: HX-Refresh", async (stage) => {
    await stage.open(body, allow("refresh"))
    await stage.page.evaluate(() => document.body.append("before"))
    await send(stage, { "HX-Refresh": true })
    await stage.until(() => stage.server.visitsTo("/ws").length === 2)
    expect(await stage.page.getByText("before").count()).toBe(0)
  })

  onEach("only in the address bar: HX-Push-Url and HX-Replace-Url", async (stage) => {
    await stage.open(body, allow("push-url replace-url"))
    const { length } = await stage.page.evaluate(() => ({ length: history.length }))
    await send(stage, { "HX-Push-Url": "/pushed?x=1" })
    await stage.when(() => location.pathname === "/pushed")
    await send(stage, { "HX-Replace-Url": "/replaced" })
    await stage.when(() => location.pathname === "/replaced")
    expect(await stage.page.evaluate(() => history.length)).toBe(length + 1)
    expect(await stage.page.locator("#main").textContent()).toBe("first")
  })
})

describe.concurrent("without a line of code", () => {
  onEach("a signal has an element fetch what is its own", async (stage) => {
    counting(stage, "/unread")
    await stage.open(
      `<main ws-connect="/ws"><b hx-get="/unread" hx-trigger="unread ${from(stage.htmx, "closest [ws-connect]")}"></b></main>`,
      allow("trigger"),
    )
    await send(stage, { "HX-Trigger": "unread" })
    await stage.page.getByText("unread 1").waitFor()
    await send(stage, { "HX-Trigger": { unread: { n: 3 } } })
    await stage.page.getByText("unread 2").waitFor()
  })

  onEach("an element fetches on every open, the first included", async (stage) => {
    counting(stage, "/feed")
    await stage.open(
      `<main ws-connect="/ws"><ul hx-get="/feed" hx-trigger="${opened(stage.htmx)} ${from(stage.htmx, "closest [ws-connect]")}"></ul></main>`,
      { head: `<script>htmx.config.ws = { reconnectDelay: 20, reconnectMaxDelay: 20 }</script>` },
    )
    await stage.page.getByText("feed 1").waitFor()
    ;(await stage.live()).close(1012)
    await stage.page.getByText("feed 2").waitFor()
  })

  onEach("a form tells a fresh server process what is selected, on every open", async (stage) => {
    await stage.open(
      `<main ws-connect="/ws"><form ws-send hx-trigger="submit, ${opened(stage.htmx)} ${from(stage.htmx, "closest [ws-connect]")}">
        <select name="room"><option>lobby<option selected>kitchen</select></form></main>`,
      { head: `<script>htmx.config.ws = { reconnectDelay: 20, reconnectMaxDelay: 20 }</script>` },
    )
    await stage.until(() => stage.server.received("/ws").length === 1)
    ;(await stage.live()).close(1012)
    await stage.until(() => stage.server.received("/ws").length === 2)
    for (const text of stage.server.received("/ws")) expect(JSON.parse(text).room).toBe("kitchen")
  })

  onEach("a socket outlives boosted navigation", async (stage) => {
    const page = (title: string, next: string) =>
      `<div ${stage.htmx === "4" ? "hx-boost:inherited" : "hx-boost"}="true"><div id="socket" ws-connect="/ws" hx-preserve="true"></div>
        <h1>${title}</h1><a href="${next}">on to ${next}</a></div>`
    stage.serve(page("two", "/three"), { path: "/two" })
    stage.serve(page("three", "/"), { path: "/three" })
    await stage.open(page("one", "/two"))
    const visit = await stage.live()
    for (const [link, title] of [
      ["on to /two", "two"],
      ["on to /three", "three"],
    ] as const) {
      await stage.page.getByText(link).click()
      await stage.page.getByRole("heading", { name: title }).waitFor()
    }
    await stage.page.evaluate(() =>
      document.body.insertAdjacentHTML("beforeend", `<p id="out" data-new></p>`),
    )
    visit.send(`<p id="out">still here</p>`)
    await stage.page.getByText("still here").waitFor()
    expect(stage.server.visitsTo("/ws").length).toBe(1)
  })
})
