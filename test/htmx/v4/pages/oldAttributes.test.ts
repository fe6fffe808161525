/** `ws-connect` and `ws-send` on htmx 4: the wire format of htmx 2. */
import { describe, expect, test } from "vitest"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const open = async (inside: string, attributes = ""): Promise<Page4> => {
  const page = await openPage4({ body: `<main id="chat" ws-connect="/chat" ${attributes}>${inside}</main>` })
  page.socket.open()
  page.take()
  return page
}

const receive = async (page: Page4, frame: string): Promise<void> => {
  page.socket.message(frame)
  await microtasks()
  page.clock.advance(10)
  await microtasks()
}

describe("what is sent", () => {
  test.for(["ws-send", "data-ws-send"])(
    "with %s is flat JSON, with the headers that htmx 2 sends",
    async (send) => {
      using page = await open(
        `<form id="form" name="f" ${send} hx-vals='{"n": 1}' hx-headers='{"X-Token": "t"}' hx-target="#chat"><input name="text" value="hi"><input name="headers" value="h"></form>`,
      )
      page.$<HTMLFormElement>("#form").requestSubmit()
      expect(page.json).toEqual([
        {
          text: "hi",
          headers: "h",
          n: 1,
          HEADERS: {
            "HX-Request": "true",
            "HX-Trigger": "form",
            "HX-Trigger-Name": "f",
            "HX-Target": "chat",
            "HX-Current-URL": "http://page.test:8080/dir/page.html",
            "X-Token": "t",
          },
        },
      ])
      expect(page.take()).toEqual(["before:message:outgoing #form", "after:message:outgoing #form"])
    },
  )
})

describe("a frame", () => {
  test.for([
    [
      "replaces by id",
      `<p id="a">old</p><p id="b">old</p>`,
      `<p id="a">1</p><p id="b">2</p>`,
      `<p id="a">1</p><p id="b">2</p>`,
    ],
    [
      "appends",
      `<ul id="a"><li>0</li></ul>`,
      `<ul id="a" hx-swap-oob="beforeend"><li>1</li></ul>`,
      `<ul id="a"><li>0</li><li>1</li></ul>`,
    ],
    [
      "goes to a selector",
      `<p class="a">old</p>`,
      `<p hx-swap-oob="innerHTML:.a">new</p>`,
      `<p class="a">new</p>`,
    ],
    ["deletes", `<p id="a">old</p>`, `<p id="a" hx-swap-oob="delete"></p>`, ""],
    ["morphs", `<p id="a">old</p>`, `<p id="a" hx-swap-oob="morph">new</p>`, `<p id="a">new</p>`],
    [
      "has rows in a template",
      `<table><tbody><tr id="a"><td>old</td></tr></tbody></table>`,
      `<template><tr id="a"><td>new</td></tr></template>`,
      `<table><tbody><tr id="a"><td>new</td></tr></tbody></table>`,
    ],
    ["is text", `<p id="a">old</p>`, `just text`, `<p id="a">old</p>`],
    ["is JSON", `<p id="a">old</p>`, `{"content": "new"}`, `<p id="a">old</p>`],
    ["knows nobody", `<p id="a">old</p>`, `<p id="b">new</p><p>new</p>`, `<p id="a">old</p>`],
  ] as const)("that %s is swapped as on htmx 2", async ([, inside, frame, html]) => {
    using page = await open(inside)
    await receive(page, frame)
    expect(page.$("#chat").innerHTML).toBe(html)
    expect(page.take()).toEqual(["before:message:incoming #chat", "after:message:incoming #chat"])
  })

  test("is on the page in the turn in which it arrives", async () => {
    using page = await open(`<p id="a">old</p><p id="b">old</p>`)
    page.socket.message(`<p id="a">1</p><p id="b">2</p>`)
    expect(page.$("#chat").textContent).toBe("12")
  })

  test("with an element that cannot be swapped has an error for that, and the others are swapped", async () => {
    using page = await open(`<p id="a">old</p><p id="b">old</p>`)
    await receive(page, `<p id="a" hx-swap-oob="sideways">1</p><p id="b">2</p>`)
    expect(page.$("#chat").textContent).toBe("old2")
    expect(page.last("error").error).toMatchObject({ message: expect.stringContaining("cannot be swapped") })
  })

  test("may contain elements that send, and a field of the same id keeps its focus", async () => {
    using page = await open(`<input id="text" value="old">`)
    page.$<HTMLInputElement>("#text").focus()
    await receive(page, `<input id="text" name="text" value="new" ws-send>`)
    expect(page.document.activeElement).toBe(page.$("#text"))
    page.htmx.trigger(page.$("#text"), "change")
    expect(page.json).toMatchObject([{ text: "new" }])
  })
})

test("a page gets one notice that it uses the message format of htmx 2", async () => {
  using page = await open(`<form ws-send></form><form ws-send></form>`)
  page.add(`<p ws-connect="/other"></p>`)
  expect(page.console).toEqual([expect.stringMatching(/^warn: .*ws-connect.*hx-ws:connect/)])
})

test("ws-status shows the state", async () => {
  using page = await open(`<p id="state" ws-status></p>`)
  expect(page.$("#state").getAttribute("data-ws-state")).toBe("open")
})
