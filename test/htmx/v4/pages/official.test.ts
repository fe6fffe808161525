/** What pages that were written for the official script do with it, and what ours did otherwise. */
import { describe, expect, test } from "vitest"
import { chat, openChat as open } from "../../kit/chat4.ts"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const submit = (page: Page4, selector: string): Event => {
  const event = new page.window.Event("submit", { bubbles: true, cancelable: true })
  page.$(selector).dispatchEvent(event)
  return event
}

describe("defaults", () => {
  test.for(["", "from:body", "from:document", "from:window", "from:'closest main'"])(
    "a form that listens for `submit %s` sends, and the page stays",
    async (from) => {
      using page = await open("", `<form id="form" hx-ws:send hx-trigger="submit ${from}"></form>`)
      const event = submit(page, "#form")
      expect([page.json.length, event.defaultPrevented]).toEqual([1, true])
    },
  )

  test("the submit of another form that a form listens for is prevented as well", async () => {
    using page = await open(
      "",
      `<form id="form" hx-ws:send hx-trigger="submit from:body"></form><form id="other"></form>`,
    )
    const event = submit(page, "#other")
    expect([page.json.length, event.defaultPrevented]).toEqual([1, true])
  })

  test("a click that an element listens for elsewhere keeps its default", async () => {
    using page = await open("", `<p id="far"></p><b hx-ws:send hx-trigger="click from:#far"></b>`)
    const event = new page.window.MouseEvent("click", { bubbles: true, cancelable: true })
    page.$("#far").dispatchEvent(event)
    expect([page.json.length, event.defaultPrevented]).toEqual([1, false])
  })
})

describe("validation", () => {
  const form = (attributes: string, inside: string) =>
    `<form id="form" ${attributes}><input name="text" required>${inside}</form>`

  test.for([
    ["a Cancel button in it", form("", `<button id="send" type="button" hx-ws:send>Cancel</button>`)],
    ["a link in it", form("", `<a id="send" hx-ws:send>x</a>`)],
    ["a field of its own", `<input id="send" name="text" required hx-ws:send hx-trigger="click">`],
    ["a form without validation", form(`novalidate hx-ws:send hx-trigger="click"`, `<b id="send"></b>`)],
    ["hx-validate=false", form(`hx-validate="false" hx-ws:send hx-trigger="click"`, `<b id="send"></b>`)],
  ])("an invalid form is sent by %s", async ([, inside]) => {
    using page = await open("", inside)
    page.$("#send").click()
    expect(page.json).toMatchObject([{ text: "" }])
  })

  test.for([
    ["a form", form(`hx-ws:send hx-trigger="click"`, `<b id="send"></b>`)],
    ["a button with hx-validate", form("", `<button id="send" type="button" hx-validate="true" hx-ws:send>`)],
    [
      "a field with hx-validate",
      `<input id="send" name="text" required hx-validate="true" hx-ws:send hx-trigger="click">`,
    ],
  ])("an invalid form is not sent by %s", async ([, inside]) => {
    using page = await open("", inside)
    page.$("#send").click()
    expect([page.socket.sent, page.take()]).toEqual([[], []])
  })
})

describe("what is sent", () => {
  test.for(["field", "hx-vals"])(
    "a %s named headers is replaced by the headers, without an error",
    async (from) => {
      const [vals, field] =
        from === "field" ? ["", `<input name="headers" value="x">`] : [`hx-vals='{"headers": 1}'`, ""]
      using page = await open(
        "",
        `<form id="form" hx-ws:send ${vals}>${field}<input name="a" value="1"></form>`,
      )
      const seen: Array<unknown> = []
      page.on("before:message:outgoing", ({ detail }) => seen.push({ ...detail.message.values }))
      submit(page, "#form")
      expect(seen).toEqual([{ a: "1" }])
      expect(page.json).toMatchObject([{ a: "1", headers: { "HX-Request": "true" } }])
      expect(page.names).toEqual(["before:message:outgoing", "after:message:outgoing"])
    },
  )

  test.for([
    [null, { a: "1", headers: null }],
    [undefined, { a: "1" }],
  ])("headers that a listener makes %s are written as JSON has them", async ([headers, json]) => {
    using page = await open()
    page.on("before:message:outgoing", ({ detail }) => Object.assign(detail.message, { headers }))
    page.$("#send").click()
    expect(page.json).toEqual([json])
  })

  test("hx-vals in JavaScript sees the page's own ctx and event", async () => {
    using page = await open(
      "",
      `<button id="send" hx-ws:send hx-vals="js:ctx: window.ctx === ctx, find: typeof find">x</button>`,
    )
    Object.assign(page.window, { ctx: { user: 1 } })
    page.$("#send").click()
    await microtasks()
    expect(page.json).toMatchObject([{ ctx: true, find: "function" }])
  })

  test("an error that the socket throws is dispatched on the sender, as it was thrown", async () => {
    using page = await open()
    const error = new Error("no")
    page.socket.send = () => {
      throw error
    }
    page.$("#send").click()
    expect(page.take().at(-1)).toBe("error #send")
    page.socket.send = () => {}
  })
})

describe("detail.error", () => {
  test("is the socket's event, and the console has a sentence", async () => {
    using page = await openPage4({ body: chat() })
    const events: Array<Event> = []
    page.socket.addEventListener("error", (event) => events.push(event))
    page.socket.drop()
    expect(page.last("error").error).toBe(events[0])
    expect(page.console).toEqual(["error: htmx: htmx:ws:error: ws://page.test:8080/chat could not be opened"])
  })

  test("is what the constructor of WebSocket threw", async () => {
    const error = new Error("blocked")
    using page = await openPage4({
      body: chat(),
      socket: () => {
        throw error
      },
    })
    expect(page.last("error").error).toBe(error)
  })
})

describe("a frame of JSON", () => {
  const receive = async (page: Page4, frame: unknown): Promise<void> => {
    page.socket.message(JSON.stringify(frame))
    await microtasks()
  }

  test("with content null swaps nothing, whatever its payload", async () => {
    using page = await open("", "old")
    await receive(page, { content: null, payload: "x" })
    expect([page.$("#chat").innerHTML, page.names.length, page.console]).toEqual(["old", 2, []])
  })

  test.for([1, 0, true, false, { a: 1 }, ["x"]])("with content %j is an error", async (content) => {
    using page = await open("", "old")
    await receive(page, { content })
    expect(page.$("#chat").innerHTML).toBe("old")
    expect(page.names).toEqual(["before:message:incoming", "error"])
    expect(page.last("error").error).toMatchObject({ message: expect.stringContaining("content") })
  })

  test("with payload is deprecated, with one warning for each connection", async () => {
    using page = await open("", "")
    await receive(page, { payload: "one" })
    await receive(page, { payload: "two" })
    expect(page.$("#chat").innerHTML).toBe("two")
    expect(page.console).toEqual([expect.stringMatching(/^warn: .*json\.payload.*deprecated.*json\.content/)])
  })

  test.for([
    ["text", { text: async () => "<b>mine</b>" }],
    ["json", { json: async () => ({ content: "<b>mine</b>" }) }],
  ] as const)("a message.%s() that a listener replaces counts", async ([, mine]) => {
    using page = await open("", "old")
    page.on("before:message:incoming", ({ detail }) => Object.assign(detail.message, mine))
    await receive(page, { content: "theirs" })
    expect(page.$("#chat").innerHTML).toBe("<b>mine</b>")
  })
})

describe("the connection object", () => {
  test("sockets are made without protocols if none are set", async () => {
    using page = await openPage4({ body: chat() })
    expect(page.dials).toEqual([["ws://page.test:8080/chat", undefined]])
  })

  test("htmx.config.ws stays the object that it was", async () => {
    const ws = { reconnectDelay: 100 }
    using page = await openPage4({ body: chat(), before: ({ htmx }) => Object.assign(htmx.config, { ws }) })
    expect(page.htmx.config.ws).toBe(ws)
  })

  test("has the members of the official one", async () => {
    using page = await open()
    const connection = page.connectionOf("#chat") as unknown as Record<string, unknown>
    expect(connection).toMatchObject({ timer: null, visibilityHandler: expect.any(Function) })
    page.socket.message("<p>new</p>")
    await connection.receiving
    expect(page.names).toEqual(["before:message:incoming", "after:message:incoming"])
    page.socket.drop()
    expect(connection.timer).toBeTruthy()
  })

  test("waits for promises that a page assigns to `receiving` and `sending`", async () => {
    using page = await open()
    const connection = page.connectionOf("#chat") as unknown as Record<string, Promise<unknown>>
    let settle = (): void => {}
    connection.sending = new Promise<void>((resolve) => (settle = resolve))
    page.$("#send").click()
    expect(page.json).toEqual([])
    settle()
    await connection.sending
    expect(page.json).toHaveLength(1)
  })

  test("has no visibilityHandler if pauseOnBackground is off", async () => {
    using page = await open(`hx-config="ws.pauseOnBackground:false"`)
    expect(page.connectionOf("#chat")).toMatchObject({ visibilityHandler: null })
  })
})

describe("settings that are falsy", () => {
  test.for(["0", "null", '""', "false"])("pauseOnBackground: %s does not pause", async (value) => {
    using page = await open(`hx-config='{"ws": {"pauseOnBackground": ${value}}}'`)
    page.visibility(true)
    expect([page.live.length, page.console]).toEqual([1, []])
  })

  test.for(
    ["reconnect", "reconnectMaxAttempts"].flatMap((key) =>
      ["0", "null", '""', "false"].map((value) => [key, value]),
    ),
  )("%s: %s does not reconnect", async ([key, value]) => {
    using page = await open(`hx-config='{"ws": {"${key}": ${value}}}'`)
    page.socket.drop()
    expect(page.names).not.toContain("reconnecting")
    expect([page.clock.pending, page.console]).toEqual([0, []])
  })

  test("reconnectMaxAttempts: -1 does not reconnect", async () => {
    using page = await open(`hx-config="ws.reconnectMaxAttempts:-1"`)
    page.socket.drop()
    expect(page.names).not.toContain("reconnecting")
  })
})
