/** The network lab of the inspector: bad networks on demand. */
import { describe } from "vitest"
import { echo } from "../setup/behaviours.ts"
import { choose, first, openInspector, timeline } from "./kit/inspector.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, on, onBoth } from "./kit/test.ts"

describe.concurrent("the network lab", () => {
  for (const [button, code] of [
    ["Drop all (1006)", 1006],
    ["Restart the server (1012)", 1012],
  ] as const)
    for (const isShaped of [false, true])
      onBoth(
        `${button} closes with ${code}${isShaped ? " through the lab" : ""}, and it comes back`,
        async (stage) => {
          await openInspector(stage)
          await stage.live()
          if (isShaped) await choose(stage, "One frame a second")
          const opens = isShaped ? 2 : 1
          await stage.eventsOf("wsOpen", opens)
          await stage.page.getByRole("tab", { name: "Network lab" }).click()
          await stage.page.getByRole("button", { name: button }).click()
          const [close] = await stage.eventsOf("wsClose")
          expect(close?.detail.event).toMatchObject({ code })
          await stage.eventsOf("wsOpen", opens + 1)
          await stage.live()
        },
      )

  onBoth("hangs the handshake, over the next load, until it is switched off by the banner", async (stage) => {
    await openInspector(stage, { isOpen: false, config: { ws: { connectTimeout: "200ms" } } })
    await stage.live()
    await stage.page.keyboard.press("Control+Alt+KeyW")
    await choose(stage, "Hang the handshake")
    await stage.eventsOf("wsReconnecting")
    const visits = stage.server.visits.length
    await stage.page.getByRole("button", { name: "Close the inspector" }).click()
    await stage.page.reload()
    expect(await stage.page.locator(".banner").textContent()).toContain(
      "Network lab of this tab: hang the handshake",
    )
    await stage.eventsOf("wsReconnecting")
    expect(stage.server.visits.length).toBe(visits)
    await stage.page.getByRole("button", { name: "Switch off" }).click()
    await stage.live()
    expect(await stage.page.locator("#htmx-ws-inspector").count()).toBe(0)
  })

  onBoth("refuses with 401, to a fetch of the same URL as well", async (stage) => {
    await openInspector(stage)
    await stage.live()
    await choose(stage, "Refuse with 401")
    await stage.eventsOf("wsReconnecting")
    expect((await stage.events("wsClose")).at(-1)?.detail.event).toMatchObject({ code: 1006 })
    const status = (url: string) => stage.page.evaluate(async (url) => (await fetch(url)).status, url)
    stage.server.page("/other", "")
    expect([await status("/ws?token=abc"), await status("/other")]).toEqual([401, 200])
    await choose(stage, "Off")
    await stage.live()
    expect(await stage.page.evaluate(() => String(fetch))).toContain("native code")
  })

  onBoth("half-open lets nothing pass, and the heartbeat finds out", async (stage) => {
    stage.server.webSocket("/ws", echo())
    await openInspector(stage, { config: { ws: { heartbeat: "100ms", heartbeatTimeout: "100ms" } } })
    await stage.live()
    await choose(stage, "Half-open")
    await stage.eventsOf("wsOpen", 2)
    const close = (await stage.eventsOf("wsReconnecting")).at(-1)
    expect(close?.detail.event).toMatchObject({ code: 1006 })
  })

  onBoth("lets one frame a second pass, in order", async (stage) => {
    await openInspector(stage, { clock: true })
    await stage.live()
    await choose(stage, "One frame a second")
    await stage.eventsOf("wsOpen", 2)
    const visit = await stage.live()
    for (const n of [1, 2, 3]) visit.send(`<b id="badge">${n}</b>`)
    const badge = () => stage.page.locator("#badge").textContent()
    const seen = new Set<string | null>()
    await stage.until(async () => {
      await stage.pass(400)
      seen.add(await badge())
      return seen.has("3")
    })
    expect([...seen]).toEqual(["0", "1", "2", "3"])
    expect((await stage.events("wsAfterMessage")).map(({ detail }) => detail.message)).toEqual(
      [1, 2, 3].map((n) => `<b id="badge">${n}</b>`),
    )
  })

  onBoth("delays each message in both directions, in order", async (stage) => {
    stage.server.webSocket(
      "/ws",
      echo(() => `<b id="badge">late</b>`),
    )
    await openInspector(stage, { clock: true })
    await stage.live()
    await stage.page.getByRole("tab", { name: "Network lab" }).click()
    await stage.page.getByLabel("Latency").fill("400")
    await stage.page.getByLabel("Latency").press("Enter")
    await stage.page.getByLabel("Latency").blur()
    await stage.until(async () => {
      await stage.pass(500)
      return (await stage.events("wsOpen")).length === 2
    })
    await stage.submit("#say")
    expect(stage.bodies()).toEqual([])
    await stage.pass(500)
    await stage.until(() => stage.bodies().length === 1)
    expect(await stage.page.locator("#badge").textContent()).toBe("0")
    await stage.until(async () => {
      await stage.pass(500)
      return (await stage.page.locator("#badge").textContent()) === "late"
    })
  })

  onBoth("delays by the latency, give or take the jitter", async (stage) => {
    const count = () => {
      const { send } = WebSocket.prototype
      Object.assign(window, { writes: 0 })
      WebSocket.prototype.send = function (data) {
        Object.assign(window, { writes: Reflect.get(window, "writes") + 1 })
        send.call(this, data)
      }
    }
    const writes = (stage: Stage) => stage.page.evaluate(() => Reflect.get(window, "writes"))
    await openInspector(stage, { clock: true, first: `(${count})()` })
    await stage.live()
    await stage.page.getByRole("tab", { name: "Network lab" }).click()
    await stage.page.getByLabel("Latency").fill("400")
    await stage.page.getByLabel("± jitter").fill("300")
    await stage.page.getByLabel("± jitter").press("Enter")
    await stage.page.getByLabel("± jitter").blur()
    await stage.until(async () => {
      await stage.pass(700)
      return (await stage.events("wsOpen")).length === 2
    })
    for (const [random, due] of [
      [0, 100],
      [0.5, 400],
      [0.999, 699],
    ] as const) {
      await stage.page.evaluate((random) => (Math.random = () => random), random)
      const before = await writes(stage)
      await stage.submit("#say")
      await stage.pass(due - 1)
      expect(await writes(stage)).toBe(before)
      await stage.pass(2)
      expect(await writes(stage)).toBe(before + 1)
    }
  })

  onBoth("its 401 is one for ws-doctor, too, which brings the login page", async (stage) => {
    stage.server.page("/login", "<h1>Who are you?</h1>")
    await openInspector(stage, {
      body: `<main ws-connect="/ws" ws-login="/login"></main>`,
      head: `<script src="/dist/ws-doctor.min.js"></script>`,
    })
    await stage.live()
    await choose(stage, "Refuse with 401")
    await stage.page.getByText("Who are you?").waitFor()
    expect(new URL(stage.page.url()).pathname).toBe("/login")
  })

  onBoth("leaves the page's own createWebSocket in its place, and gives it back", async (stage) => {
    await openInspector(stage, {
      script: "window.own = htmx.createWebSocket = (url, protocols) => new WebSocket(url, protocols)",
    })
    await stage.live()
    const isOwn = () =>
      stage.page.evaluate(() => (window as unknown as { own: unknown }).own === window.htmx.createWebSocket)
    await choose(stage, "One frame a second")
    expect(await isOwn()).toBe(false)
    await stage.eventsOf("wsOpen", 2)
    await choose(stage, "Off")
    expect(await isOwn()).toBe(true)
    await stage.eventsOf("wsOpen", 3)
  })

  on("4", "works on htmx 4", async (stage) => {
    await stage.open(`<main id="room" hx-ws:connect="/ws"></main>`, {
      first,
      head: `<script src="/dist/ws-inspector.js" data-open></script>`,
    })
    await stage.live()
    await stage.page.locator(".entry.open").waitFor()
    await choose(stage, "One frame a second")
    const visit = await stage.until(() => stage.server.visits[1])
    await stage.until(async () => (await stage.page.locator(".entry.open").count()) === 2)
    visit.send("<b>1</b>")
    await stage.page.locator("#room b").waitFor()
    await stage.page.getByRole("button", { name: "Drop all (1006)" }).click()
    await stage.until(async () => (await stage.page.locator(".entry.open").count()) === 3)
    expect((await timeline(stage)).filter((line) => line.startsWith("close"))).toEqual([
      "close: closed with 1006 (the connection broke, or the handshake failed), is retried",
    ])
  })
})
