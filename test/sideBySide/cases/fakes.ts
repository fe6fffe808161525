import { refuse } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { connected, form } from "./page2.ts"

const on = ["1.9", "2"] as const

const fake = (members: string): string => `
  window.fake = { readyState: 0, OPEN: 1, addEventListener(type, listener) { this[type + "s"] = listener },
    send(data) { show("sent " + data) }, close() { show("closed") }, ${members} }
  htmx.createWebSocket = (url) => { show(url); return fake }`

/** Cases with fake sockets, as in test set-ups of pages. */
export const fakes: ReadonlyArray<Case> = [
  {
    title: "A fake calls onopen, onmessage by its listener, and onclose",
    on,
    page: connected(`${form}<p id="out">old</p>`),
    script: fake(""),
    steps: async (stage) => {
      await stage.click("#say")
      await stage.run("fake.readyState = 1; fake.onopen(new Event('open'))")
      await stage.run(`fake.messages({ data: '<p id="out">new</p>' })`)
      await stage.run("fake.readyState = 3; fake.onclose(new CloseEvent('close', { code: 1000 }))")
    },
    deviates: [
      {
        name: "a socket that is left is closed",
        wants: "A socket that we leave is closed, also one that says that it is closed already",
        lines: `+ note "closed"`,
      },
    ],
  },
  {
    title: "A fake calls onerror with an event",
    on,
    page: connected(form),
    script: fake(""),
    steps: (stage) => stage.run("fake.onerror(new Event('error'))"),
  },
  {
    title: "A custom scheme reaches createWebSocket",
    on,
    page: `<div id="c" ws-connect="mock:room">${form}</div>`,
    script: fake(""),
  },
  {
    title: "A bare word reaches a createWebSocket of the page",
    on,
    page: `<div id="c" ws-connect="room">${form}</div>`,
    script: fake(""),
  },
  {
    title: "A ws URL reaches createWebSocket as it was written",
    on,
    page: `<div id="c" ws-connect="ws://h">${form}</div>`,
    script: fake(""),
  },
  {
    title: "The error of a refused handshake is the socket's event",
    on,
    page: connected(form),
    server: () => refuse(503),
    script: `document.addEventListener("htmx:wsError", ({ detail: { error } }) => show([error.type, error.target.readyState]))`,
  },
]
