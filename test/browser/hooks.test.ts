import { describe } from "vitest"
import { accept, inTurn, refuse } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

const one = `<div id="c" ws-connect="/ws"><p ws-status></p></div>`

describe.concurrent("before every dial", () => {
  onBoth("a listener may set another URL and other protocols, for each dial anew", async (stage) => {
    stage.server.webSocket("/ws", inTurn(refuse(401), accept(undefined, { protocol: "chat" })))
    await stage.open(one, {
      script: `let token = 0
        addEventListener("htmx:wsConfigConnect", ({ detail }) => {
          detail.url += "?token=" + ++token
          detail.protocols = ["chat", "other"]
        })`,
    })
    const visit = await stage.live()
    expect(stage.server.visits.map(({ url }) => url)).toEqual(["/ws?token=1", "/ws?token=2"])
    expect(visit.protocols).toEqual(["chat", "other"])
    expect((await stage.events("wsConfigConnect")).map(({ detail }) => detail.attempt)).toEqual([0, 1])
    expect(await stage.page.evaluate(() => window.sockets.at(-1)?.protocol)).toBe("chat")
  })

  onBoth("a listener may cancel: then nothing is dialled until reconnect()", async (stage) => {
    await stage.open(one, {
      script: `addEventListener("htmx:wsConfigConnect", (event) => event.preventDefault(), { once: true })`,
    })
    await stage.page.locator("[data-ws-state=closed]").waitFor({ state: "attached" })
    expect(await stage.dials()).toBe(0)
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.eventsOf("wsOpen")
    expect(await stage.lives()).toEqual([
      "wsConfigConnect #c",
      "wsConfigConnect #c",
      "wsConnecting #c",
      "wsOpen #c",
    ])
  })

  onBoth("a listener may delay the dial by a promise", async (stage) => {
    stage.server.route("/token", (_request, response) => response.end("secret"))
    await stage.open(one, {
      script: `addEventListener("htmx:wsConfigConnect", ({ detail }) => detail.waitUntil(
        fetch("/token").then((answer) => answer.text()).then((token) => { detail.url += "?" + token })))`,
    })
    expect((await stage.live()).url).toBe("/ws?secret")
  })

  onBoth("a promise that is rejected is a failed attempt, and a slow one is awaited", async (stage) => {
    await stage.open(one, {
      config: { ws: { waitTimeout: "200ms" } },
      script: `let calls = 0
        addEventListener("htmx:wsConfigConnect", ({ detail }) => {
          calls++
          if (calls === 1) detail.waitUntil(Promise.reject(new Error("no token")))
          if (calls === 2) detail.waitUntil(new Promise((resolve) => { window.finish = resolve }))
        })`,
    })
    await stage.until(() =>
      stage.console.some((line) => /still waits to dial: .* did not settle within 200 ms/.test(line)),
    )
    const errors = (await stage.events("wsError")).map(({ detail }) => detail.error as { message: string })
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("no token") })])
    expect(await stage.dials()).toBe(0)
    await stage.page.evaluate("finish()")
    await stage.live()
    expect(await stage.dials()).toBe(1)
  })

  onBoth("createWebSocket is read before each dial, and may be the page's own", async (stage) => {
    await stage.open(one)
    await stage.live()
    await stage.page.evaluate(() => {
      window.htmx.createWebSocket = (url) => new WebSocket(`${url}/second`)
      window.wrappers["#c"]?.reconnect()
    })
    await stage.live("/ws/second")
    await stage.until(() => stage.server.live().length === 1)
  })

  onBoth("settings are read, and an invalid one is reported and ignored", async (stage) => {
    await stage.open(
      `<div ws-config="protocols:chat"><div id="c" ws-connect="/ws" ws-config='{"connectTimeout": "soon"}'></div></div>`,
    )
    expect((await stage.live()).protocols).toEqual(["chat"])
    expect(stage.console).toHaveLength(1)
    for (const word of ["connectTimeout", "soon", "5s"]) expect(stage.console[0]).toContain(word)
  })

  onBoth("selfOnly refuses another host", async (stage) => {
    await stage.open(
      `<div id="there" ws-connect="ws://127.0.0.2:9/ws"></div><div id="here" ws-connect="/ws"></div>`,
      { config: { ws: { selfOnly: true } }, delay: 60_000 },
    )
    await stage.live()
    const [error] = await stage.eventsOf("wsError")
    expect(error).toMatchObject({ on: "#there" })
    expect(await stage.dials()).toBe(1)
  })

  onBoth("a URL is resolved against the base element", async (stage) => {
    await stage.open(`<div ws-connect="room?x=1"></div>`, { head: `<base href="/deep/path/">` })
    expect((await stage.live("/deep/path/room")).url).toBe("/deep/path/room?x=1")
  })
})
