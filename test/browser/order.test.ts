import { describe } from "vitest"
import { expect, onBoth } from "./kit/test.ts"

describe.concurrent("order", () => {
  onBoth("the socket is created in the task in which htmx processes the element", async (stage) => {
    await stage.open("<main></main>")
    const made = await stage.page.evaluate(() => {
      const main = document.querySelector("main") as Element
      main.innerHTML = `<div id="c" ws-connect="/ws"></div>`
      window.htmx.process(main)
      return [window.sockets.length, window.events.map(({ name }) => name)]
    })
    expect(made).toEqual([1, ["wsConfigConnect", "wsConnecting"]])
  })

  onBoth("a message to an open socket is written in the same task, between its events", async (stage) => {
    await stage.open(
      `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div>`,
    )
    await stage.live()
    await stage.eventsOf("wsOpen")
    const [written, events] = await stage.page.evaluate(() => {
      const [socket] = window.sockets as [WebSocket]
      const written: Array<number> = []
      const { send } = WebSocket.prototype
      socket.send = (data) => {
        written.push(window.events.length)
        send.call(socket, data)
      }
      window.events.length = 0
      document.querySelector("form")?.requestSubmit()
      return [written, window.events.map(({ name }) => name)]
    })
    expect(events).toEqual(["wsConfigSend", "wsBeforeSend", "wsAfterSend"])
    expect(written).toEqual([2])
  })

  onBoth("a frame is applied in the task in which it arrives, between its events", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"><p id="out">nothing</p></div>`, {
      script: `
        window.seen = []
        const look = ({ type }) => seen.push([type, document.querySelector("#out").textContent])
        addEventListener("htmx:wsBeforeMessage", look)
        addEventListener("htmx:wsAfterMessage", look)
        addEventListener("htmx:wsConnecting", () => queueMicrotask(() =>
          sockets[0].addEventListener("message", () => look({ type: "later listener" }))))`,
    })
    ;(await stage.live()).send(`<p id="out">news</p>`)
    await stage.page.getByText("news").waitFor()
    await stage.eventsOf("wsAfterMessage")
    expect(await stage.page.evaluate(() => (window as unknown as { seen: unknown }).seen)).toEqual([
      ["htmx:wsBeforeMessage", "nothing"],
      ["htmx:wsAfterMessage", "news"],
      ["later listener", "news"],
    ])
  })

  onBoth("a listener of wsBeforeMessage may replace or cancel a frame", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"><p id="a"></p><p id="b"></p></div>`, {
      script: `addEventListener("htmx:wsBeforeMessage", (event) => {
        if (event.detail.message.includes("secret")) event.preventDefault()
        else event.detail.message = event.detail.message.replace("plain", "replaced")
      })`,
    })
    const visit = await stage.live()
    visit.send(`<p id="a">secret</p>`)
    visit.send(`<p id="b">plain</p>`)
    await stage.page.getByText("replaced").waitFor()
    expect(await stage.page.locator("#a").textContent()).toBe("")
    expect(await stage.eventsOf("wsAfterMessage")).toHaveLength(1)
  })

  onBoth("the queue is an array that the page may change", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`, { delay: 60_000 })
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    visit.reset()
    await stage.eventsOf("wsClose")
    const queue = await stage.page.evaluate(() => {
      const wrapper = window.wrappers["#c"]
      if (wrapper === undefined) return undefined
      for (const message of ["one", "two", "three", "four"]) wrapper.send(message)
      const { queue } = wrapper
      const before = [
        Array.isArray(queue),
        queue.length,
        queue[0]?.message,
        [...queue].map(({ message }) => message),
      ]
      queue.shift()
      queue.splice(1, 1)
      queue.push({ message: "five" })
      return [...before, wrapper.queue.map(({ message }) => message), wrapper.queue === queue]
    })
    expect(queue).toEqual([true, 4, "one", ["one", "two", "three", "four"], ["two", "four", "five"], true])
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.until(() => stage.server.received("/ws").length === 3)
    expect(stage.server.received("/ws")).toEqual(["two", "four", "five"])
    expect(await stage.events("wsDropped")).toEqual([])
  })

  onBoth("a message that is cancelled when it is due is not sent, and the next one is", async (stage) => {
    await stage.open(
      `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form>
        <form id="g" ws-send><input name="b" value="2"></form></div>`,
      {
        script: `addEventListener("htmx:wsBeforeSend", (event) => { if (event.target.id === "f") event.preventDefault() })
          addEventListener("load", () => document.querySelectorAll("form").forEach((form) => form.requestSubmit()))`,
      },
    )
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ b: "2" }])
    expect(await stage.eventsOf("wsAfterSend")).toMatchObject([{ on: "#g" }])
    expect(await stage.events("wsDropped")).toEqual([])
  })

  onBoth("an old message is dropped after queueTtl, and reported", async (stage) => {
    await stage.open(
      `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div>`,
      {
        clock: true,
        config: { ws: { queueTtl: "150ms", connectTimeout: "60s" } },
        delay: 60_000,
      },
    )
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    visit.reset()
    await stage.eventsOf("wsClose")
    await stage.submit()
    await stage.pass(149)
    expect(await stage.events("wsDropped")).toEqual([])
    await stage.pass(1)
    expect(await stage.eventsOf("wsDropped")).toMatchObject([{ on: "#f", detail: { reason: "expired" } }])
    expect(await stage.page.evaluate(() => window.wrappers["#c"]?.queue.length)).toBe(0)
  })
})
