import { describe, expect, test } from "vitest"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const chat = (attributes = "", inside = "") =>
  `<main id="chat" hx-ws:connect="/chat" ${attributes}>${inside}</main>`
const sender = `<button id="send" type="button" name="a" value="1" hx-ws:send>Send</button>`

describe("connecting", () => {
  test("an element is dialled while htmx processes it, and every event has the same object", async () => {
    using page = await openPage4({})
    page.add(chat("", sender))
    expect(page.dials).toHaveLength(1)
    const connection = page.connectionOf("#chat")
    page.socket.open()
    page.$("#send").click()
    page.socket.message("<p>hi</p>")
    await microtasks()
    page.socket.drop()
    expect(page.names).toEqual([
      "before:connection",
      "after:connection",
      "before:message:outgoing",
      "after:message:outgoing",
      "before:message:incoming",
      "after:message:incoming",
      "close",
      "reconnecting",
    ])
    for (const { detail } of page.log) expect(detail.connection).toBe(connection)
  })

  test.for([
    ["", `hx-ws:connect="/chat"`],
    ["", `data-hx-ws:connect="/chat"`],
    [`{"metaCharacter": "-"}`, `hx-ws-connect="/chat"`],
    [`{"prefix": "x-"}`, `x-ws:connect="/chat"`],
    [`{"prefix": "x-", "metaCharacter": "."}`, `x-ws.connect="/chat"`],
    [`{"prefix": ""}`, `hx-ws:connect="/chat"`],
  ] as const)("with the configuration %s, %s connects", async ([config, attribute]) => {
    const head = config === "" ? "" : `<meta name="htmx-config" content='${config}'>`
    using page = await openPage4({ head, body: `<main ${attribute}></main>` })
    expect(page.dials).toHaveLength(1)
  })

  test("with `hx-trigger` it waits for its trigger, and dials once, in the same turn", async () => {
    using page = await openPage4({ body: chat(`hx-trigger="click"`) })
    expect(page.dials).toHaveLength(0)
    expect(page.connectionOf("#chat")).toBeUndefined()
    page.$("#chat").click()
    page.$("#chat").click()
    expect(page.dials).toHaveLength(1)
  })

  test("nothing connects or sends inside hx-ignore, whatever the prefix", async () => {
    const body = `
      <div hx-ignore>${chat("", sender)}</div>
      <div data-hx-ignore>${chat("", sender)}</div>
      <section hx-ws:connect="/out"><div hx-ignore><button id="late" hx-ws:send>x</button></div></section>`
    using page = await openPage4({ body })
    expect(page.dials).toHaveLength(1)
    page.$("#late").click()
    expect(page.names).toEqual(["before:connection"])
  })

  test("an extension that loads after htmx has started connects the elements of the page", async () => {
    using page = await openPage4({ body: chat(), before: (_, page) => page.clock.advance(0) })
    expect(page.dials).toHaveLength(1)
  })

  test("two elements that are given one socket share it", async () => {
    using page = await openPage4({})
    const one = new page.window.WebSocket("ws://page.test:8080/one")
    Object.assign(page.htmx, { createWebSocket: () => one })
    page.add(chat())
    page.add(`<div id="two" hx-ws:connect="/two"></div>`)
    page.socket.open()
    expect(page.take()).toEqual([
      "before:connection #chat",
      "before:connection #two",
      "after:connection #chat",
      "after:connection #two",
    ])
    page.$("#chat").remove()
    await microtasks()
    expect(page.socket.isLive).toBe(true)
    page.$("#two").remove()
    await microtasks()
    expect(page.socket.isLive).toBe(false)
  })
})

describe("before:connection", () => {
  test("is dispatched before every dial, and the URL that it sets is dialled", async () => {
    let token = 0
    using page = await openPage4({
      body: chat(),
      after: (_, page) =>
        page.on("before:connection", ({ detail: { connection } }) => {
          connection.url = `/chat?token=${++token}`
        }),
    })
    page.socket.open()
    page.socket.drop()
    page.clock.advance(1_000)
    expect(page.dials.map(([url]) => url)).toEqual([
      "ws://page.test:8080/chat?token=1",
      "ws://page.test:8080/chat?token=2",
    ])
  })

  test("delays the dial until its promises have settled", async () => {
    let settle = (): void => {}
    using page = await openPage4({
      body: chat("", sender),
      after: (_, page) =>
        page.on("before:connection", ({ detail }) => {
          detail.waitUntil(
            new Promise<void>((resolve) => {
              settle = resolve
            }).then(() => {
              detail.connection.url += "?late"
            }),
          )
        }),
    })
    expect(page.dials).toEqual([])
    page.$("#send").click()
    expect(page.connectionOf("#chat")?.queue).toHaveLength(1)
    settle()
    await microtasks()
    expect(page.dials.map(([url]) => url)).toEqual(["ws://page.test:8080/chat?late"])
    page.socket.open()
    expect(page.json).toHaveLength(1)
  })

  test("a slow promise is awaited, with one notice", async () => {
    let settle = (): void => {}
    using page = await openPage4({
      body: chat(),
      after: (_, page) =>
        page.on("before:connection", ({ detail }) =>
          detail.waitUntil(new Promise<void>((resolve) => (settle = resolve))),
        ),
    })
    page.clock.advance(100_000)
    await microtasks()
    expect([page.dials, page.take()]).toEqual([[], ["before:connection #chat"]])
    expect(page.console).toEqual([
      expect.stringMatching(/^warn: .*<main id="chat".*before:connection did not settle within 10000 ms/),
    ])
    settle()
    await microtasks()
    expect(page.dials).toHaveLength(1)
  })

  test("a rejected promise is a failed attempt, with its reason as the error", async () => {
    const error = new Error("no token")
    using page = await openPage4({
      body: chat(),
      after: (_, page) =>
        page.on("before:connection", ({ detail }) => detail.waitUntil(Promise.reject(error))),
    })
    await microtasks()
    expect(page.last("error").error).toBe(error)
    expect(page.take()).toEqual(["before:connection #chat", "error #chat", "reconnecting #chat"])
  })

  test.for([
    ["preventDefault", (event: CustomEvent) => event.preventDefault()],
    ["detail.cancelled", (event: CustomEvent) => Object.assign(event.detail, { cancelled: true })],
    [
      "connection.cancelled",
      (event: CustomEvent) => Object.assign(event.detail.connection, { cancelled: true }),
    ],
  ] as const)("%s cancels the dial, and the element may be triggered again", async ([, cancel]) => {
    let refuses = true
    using page = await openPage4({
      body: chat(`hx-trigger="click"`),
      after: (_, page) => page.on("before:connection", (event) => refuses && cancel(event)),
    })
    page.$("#chat").click()
    expect(page.dials).toEqual([])
    expect(page.last("close")).toMatchObject({ reason: "cancelled", code: null })
    expect(page.connectionOf("#chat")).toBeUndefined()
    refuses = false
    page.$("#chat").click()
    expect(page.dials).toHaveLength(1)
  })

  test("cancelled before a retry, it ends the connection", async () => {
    using page = await openPage4({ body: chat("", sender) })
    page.socket.open()
    page.on("before:connection", (event) => event.preventDefault())
    page.socket.drop()
    page.$("#send").click()
    page.take()
    page.clock.advance(1_000)
    expect(page.take()).toEqual([
      "before:connection #chat",
      "close #chat",
      "error #send",
      "message:dropped #send",
    ])
    expect(page.connectionOf("#chat")).toBeUndefined()
    expect(page.dials).toHaveLength(1)
    expect(page.clock.pending).toBe(0)
  })
})

describe("the connection object", () => {
  test("shows url, merged settings, queue, attempt, socket and abort controller", async () => {
    using page = await openPage4({
      head: `<meta name="htmx-config" content='{"ws": {"reconnectDelay": "1s", "heartbeat": false}}'>`,
      body: chat(`hx-config="ws.reconnectMaxDelay:3s ws.reconnect:true"`),
    })
    const connection = page.connectionOf("#chat")
    expect(connection).toMatchObject({
      url: "ws://page.test:8080/chat",
      attempt: 0,
      cancelled: false,
      queue: [],
      config: {
        reconnect: true,
        reconnectCodes: [1001, 1005, 1006, 1011, 1012, 1013, 1014],
        reconnectDelay: "1s",
        reconnectMaxDelay: "3s",
        reconnectMaxAttempts: Infinity,
        reconnectJitter: 0.3,
        pauseOnBackground: true,
        maxOutgoingMessagesQueueSize: 100,
        heartbeat: false,
      },
    })
    expect(Array.isArray(connection?.config.reconnectCodes)).toBe(true)
    expect(Array.isArray(connection?.queue)).toBe(true)
    expect(connection?.socket).toBe(page.socket)
    expect(connection?.abortController).toBeInstanceOf(page.window.AbortController)
  })

  test("changes of its settings count from then on", async () => {
    using page = await openPage4({ body: chat() })
    page.on("close", ({ detail: { connection } }) => {
      connection.config.reconnect = false
    })
    page.socket.open()
    page.socket.drop()
    expect(page.names.at(-1)).toBe("close")
    expect(page.connectionOf("#chat")).toBeUndefined()
    expect(page.clock.pending).toBe(0)
  })

  test("the attempt is the number of the retry until after:connection has been dispatched, and 0 after it", async () => {
    using page = await openPage4({ body: chat() })
    page.socket.open()
    page.socket.drop()
    const attempts: Array<number> = []
    page.on("after:connection", ({ detail }) => attempts.push(detail.connection.attempt))
    page.clock.advance(1_000)
    page.socket.drop()
    page.clock.advance(2_000)
    page.socket.open()
    expect(attempts).toEqual([2])
    expect(page.connectionOf("#chat")?.attempt).toBe(0)
  })

  test("its abort controller is aborted with its socket, also for a socket that has no removeEventListener", async () => {
    const heard: Array<readonly [string, AbortSignal | undefined]> = []
    using page = await openPage4({
      body: chat(),
      socket: () => ({
        addEventListener: (type: string, _: unknown, options?: { readonly signal?: AbortSignal }) =>
          heard.push([type, options?.signal]),
      }),
    })
    expect(heard.map(([type]) => type)).toEqual(["open", "close", "error", "message"])
    expect(heard.every(([, signal]) => signal?.aborted === false)).toBe(true)
    page.$("#chat").remove()
    await microtasks()
    expect(heard.every(([, signal]) => signal?.aborted)).toBe(true)
    expect(page.console).toEqual([])
  })

  test("has state, close and reconnect", async () => {
    using page = await openPage4({ body: chat() })
    const connection = page.connectionOf("#chat")
    expect(connection?.state).toBe("connecting")
    page.socket.open()
    connection?.reconnect()
    expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
    page.socket.open()
    connection?.close(4000, "enough")
    page.socket.answerClose()
    expect(page.last("close")).toMatchObject({ reason: "closed", code: 4000 })
    expect(page.connectionOf("#chat")).toBeUndefined()
    connection?.reconnect()
    expect(page.dials).toHaveLength(3)
    expect(page.connectionOf("#chat")?.socket).toBe(page.socket)
  })
})

test.for([
  ["close", (page: Page4) => page.socket.end(1000)],
  ["failed", (page: Page4) => page.socket.drop()],
] as const)("a listener of the final %s may start the connection again", async ([name, end]) => {
  using page = await openPage4({ body: chat(`hx-config="ws.reconnectMaxAttempts:0"`) })
  page.socket.open()
  page.on(name, ({ detail }) => detail.connection.reconnect())
  end(page)
  expect(page.sockets).toHaveLength(2)
  page.socket.open()
  expect([page.connectionOf("#chat")?.state, page.live.length]).toEqual(["open", 1])
})

describe("coming back", () => {
  test("a retry waits as long as a listener of reconnecting writes into it", async () => {
    using page = await openPage4({ body: chat(`hx-config="ws.reconnectJitter:0"`) })
    page.on("reconnecting", ({ detail }) => Object.assign(detail, { delay: 3000 }))
    page.socket.open()
    page.socket.end(1012)
    page.clock.advance(2999)
    expect(page.dials).toHaveLength(1)
    page.clock.advance(1)
    expect(page.dials).toHaveLength(2)
  })

  test("a retry has an event with attempt, delay and the event of the close", async () => {
    using page = await openPage4({ body: chat(`hx-config="ws.reconnectJitter:0"`) })
    page.socket.open()
    page.socket.end(1012, "restart")
    expect(page.last("reconnecting")).toMatchObject({
      attempt: 1,
      delay: 500,
      event: { code: 1012, reason: "restart" },
    })
    expect(page.last("reconnecting").connection.attempt).toBe(1)
    page.clock.advance(499)
    expect(page.dials).toHaveLength(1)
    page.clock.advance(1)
    expect(page.dials).toHaveLength(2)
  })

  test("a close code that is not retried ends the connection as the official script does", async () => {
    using page = await openPage4({ body: chat("", sender) })
    page.socket.open()
    page.take()
    page.socket.end(4401)
    expect(page.take()).toEqual(["close #chat"])
    expect(page.connectionOf("#chat")).toBeUndefined()
    page.$("#send").click()
    expect(page.all("error").map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ url: "ws://page.test:8080/chat", error: "Connection not open" }),
    ])
    page.clock.advance(100_000)
    expect(page.dials).toHaveLength(1)
  })

  test("when the retries are exhausted there is ws:failed, and waiting messages are dropped", async () => {
    using page = await openPage4({ body: chat(`hx-config="ws.reconnectMaxAttempts:2"`, sender) })
    page.socket.drop()
    page.$("#send").click()
    for (let retry = 0; retry < 2; retry++) {
      page.clock.advance(2_000)
      page.socket.drop()
    }
    expect(page.last("failed")).toMatchObject({ attempts: 2, code: 1006, reason: "" })
    expect(page.take().slice(-4)).toEqual([
      "close #chat",
      "failed #chat",
      "error #send",
      "message:dropped #send",
    ])
    expect(page.connectionOf("#chat")).toBeUndefined()
    expect(page.clock.pending).toBe(0)
  })

  test("it pauses in the background and loses no waiting message", async () => {
    using page = await openPage4({ body: chat("", sender) })
    page.socket.open()
    page.visibility(true)
    expect(page.socket.closeCalls).toHaveLength(1)
    page.socket.answerClose()
    page.$("#send").click()
    page.clock.advance(100_000)
    expect(page.dials).toHaveLength(1)
    page.visibility(false)
    expect(page.dials).toHaveLength(2)
    page.socket.open()
    expect(page.json).toMatchObject([{ a: "1" }])
    expect(page.names.filter((name) => name === "before:connection")).toHaveLength(2)
  })

  test("coming online makes a waiting connection dial at once", async () => {
    using page = await openPage4({ body: chat() })
    page.socket.drop()
    page.window.dispatchEvent(new page.window.Event("online"))
    expect(page.dials).toHaveLength(2)
    page.clock.advance(100)
    expect(page.live).toHaveLength(1)
  })
})

describe("settings", () => {
  test("hx-config may be JSON, and applies to the content of its element", async () => {
    const body = `<div hx-config='{"ws": {"protocols": ["a", "b"]}}'>${chat(`hx-config="ws.reconnect:false"`)}</div>`
    using page = await openPage4({ body })
    expect(page.dials[0]?.[1]).toEqual(["a", "b"])
    page.socket.open()
    page.socket.drop()
    expect(page.names.at(-1)).toBe("close")
  })

  test("an invalid value is one sentence, and the default is used", async () => {
    const body = `${chat(`hx-config="ws.reconnectDelay:soon ws.speed:1"`)}`
    using page = await openPage4({ body })
    expect(page.console).toEqual([
      expect.stringMatching(/reconnectDelay was ignored: it is "soon", expected a duration/),
      expect.stringContaining("speed was ignored: there is no such setting"),
    ])
    page.socket.drop()
    expect(page.last("reconnecting").delay).toBeLessThanOrEqual(650)
  })

  test("an hx-config that is invalid JSON is one sentence, and the element connects", async () => {
    using page = await openPage4({ body: chat(`hx-config='{"ws": '`) })
    expect(page.dials).toHaveLength(1)
    expect(page.console).toEqual([expect.stringContaining("is not an object")])
  })

  test("the state is shown on elements with hx-ws:status, and restored after a morph", async () => {
    using page = await openPage4({ body: chat("", `<p id="state" hx-ws:status></p>`) })
    const state = (): string | null => page.$("#state").getAttribute("data-ws-state")
    expect(state()).toBe("connecting")
    page.socket.open()
    expect(state()).toBe("open")
    page.$("#state").removeAttribute("data-ws-state")
    await microtasks()
    expect(state()).toBe("open")
    page.socket.drop()
    expect(state()).toBe("reconnecting")
    page.$("#chat").removeAttribute("hx-ws:connect")
    page.htmx.process(page.document.body)
    expect(state()).toBe("closed")
  })
})

describe("after:connection", () => {
  test("messages that a listener writes to the socket precede waiting ones", async () => {
    using page = await openPage4({ body: chat("", sender) })
    page.$("#send").click()
    page.on("after:connection", ({ detail }) => detail.connection.socket?.send(`{"login":true}`))
    page.socket.open()
    expect(page.json[0]).toEqual({ login: true })
    expect(page.json).toHaveLength(2)
  })

  test("waitUntil holds back waiting messages until it settles, but not those written to the socket", async () => {
    using page = await openPage4({ body: chat("", sender) })
    page.$("#send").click()
    let finish = () => {}
    page.on("after:connection", ({ detail }) => {
      detail.waitUntil(new Promise<void>((resolve) => (finish = resolve)))
    })
    page.socket.open()
    page.connectionOf("#chat")?.socket?.send(`{"login":true}`)
    await microtasks()
    expect(page.json).toEqual([{ login: true }])
    finish()
    await microtasks()
    expect(page.json).toHaveLength(2)
  })

  test("waitUntil that rejects fails the attempt", async () => {
    using page = await openPage4({ body: chat() })
    page.on("after:connection", ({ detail }) => detail.waitUntil(Promise.reject(new Error("no token"))))
    page.socket.open()
    await microtasks()
    expect(page.names.slice(-3)).toEqual(["error", "close", "reconnecting"])
  })
})
