import { describe, expect, test } from "vitest"
import { microtasks, openPage4 } from "../kit/openPage4.ts"

const chat = (inside: string, attributes = "") =>
  `<main id="chat" hx-ws:connect="/chat" ${attributes}>${inside}</main>`

const open = async (inside: string, attributes = "") => {
  const page = await openPage4({ body: chat(inside, attributes) })
  page.socket.open()
  page.take()
  return page
}

const fail = (): never => {
  throw new Error("unreadable")
}

const unreadable = {
  get secret() {
    return fail()
  },
}

describe("the body", () => {
  test("has the values of the form with its submitter, and the headers of a request", async () => {
    using page = await open(`
      <form id="form" hx-ws:send hx-target="#chat">
        <input name="text" value="hi"><input type="checkbox" name="tag" value="a" checked>
        <input type="checkbox" name="tag" value="b" checked><input type="checkbox" name="tag" value="c">
        <button id="go" name="how" value="loud">Go</button>
      </form>`)
    page.$("#go").click()
    expect(page.json).toEqual([
      {
        text: "hi",
        tag: ["a", "b"],
        how: "loud",
        headers: {
          "HX-Request": "true",
          "HX-Source": "form#form",
          "HX-Target": "main#chat",
          "HX-Current-URL": "http://page.test:8080/dir/page.html",
        },
      },
    ])
  })

  test("has every name that a field can have", async () => {
    using page = await open(`
      <form id="form" hx-ws:send><input name="__proto__" value="1"><input name="toString" value="2">
        <input name="toString" value="3"><button id="go">Go</button></form>`)
    page.$("#go").click()
    const { headers: _, ...values } = page.json[0] ?? {}
    expect(Object.entries(values)).toEqual([
      ["__proto__", "1"],
      ["toString", ["2", "3"]],
    ])
  })

  test("has every name of hx-vals", async () => {
    const names = `{"__proto__": "0", "constructor": "1", "hasOwnProperty": "2", "toString": "3", "valueOf": "4"}`
    using page = await open(
      `<form id="toString" hx-ws:send hx-vals='${names}'><button id="go">Go</button></form>`,
    )
    page.$("#go").click()
    const { headers: _, ...values } = page.json[0] ?? {}
    expect(Object.entries(values)).toEqual(Object.entries(JSON.parse(names)))
  })

  test("takes the types of hx-vals, which come before the values of the form", async () => {
    using page = await open(`
      <form id="form" hx-ws:send hx-vals='{"n": 1, "yes": true, "list": [1, {"a": null}], "text": "other"}'>
        <input name="text" value="hi">
      </form>`)
    page.$<HTMLFormElement>("#form").requestSubmit()
    expect(page.json).toMatchObject([{ n: 1, yes: true, list: [1, { a: null }], text: "other" }])
  })

  test("waits for computed hx-vals, and later messages wait as well", async () => {
    using page = await open(`
      <button id="slow" hx-ws:send hx-vals="js:n: Promise.resolve(1), how: event.type">x</button>
      <button id="fast" hx-ws:send hx-vals='{"n": 2}'>x</button>`)
    page.$("#slow").click()
    page.$("#fast").click()
    expect(page.json).toEqual([])
    await microtasks()
    expect(page.json).toMatchObject([{ how: "click" }, { n: 2 }])
  })

  test("has the values of hx-include, and is sent on hx-trigger", async () => {
    using page = await open(
      `<input id="text" name="text" value="hi" hx-ws:send hx-trigger="keyup" hx-include="#more"><input id="more" name="more" value="1">`,
    )
    page.htmx.trigger(page.$("#text"), "change")
    expect(page.json).toEqual([])
    page.htmx.trigger(page.$("#text"), "keyup")
    expect(page.json).toMatchObject([{ text: "hi", more: "1" }])
  })

  test.for([
    ["<select id=x name=a hx-ws:send><option>1</select>", "change"],
    ["<textarea id=x name=a hx-ws:send>1</textarea>", "change"],
    ["<div id=x hx-ws:send hx-vals='{\"a\": 1}'></div>", "click"],
    ["<form id=x hx-ws:send><input name=a value=1></form>", "submit"],
  ])("%s is sent on %s", async ([html = "", event = ""]) => {
    using page = await open(html)
    const native = new page.window.Event(event, { bubbles: true, cancelable: true })
    page.$("#x").dispatchEvent(native)
    expect(page.json).toHaveLength(1)
    expect(native.defaultPrevented).toBe(event === "submit")
  })
})

describe("htmx:ws:before:message:outgoing", () => {
  test("shows values and headers before they become text, as one object until after", async () => {
    using page = await open(`<button id="send" name="a" value="1" hx-ws:send>x</button>`)
    page.on("before:message:outgoing", ({ detail: { message } }) => {
      expect(message.data).toBeUndefined()
      message.values.b = 2
      message.headers["X-Token"] = "t"
    })
    page.$("#send").click()
    expect(page.json).toMatchObject([{ a: "1", b: 2, headers: { "X-Token": "t" } }])
    const [before, after] = page.log
    expect(before?.detail.message).toBe(after?.detail.message)
    expect(after?.detail.message.data).toBe(page.socket.sent[0])
  })

  test("may set what is written", async () => {
    using page = await open(`<button id="send" hx-ws:send>x</button>`)
    page.on("before:message:outgoing", ({ detail: { message } }) => {
      message.data = "raw"
    })
    page.$("#send").click()
    expect(page.socket.sent).toEqual(["raw"])
  })

  test.each<[name: string, value: object]>([
    ["values", unreadable],
    ["headers", unreadable],
    ["data", new Proxy({}, { get: fail })],
  ])(
    "cannot set %s that cannot be read: that is an error, and the next message is sent",
    async (name, value) => {
      using page = await open(`<button id="send" name="a" value="1" hx-ws:send>x</button>`)
      let isBad = true
      page.on("before:message:outgoing", ({ detail: { message } }) => {
        if (isBad) Object.assign(message, { [name]: value })
      })
      page.$("#send").click()
      isBad = false
      page.$("#send").click()
      await microtasks()
      expect(page.all("error").map(({ on }) => (on as Element).id)).toEqual(["send"])
      expect(page.json).toMatchObject([{ a: "1" }])
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    },
  )

  test("cannot set data that no socket writes: that is an error, and the next message is sent", async () => {
    using page = await open(`<button id="send" name="a" value="1" hx-ws:send>x</button>`)
    let wrong: unknown = { a: 1 }
    page.on("before:message:outgoing", ({ detail: { message } }) => {
      if (wrong !== undefined) message.data = wrong as string
      wrong = undefined
    })
    page.$("#send").click()
    expect(page.last("error").error).toMatchObject({
      message: expect.stringContaining(
        "must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not Object",
      ),
    })
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
  })

  test("a value that has no JSON is an error that names it", async () => {
    using page = await open(`<button id="send" hx-ws:send>x</button>`)
    page.on("before:message:outgoing", ({ detail: { message } }) => {
      message.values.self = message.values
    })
    page.$("#send").click()
    expect(page.last("error").error).toMatchObject({
      message: expect.stringContaining("self contains itself"),
    })
    expect(page.socket.sent).toEqual([])
  })

  test.for([
    ["preventDefault", (event: CustomEvent) => event.preventDefault()],
    ["cancelled", (event: CustomEvent) => Object.assign(event.detail, { cancelled: true })],
    [
      "cancelled while it is awaited",
      ({ detail }: CustomEvent) => detail.waitUntil(Promise.resolve().then(() => (detail.cancelled = true))),
    ],
  ] as const)("%s: nothing is sent", async ([, act]) => {
    using page = await open(`<button id="send" hx-ws:send>x</button>`)
    page.on("before:message:outgoing", (event) => act(event))
    page.$("#send").click()
    await microtasks()
    expect(page.take()).toEqual(["before:message:outgoing #send"])
    expect(page.socket.sent).toEqual([])
  })

  test("a delayed message keeps its place, and waits in the queue if the socket has closed", async () => {
    using page = await open(`
      <button id="one" name="n" value="1" hx-ws:send>x</button>
      <button id="two" name="n" value="2" hx-ws:send>x</button>`)
    let settle = (): void => {}
    page.on("before:message:outgoing", ({ detail, target }) => {
      if ((target as Element).id === "one")
        detail.waitUntil(new Promise<void>((resolve) => (settle = resolve)))
    })
    page.$("#one").click()
    page.$("#two").click()
    page.socket.drop()
    settle()
    await microtasks()
    const queue = page.connectionOf("#chat")?.queue
    expect(queue?.map(({ element, message }) => [element.id, message.values])).toEqual([
      ["one", { n: "1" }],
      ["two", { n: "2" }],
    ])
    page.clock.advance(1_000)
    page.socket.open()
    expect(page.json.map(({ n }) => n)).toEqual(["1", "2"])
  })

  test("a rejected promise is an error of its message alone", async () => {
    using page = await open(`<button id="send" name="a" value="1" hx-ws:send>x</button>`)
    const reason = new Error("no key")
    let first = true
    page.on("before:message:outgoing", ({ detail }) => {
      if (first) detail.waitUntil(Promise.reject(reason))
      first = false
    })
    page.$("#send").click()
    page.$("#send").click()
    await microtasks()
    expect(page.last("error").error).toBe(reason)
    expect(page.json).toHaveLength(1)
  })
})

describe("the queue", () => {
  const two = `<button id="one" name="n" value="1" hx-ws:send>x</button><button id="two" name="n" value="2" hx-ws:send>x</button>`

  test("waiting messages are sent first, also if a listener of after:connection sends", async () => {
    using page = await openPage4({ body: chat(two) })
    page.$("#one").click()
    page.on("after:connection", () => page.$("#two").click())
    page.socket.open()
    expect(page.json.map(({ n }) => n)).toEqual(["1", "2"])
  })

  test("is an array of the waiting messages that a page may change", async () => {
    using page = await openPage4({ body: chat(two) })
    page.$("#one").click()
    page.$("#two").click()
    const queue = page.connectionOf("#chat")?.queue ?? []
    expect(queue.map(({ element }) => element.id)).toEqual(["one", "two"])
    queue.shift()
    page.socket.open()
    expect(page.json.map(({ n }) => n)).toEqual(["2"])
    expect(queue).toHaveLength(0)
  })

  test("a send without a connection is an error on the element that sends", async () => {
    using page = await openPage4({
      body: `<button id="lost" hx-ws:send>x</button>${chat(two, `hx-trigger="click from:#lost"`)}`,
    })
    page.$("#one").click()
    expect(page.last("error")).toMatchObject({
      url: "ws://page.test:8080/chat",
      error: "Connection not open",
    })
    page.take()
    page.$("#lost").click()
    expect(page.log.find(({ name }) => name === "error")?.detail).toMatchObject({
      url: null,
      error: "No WebSocket connection found for element",
    })
    expect(page.take()).toContain("error #lost")
  })

  test("a waiting message whose connect element leaves is dropped with its event, before ws:close", async () => {
    using page = await openPage4({ body: chat(two) })
    page.$("#one").click()
    page.on("before:message:outgoing", ({ detail }) => detail.waitUntil(new Promise(() => {})))
    page.$("#two").click()
    page.take()
    page.$("#chat").remove()
    await microtasks()
    expect(page.take().sort()).toEqual(["close #chat", "message:dropped body", "message:dropped body"])
    expect(page.clock.pending).toBe(0)
  })
})
