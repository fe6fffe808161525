import { describe, expect, test } from "vitest"
import { microtasks, openPage4 } from "../kit/openPage4.ts"

const open = async (attributes = "", inside = `<p id="out">old</p>`, more = "") => {
  const page = await openPage4({
    body: `<main id="chat" hx-ws:connect="/chat" ${attributes}>${inside}</main>${more}`,
  })
  page.socket.open()
  page.take()
  return page
}

describe("a frame", () => {
  test.for([
    ["HTML", "", "<b>new</b>", "<b>new</b>"],
    ["text", "", "new", "new"],
    ["JSON with content", "", `{"content": "<b>new</b>"}`, "<b>new</b>"],
    ["JSON with a target", "", `{"content": "new", "target": "#out"}`, `<p id="out">new</p>`],
    [
      "JSON with a swap",
      "",
      `{"content": "<i>new</i>", "swap": "beforeend"}`,
      `<p id="out">old</p><i>new</i>`,
    ],
    ["JSON with select", "", `{"content": "<b>a</b><i>b</i>", "select": "i"}`, "<i>b</i>"],
    ["hx-target", `hx-target="#out"`, "<b>new</b>", `<p id="out"><b>new</b></p>`],
    ["hx-swap", `hx-swap="beforeend"`, "<b>new</b>", `<p id="out">old</p><b>new</b>`],
    ["hx-select", `hx-select="i"`, "<b>a</b><i>b</i>", "<i>b</i>"],
    ["hx-select-oob", `hx-select-oob="#out"`, `<p id="out">new</p>`, `<p id="out">new</p>`],
    ["hx-swap-oob alone", "", `<p id="out" hx-swap-oob="true">new</p>`, `<p id="out">new</p>`],
    ["hx-partial", "", `<hx-partial hx-target="#out">new</hx-partial>`, `<p id="out">new</p>`],
    ["a string of JSON", "", `"text"`, `<p id="out">old</p>`],
    ["a number", "", "5", `<p id="out">old</p>`],
    ["null", "", "null", `<p id="out">old</p>`],
    ["an array", "", `[{"content": "x"}]`, `<p id="out">old</p>`],
    ["JSON without content", "", `{"data": 1}`, `<p id="out">old</p>`],
    ["no content", "", `{"content": null}`, `<p id="out">old</p>`],
    ["nothing", "", "", `<p id="out">old</p>`],
  ])("of %s %s is swapped as the official script does", async ([, attributes, frame, html]) => {
    using page = await open(attributes)
    page.socket.message(frame)
    await microtasks()
    page.clock.advance(10)
    await microtasks()
    expect(page.$("#chat").innerHTML).toBe(html)
    expect(page.names).toEqual(["before:message:incoming", "after:message:incoming"])
    expect(page.console).toEqual([])
  })

  test("is on the page in the turn in which it arrives", async () => {
    using page = await open()
    page.socket.message("<b>new</b>")
    expect(page.$("#chat").innerHTML).toBe("<b>new</b>")
  })

  test("of the deprecated payload is swapped, with one warning for each connection", async () => {
    using page = await open()
    for (const text of ["one", "two"]) {
      page.socket.message(JSON.stringify({ payload: text }))
      await microtasks()
    }
    expect(page.$("#chat").innerHTML).toBe("two")
    expect(page.console).toEqual([expect.stringMatching(/^warn: .*json\.payload.*json\.content/)])
  })

  test.for([
    ["bytes", new TextEncoder().encode("<b>bytes</b>").buffer],
    // As those of a socket that was made in an iframe: the page runs in a realm of its own.
    ["a Blob of another window", new Blob(["<b>bytes</b>"])],
  ] as const)("of %s is passed to listeners, as text, too", async ([, data]) => {
    using page = await open()
    const texts: Array<Promise<string>> = []
    page.on("after:message:incoming", ({ detail }) => texts.push(detail.message.text()))
    page.socket.message(data)
    await microtasks()
    expect(page.$("#chat").innerHTML).toBe(`<p id="out">old</p>`)
    expect(await Promise.all(texts)).toEqual(["<b>bytes</b>"])
  })

  test("that cannot be swapped is an error, and the next one is swapped", async () => {
    using page = await open()
    page.socket.message(`{"content": "x", "select": "]"}`)
    await microtasks()
    expect(page.names).toEqual(["before:message:incoming", "error"])
    page.socket.message("new")
    await microtasks()
    expect(page.$("#chat").innerHTML).toBe("new")
  })

  test("waits for the swap of the one before it, with its delay", async () => {
    using page = await open()
    page.socket.message(`{"content": "one", "swap": "beforeend swap:1s"}`)
    page.socket.message(`{"content": "two", "swap": "beforeend"}`)
    await microtasks()
    expect(page.$("#chat").textContent).toBe("old")
    page.clock.advance(1_000)
    await microtasks()
    expect(page.$("#chat").textContent).toBe("oldonetwo")
    expect(page.names).toEqual([
      "before:message:incoming",
      "after:message:incoming",
      "before:message:incoming",
      "after:message:incoming",
    ])
  })
})

describe("htmx:ws:before:message:incoming", () => {
  test("has the data as text and as JSON, and a listener may replace both", async () => {
    using page = await open()
    const seen: Array<unknown> = []
    page.on("before:message:incoming", ({ detail: { message } }) => {
      seen.push(message.data)
      message.json().then((json) => seen.push(json))
      Object.assign(message, { data: "<b>other</b>" })
    })
    page.socket.message(`{"a": 1}`)
    expect(page.$("#chat").innerHTML).toBe("<b>other</b>")
    await microtasks()
    expect(seen[0]).toBe(`{"a": 1}`)
    expect(page.log[0]?.detail.message).toBe(page.log[1]?.detail.message)
  })

  test.for([
    ["preventDefault", (event: CustomEvent) => event.preventDefault()],
    ["cancelled", (event: CustomEvent) => Object.assign(event.detail, { cancelled: true })],
  ] as const)("%s: the frame is ignored", async ([, act]) => {
    using page = await open()
    page.on("before:message:incoming", (event) => act(event))
    page.socket.message("new")
    await microtasks()
    expect(page.$("#chat").innerHTML).toBe(`<p id="out">old</p>`)
    expect(page.names).toEqual(["before:message:incoming"])
  })

  test("waitUntil delays the frame, and those behind it", async () => {
    using page = await open(`hx-swap="beforeend"`, "")
    let settle = (): void => {}
    page.on("before:message:incoming", ({ detail }) => {
      if ((detail.message.data as unknown) === "one")
        detail.waitUntil(new Promise<void>((resolve) => (settle = resolve)))
    })
    page.socket.message("one")
    page.socket.message("two")
    await microtasks()
    expect(page.$("#chat").textContent).toBe("")
    settle()
    await microtasks()
    expect(page.$("#chat").textContent).toBe("onetwo")
  })
})
