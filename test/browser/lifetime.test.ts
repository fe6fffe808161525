import { isDeepStrictEqual } from "node:util"
import { describe } from "vitest"
import { accept, hang, inTurn } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

/** Counts the pending timers, and the listeners of the window and the document. */
const census = `
  const timers = new Set(), listeners = new Set(), observers = new Set()
  const { setTimeout: set, clearTimeout: clear } = window
  window.setTimeout = (act, delay, ...rest) => {
    const id = set(() => { timers.delete(id); act(...rest) }, delay)
    timers.add(id)
    return id
  }
  window.clearTimeout = (id) => { timers.delete(id); clear(id) }
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype
  const about = (target) => target === window || target === document || target === document.body
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (about(this ?? window)) {
      const one = { type, listener }
      listeners.add(one)
      options?.signal && add.call(options.signal, "abort", () => listeners.delete(one))
    }
    return add.call(this ?? window, type, listener, options)
  }
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    for (const one of listeners) if (one.type === type && one.listener === listener) listeners.delete(one)
    return remove.call(this ?? window, type, listener, options)
  }
  const { observe, disconnect } = MutationObserver.prototype
  MutationObserver.prototype.observe = function (...args) { observers.add(this); return observe.apply(this, args) }
  MutationObserver.prototype.disconnect = function () { observers.delete(this); return disconnect.call(this) }
  window.census = () => ({ timers: timers.size, listeners: listeners.size, observers: observers.size })`

interface Counting extends Window {
  readonly census: () => Readonly<Record<"timers" | "listeners" | "observers", number>>
}

describe.concurrent("an element and its connection", () => {
  onBoth("a hundred mounts and unmounts leave no socket, no timer and no listener", async (stage) => {
    stage.server.webSocket("/hang", hang())
    stage.server.page("/empty", "")
    await stage.open(`<main></main>`, { first: census })
    const [before, during] = await stage.page.evaluate(async () => {
      const census = (window as unknown as Counting).census
      const eventOf = (element: Element, name: string) =>
        new Promise((resolve) => element.addEventListener(`htmx:${name}`, resolve, { once: true }))
      const main = document.querySelector("main") as Element
      const mount = () => {
        main.insertAdjacentHTML(
          "beforeend",
          `<div ws-connect="/ws"><form ws-send><input name="a" value="1"></form></div>`,
        )
        const element = main.lastElementChild as Element
        window.htmx.process(element)
        return element
      }
      const unmount = async (element: Element, round: number) => {
        const closed = eventOf(element, "wsClose")
        if (round % 2) element.remove()
        else await window.htmx.ajax("GET", "/empty", { target: element, swap: "outerHTML" })
        await closed
      }
      const before = census()
      let during: object | undefined
      for (let round = 0; round < 100; round++) {
        const element = mount()
        if (round % 4 < 2) await eventOf(element, "wsOpen")
        element.querySelector("form")?.requestSubmit()
        during ??= census()
        await unmount(element, round)
      }
      window.events.length = 0
      return [before, during]
    })
    expect(during).not.toEqual(before)
    // htmx itself settles a swap a little later. One observer is kept, for elements that come back.
    await stage.until(async () => {
      const after = await stage.page.evaluate(() => (window as unknown as Counting).census())
      return isDeepStrictEqual(after, { ...before, observers: before.observers + 1 })
    })
    await stage.until(() => stage.server.visits.every(({ isGone }) => isGone))
    expect(await stage.dials()).toBe(100)
    expect(await stage.dialled()).toBe(0)
  })

  for (const [state, delay, behaviour] of [
    ["connecting", 100, hang()],
    ["waiting to retry", 60_000, accept((visit) => visit.reset())],
    ["open", 100, accept()],
  ] as const) {
    onBoth(
      `an element removed while ${state} fires one last wsClose, with the messages that were queued`,
      async (stage) => {
        stage.server.webSocket("/ws", behaviour)
        await stage.open(
          `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div><p ws-connect="/other"></p>`,
          { delay },
        )
        if (state === "open") await stage.eventsOf("wsOpen", 2)
        else {
          await stage.eventsOf(state === "connecting" ? "wsConnecting" : "wsReconnecting")
          await stage.submit()
          await stage.until(() => stage.server.visitsTo("/ws").length === 1)
        }
        await stage.page.evaluate(() => {
          window.events.length = 0
          document.querySelector("#c")?.remove()
        })
        await stage.eventsOf("wsClose")
        await stage.until(() => stage.server.visitsTo("/ws").every(({ isGone }) => isGone))
        await stage.when(() => window.sockets[0]?.readyState === WebSocket.CLOSED)
        const events = (await stage.events()).filter(({ on }) => on !== "p")
        if (state !== "open") {
          expect(events.shift()).toMatchObject({
            name: "wsDropped",
            on: "body",
            detail: { reason: "closed", message: expect.stringContaining(`"a":"1"`) },
          })
        }
        expect(events).toMatchObject([
          {
            name: "wsClose",
            on: "#c",
            attached: false,
            detail: { event: { event: "close", reason: "removed" } },
          },
        ])
        expect(stage.server.visitsTo("/ws")).toHaveLength(1)
      },
    )
  }

  onBoth("an element that is moved keeps its socket", async (stage) => {
    await stage.open(`<main><div id="c" ws-connect="/ws"><p id="out"></p></div></main><aside></aside>`)
    const visit = await stage.live()
    await stage.page.evaluate(() =>
      document.querySelector("aside")?.append(document.querySelector("#c") as Element),
    )
    visit.send(`<p id="out">still here</p>`)
    await stage.page.getByText("still here").waitFor()
    expect(await stage.dials()).toBe(1)
    expect(await stage.events("wsClose")).toEqual([])
  })

  onBoth("an element that is processed with another URL has one socket, to that URL", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/one"></div>`)
    await stage.live("/one")
    await stage.page.evaluate(() => {
      const element = document.querySelector("#c") as Element
      element.setAttribute("ws-connect", "/two")
      window.htmx.process(element)
    })
    await stage.live("/two")
    await stage.until(() => stage.server.live().length === 1)
    expect(await stage.dials()).toBe(2)
  })

  onBoth("an element that is removed by its own frame disconnects", async (stage) => {
    stage.server.webSocket(
      "/ws",
      inTurn(
        accept((visit) => visit.send(`<p id="c">replaced</p>`)),
        accept(),
      ),
    )
    await stage.open(`<div id="c" ws-connect="/ws"></div>`)
    await stage.page.getByText("replaced").waitFor()
    await stage.until(() => stage.server.visits.length === 1 && stage.server.live().length === 0)
    expect(stage.console).toEqual([])
  })

  onBoth("an element that is put back and processed connects again", async (stage) => {
    await stage.open(`<main><div id="c" ws-connect="/ws"></div></main>`)
    await stage.live()
    await stage.page.evaluate(() => {
      const element = document.querySelector("#c") as Element
      element.remove()
      setTimeout(() => {
        document.querySelector("main")?.append(element)
        window.htmx.process(element)
      })
    })
    await stage.until(() => stage.server.visits.length === 2)
    await stage.live()
  })
})
