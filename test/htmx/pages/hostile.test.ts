/** What nobody gives in good faith, on every htmx. `npm run fuzz` searches for more of it. */
import { describe, expect, test } from "vitest"
import { openPage } from "../kit/openPage.ts"
import { microtasks, openPage4 } from "../kit/openPage4.ts"

const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`

test("a setting that is a list of lists without end is one short sentence, each time that the page is processed", async () => {
  using page = await openPage4({
    body: `<div id="c" hx-ws:connect="/ws" hx-config='ws.protocols:"${deep}"'></div>`,
  })
  page.htmx.process(page.document.body)
  page.socket.open()
  expect(page.console).toHaveLength(1)
  expect(page.console[0]?.length).toBeLessThan(1_100)
})

test("a frame of htmx 4 whose swap has no text is one error, and the next one is swapped", async () => {
  using page = await openPage4({ body: `<div id="c" hx-ws:connect="/ws"></div>` })
  page.socket.open()
  page.socket.message(JSON.stringify({ content: "1", swap: { toString: 1 } }))
  page.socket.message(JSON.stringify({ content: "2" }))
  await microtasks()
  expect(page.console).toEqual([
    "error: htmx: htmx:ws:error: the swap of a frame must be a string, not object",
  ])
  expect(page.$("#c").textContent).toBe("2")
})

test("a listener may put a URL in the place of the one that is dialled", async () => {
  using page = await openPage({
    htmx: "2",
    body: `<div ws-connect="/ws"></div>`,
    after: ({ document }) =>
      document.addEventListener("htmx:wsConfigConnect", (event) =>
        Object.assign((event as CustomEvent).detail, { url: new URL("ws://page.test:8080/other") }),
      ),
  })
  expect(page.socket.url).toBe("ws://page.test:8080/other")
})

test("the sentences of frames and attributes are cut, and at most a hundred are written", async () => {
  const body = Array.from({ length: 110 }, (_, at) => `<p ws-status="[${at}"></p>`).join("")
  const long = `<p ws-status="#c" ws-config='${"</".repeat(2_000)}' ws-connect="/ws"></p>`
  using page = await openPage({ htmx: "2", body: long + body })
  expect(page.console).toHaveLength(99)
  expect(Math.max(...page.console.map(({ length }) => length))).toBeLessThan(1_100)
})

describe.each(["1.9", "2", "4"] as const)("htmx %s", (htmx) => {
  test("what a frame brings into an element that htmx leaves alone neither connects nor sends", async () => {
    const ignored = htmx === "4" ? "hx-ignore" : "hx-disable"
    const body = `<div id="c" ws-connect="/ws"><div ${ignored}><p id="inside"></p></div><p id="outside"></p></div>`
    using page = htmx === "4" ? await openPage4({ body }) : await openPage({ htmx, body })
    page.socket.open()
    const evil = `<i ws-connect="/evil"></i><button ws-send>x</button>`
    page.socket.message(`<p id="inside">${evil}</p>`)
    await microtasks()
    page.socket.message(`<p id="outside"><b ${ignored}>${evil}</b></p>`)
    await microtasks()
    for (const button of page.document.querySelectorAll("button")) button.click()
    await microtasks()
    expect(page.document.querySelectorAll("button")).toHaveLength(2)
    expect([page.sockets.length, page.socket.sent]).toEqual([1, []])
  })
})
