import { describe, expect, test } from "vitest"
import { onBoth } from "../kit/onBoth.ts"
import type { Page } from "../kit/openPage.ts"

const chat = (inner: string): string =>
  `<div id="c" ws-connect="/ws"><section><p id="p">${inner}</p></section></div>`

/** The event that a user's submit or click would be; answers whether its default was prevented. */
const fire = (page: Page, selector: string): boolean => {
  const target = page.$(selector)
  const { MouseEvent, SubmitEvent } = page.window
  const event = target.matches("form")
    ? new SubmitEvent("submit", { bubbles: true, cancelable: true })
    : new MouseEvent("click", { bubbles: true, cancelable: true })
  return !target.dispatchEvent(event)
}

const form = (trigger: string): string =>
  `<form id="f" ws-send hx-trigger="${trigger}"><input name="a" value="1"></form>`

const senders: ReadonlyArray<readonly [title: string, inner: string, on: string]> = [
  ...["body", "document", "window", "closest section"].map(
    (from) => [`a submit from:${from}`, form(`submit from:${from}`), "#f"] as const,
  ),
  ["a submit", `<form id="f" ws-send></form>`, "#f"],
  [
    "the submit of another form, for an element that is no form",
    `<form id="f"></form><b ws-send hx-trigger="submit from:body"></b>`,
    "#f",
  ],
  ["a submit that matches target:", form("submit from:body target:#f"), "#f"],
  [
    "a click from:body on a submit button",
    `<form><button id="b" ws-send hx-trigger="click from:body">x</button></form>`,
    "#b",
  ],
  [
    "a click on a submit button outside of its form",
    `<form id="f"></form><button id="b" form="f" ws-send>x</button>`,
    "#b",
  ],
  [
    "a click on an image that submits",
    `<form><input id="b" type="image" alt="x" ws-send hx-trigger="click"></form>`,
    "#b",
  ],
  [
    "a click from:closest p on a link",
    `<a id="a" href="/x" ws-send hx-trigger="click from:closest p">x</a>`,
    "#a",
  ],
  ["a click on a link", `<a id="a" href="/x" ws-send>x</a>`, "#a"],
  ["a click on a link to the top", `<a id="a" href="#" ws-send hx-trigger="click from:body">x</a>`, "#a"],
]

onBoth((open) => {
  describe("an event that sends does nothing else:", () => {
    test.each(senders)("%s", async (_, inner, on) => {
      using page = await open({ body: chat(inner) })
      page.socket.open()
      expect([fire(page, on), page.json.length]).toEqual([true, 1])
    })

    test.each(["delay:1s", "throttle:1s"])("also with %s", async (modifier) => {
      using page = await open({ body: chat(form(`submit ${modifier} from:body`)) })
      page.socket.open()
      expect([fire(page, "#f"), fire(page, "#f")]).toEqual([true, true])
      page.advance(1000)
      expect(page.json).toHaveLength(1)
    })

    test("also if a listener cancels it", async () => {
      using page = await open({ body: chat(form("submit from:body")) })
      page.socket.open()
      page.on("wsConfigSend", (event) => event.preventDefault())
      expect([fire(page, "#f"), page.json]).toEqual([true, []])
    })

    test("also if it is in error", async () => {
      using page = await open({ body: form("submit from:body") })
      expect([fire(page, "#f"), page.events]).toEqual([true, ["wsUnsent #f", "wsError #f"]])
    })
  })

  describe("an event that does not send keeps its default:", () => {
    test.each([
      [
        "a click in the page that is on no link",
        `<i id="x">x</i><b ws-send hx-trigger="click from:body"></b>`,
        1,
      ],
      [
        "a click to a part of the page",
        `<a id="x" href="#part" ws-send hx-trigger="click from:body">x</a>`,
        1,
      ],
      [
        "a click to a link beside an element that listens for all clicks",
        `<a id="x" href="/x">x</a><b ws-send hx-trigger="click from:body"></b>`,
        1,
      ],
      [
        "a submit that a filter leaves out",
        `<form id="x"></form><b ws-send hx-trigger="submit[false] from:body"></b>`,
        0,
      ],
      [
        "a submit of a form that target: leaves out",
        `<form id="x"></form><b ws-send hx-trigger="submit from:body target:#f"></b>`,
        0,
      ],
    ])("%s", async (_, inner, sent) => {
      using page = await open({ body: chat(inner) })
      page.socket.open()
      // jsdom follows no link.
      page.window.addEventListener("click", (event) => {
        page.console.push(`default ${event.defaultPrevented ? "prevented" : "kept"}`)
        event.preventDefault()
      })
      const prevented = fire(page, "#x")
      const kept = page.$("#x").matches("form") ? !prevented : page.console.includes("default kept")
      expect([kept, page.json.length]).toEqual([true, sent])
    })

    test("a submit inside hx-disable", async () => {
      using page = await open({
        body: chat(`<b id="b" ws-send hx-trigger="submit from:body"></b><form id="f"></form>`),
      })
      page.socket.open()
      page.$("#b").setAttribute("hx-disable", "")
      expect([fire(page, "#f"), page.json]).toEqual([false, []])
    })
  })

  test("a filter that throws is reported as htmx does it, and nothing is sent", async () => {
    using page = await open({ body: chat(form("submit[nowhere.x] from:body")) })
    page.socket.open()
    fire(page, "#f")
    const sources = new Set(page.all("eventFilter:error").map(({ detail }) => String(detail.source)))
    expect([[...sources], page.json]).toEqual([[expect.stringContaining("nowhere")], []])
  })
})
