import { describe } from "vitest"
import { accept, inTurn, refuse } from "../setup/behaviours.ts"
import { expect, onBoth } from "./kit/test.ts"

/** The events, two per page: Chromium slows down a page that dials many sockets at once, or without success. */
const pages = [
  ["wsConfigConnect", "wsConnecting"],
  ["wsError"],
  ["wsClose", "wsReconnecting"],
  ["wsOpen", "wsBeforeMessage"],
  ["wsAfterMessage", "wsConfigSend"],
  ["wsBeforeSend", "wsAfterSend"],
]

/** What a listener does, once, and the resulting number of sockets. */
const acts = { remove: 0, send: 1, close: 0, reconnect: 1, throw: 1, nothing: 1 }

const scriptFor = (events: ReadonlyArray<string>) => `
  const acted = new Set()
  const act = ({ detail, target, type }) => {
    const connectElement = target.closest("[ws-connect]")
    const [event, act] = connectElement?.id.split("-") ?? []
    if (type !== "htmx:" + event || acted.has(connectElement.id)) return
    acted.add(connectElement.id)
    const { socketWrapper } = detail
    if (act === "remove") connectElement.remove()
    if (act === "send") socketWrapper.send("by the listener")
    if (act === "close") socketWrapper.close()
    if (act === "reconnect") socketWrapper.reconnect()
    if (act === "throw") throw new Error("by the listener")
  }
  for (const event of ${JSON.stringify(events)}) addEventListener("htmx:" + event, act)`

/** Uncaught errors that a listener has not thrown: those would be ours. */
const unexpected = (line: string) => line.startsWith("uncaught") && !line.includes("by the listener")

describe.concurrent("a listener may do anything", () => {
  for (const events of pages)
    onBoth(
      `in ${events.join(" and ")}: remove the element, send, close, reconnect or throw`,
      async (stage) => {
        /** An element for each act in each event. */
        const cases = events.flatMap((event) =>
          Object.entries(acts).map(([act, count]) => ({ act, count, id: `${event}-${act}` })),
        )
        const plain = cases.filter(({ act }) => act === "nothing")
        if (events.includes("wsError")) {
          for (const { id } of cases) stage.server.webSocket(`/${id}`, inTurn(refuse(503), accept()))
        }
        const bodies = cases.map(
          ({ id }) =>
            `<div id="${id}" ws-connect="/${id}"><form ws-send><input name="of" value="${id}"></form></div>`,
        )
        await stage.open(bodies.join(""), { script: scriptFor(events), delay: 30 })

        /** Waits until all are open, except those that a listener has closed. */
        const settled = () =>
          stage.until(async () => {
            const states = await stage.page.evaluate(
              (ids) => ids.map((id) => document.getElementById(id) && window.wrappers[`#${id}`]?.state),
              cases.map(({ id }) => id),
            )
            return cases.every(({ id }, index) => {
              const state = states[index] ?? "closed"
              return state === "closed" || (state === "open" && stage.server.live(`/${id}`).length === 1)
            })
          })
        await settled()
        const first = stage.server.live()
        for (const visit of first) visit.close(1012)
        await stage.until(() => first.every(({ closed }) => closed))
        await settled()
        stage.server.send(`<p id="nowhere">x</p>`)
        for (const round of [1, 2]) {
          await stage.page.evaluate(() => {
            for (const form of document.querySelectorAll("form")) form.requestSubmit()
          })
          await stage.until(() => plain.every(({ id }) => stage.server.received(`/${id}`).length === round))
        }

        const wrong = () => cases.filter(({ count, id }) => stage.server.live(`/${id}`).length !== count)
        await stage.until(() => wrong().length === 0).catch(() => expect(wrong()).toEqual([]))
        expect(await stage.dialled()).toBe(stage.server.live().length)
        expect(stage.console.filter(unexpected)).toEqual([])
        expect(stage.console.filter((line) => line.startsWith("uncaught")).length).toBe(events.length)

        const dispatched = await stage.events()
        for (const event of events) {
          const removed = dispatched.filter(({ on }) => on === `#${event}-remove`)
          const afterwards = removed.slice(removed.findIndex(({ attached }) => !attached))
          expect([event, ...afterwards.map(({ name }) => name)]).toEqual([event, "wsClose"])
          expect([event, ...stage.server.received(`/${event}-send`)]).toContain("by the listener")
        }
      },
    )
})
