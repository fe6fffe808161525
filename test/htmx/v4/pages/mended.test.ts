/** What fails with the official script for htmx 4, and works with ours. */
import { expect, test } from "vitest"
import { chat, openChat as open, sender } from "../../kit/chat4.ts"
import { microtasks, openPage4 } from "../../kit/openPage4.ts"

test.for(["true", "false"])(
  "a page restored from the back/forward cache connects again, with pauseOnBackground:%s",
  async (pause) => {
    using page = await open(`hx-config="ws.pauseOnBackground:${pause}"`)
    page.visibility(true)
    page.window.dispatchEvent(new page.window.Event("pagehide"))
    page.socket.answerClose()
    page.visibility(false)
    page.window.dispatchEvent(new page.window.Event("pageshow"))
    expect(page.live).toHaveLength(1)
    page.socket.open()
    page.$("#send").click()
    expect(page.json).toHaveLength(1)
    expect(page.names).not.toContain("error")
  },
)

test("switching tabs while a retry is pending leaves one socket and no timer", async () => {
  using page = await open(`hx-config="ws.reconnectDelay:3s"`)
  page.socket.drop()
  page.visibility(true)
  page.visibility(false)
  expect(page.dials).toHaveLength(2)
  page.socket.open()
  page.clock.advance(4_000)
  expect(page.dials).toHaveLength(2)
  expect(page.live).toHaveLength(1)
})

test("a retry after a return to the tab has the same policy, event and limit", async () => {
  using page = await open(`hx-config="ws.reconnectMaxAttempts:1"`)
  page.visibility(true)
  page.socket.end(4001)
  page.visibility(false)
  expect(page.take()).toEqual(["close #chat", "before:connection #chat"])
  page.socket.drop()
  page.clock.advance(1_000)
  page.socket.drop()
  expect(page.names.at(-1)).toBe("failed")
  page.visibility(true)
  page.visibility(false)
  expect(page.live).toEqual([])
})

test("a page of htmx 2 and the frames of its server work on htmx 4", async () => {
  using page = await openPage4({
    body: `<div id="chat" ws-connect="/chat"><div id="n"></div><form id="form" ws-send><input name="text" value="hi"></form></div>`,
  })
  page.socket.open()
  page.socket.message(`<div id="n">hello</div>`)
  await microtasks()
  expect(page.$("#n").textContent).toBe("hello")
  page.$<HTMLFormElement>("#form").requestSubmit()
  expect(page.json).toMatchObject([{ text: "hi", HEADERS: { "HX-Request": "true" } }])
})

test("a promise that never settles in before:message:incoming fails its own frame, and not those behind it", async () => {
  using page = await open(`hx-config="ws.waitTimeout:2s" hx-swap="beforeend"`)
  let first = true
  page.on("before:message:incoming", ({ detail }) => {
    if (first) detail.waitUntil(new Promise(() => {}))
    first = false
  })
  for (const text of ["one", "two"]) page.socket.message(text)
  await microtasks()
  page.clock.advance(1_999)
  await microtasks()
  expect(page.names).not.toContain("error")
  page.clock.advance(1)
  await microtasks()
  expect(page.last("error").error).toMatchObject({
    message: expect.stringContaining("did not settle within 2000 ms"),
  })
  expect(page.$("#chat").textContent).toBe("xtwo")
})

test("a message that a listener delays lets others go first after waitTimeout, and follows when its promise settles", async () => {
  using page = await open(
    `hx-config="ws.waitTimeout:2s"`,
    `<button id="one" name="n" value="1" hx-ws:send>x</button><button id="two" name="n" value="2" hx-ws:send>x</button>`,
  )
  let settle = (): void => {}
  page.on("before:message:outgoing", ({ detail, target }) => {
    if ((target as Element).id === "one") detail.waitUntil(new Promise<void>((resolve) => (settle = resolve)))
  })
  page.$("#one").click()
  page.$("#two").click()
  page.clock.advance(1_999)
  await microtasks()
  expect(page.json).toEqual([])
  page.clock.advance(1)
  await microtasks()
  expect(page.json.map(({ n }) => n)).toEqual(["2"])
  page.clock.advance(60_000)
  settle()
  await microtasks()
  expect(page.json.map(({ n }) => n)).toEqual(["2", "1"])
  expect([page.names.includes("error"), page.console, page.clock.pending]).toEqual([false, [], 0])
})

test("a URL that cannot be dialled is a failed attempt, and the rest of the page goes on", async () => {
  const bad = `<p id="bad" hx-ws:connect="ws://h:99999/x" hx-config="ws.reconnectMaxAttempts:1">${sender.replaceAll("send", "lost").replace("ws:lost", "ws:send")}</p>`
  using page = await openPage4({ body: bad + chat() })
  expect(page.dials).toEqual([["ws://page.test:8080/chat", undefined]])
  expect(page.take()).toEqual([
    "before:connection #bad",
    "error #bad",
    "reconnecting #bad",
    "before:connection #chat",
  ])
  page.$("#lost").click()
  page.clock.advance(1_000)
  expect(page.take()).toEqual([
    "before:message:outgoing #lost",
    "before:connection #bad",
    "error #bad",
    "failed #bad",
    "error #lost",
    "message:dropped #lost",
  ])
  page.$("#lost").click()
  expect(page.last("error").error).toBe("Connection not open")
})

test("the last failed retry has an event, and so has every waiting message", async () => {
  using page = await open(`hx-config="ws.reconnectMaxAttempts:2"`)
  page.socket.drop()
  page.$("#send").click()
  page.$("#send").click()
  for (let retry = 0; retry < 2; retry++) {
    page.clock.advance(2_000)
    page.socket.drop()
  }
  expect(page.last("failed")).toMatchObject({ attempts: 2, code: 1006 })
  expect(page.all("message:dropped").map(({ detail }) => detail.reason)).toEqual(["closed", "closed"])
  expect(page.last("message:dropped").message.values).toEqual({ a: "1" })
})

test("a connection that the server has closed for good can be started again", async () => {
  using page = await open()
  const connection = page.connectionOf("#chat")
  page.socket.end(1000)
  expect(page.connectionOf("#chat")).toBeUndefined()
  connection?.reconnect()
  expect(page.dials).toHaveLength(2)
  page.socket.open()
  page.socket.end(1000)
  page.htmx.process(page.$("#chat"), true)
  expect(page.dials).toHaveLength(3)
})

test("before:connection is dispatched at the dial, and not when the retry is scheduled", async () => {
  using page = await open(`hx-config="ws.reconnectDelay:2s ws.reconnectJitter:0"`)
  page.socket.drop()
  expect(page.take()).toEqual(["close #chat", "reconnecting #chat"])
  page.clock.advance(1_999)
  expect(page.take()).toEqual([])
  page.clock.advance(1)
  expect(page.take()).toEqual(["before:connection #chat"])
  expect(page.dials).toHaveLength(2)
})

test.for([
  ["?room=1", "ws://page.test:8080/chat/room1?room=1"],
  ["../ws?x#f", "ws://page.test:8080/ws?x"],
  ["WSS://x/y", "WSS://x/y"],
  ["https://x/y", "wss://x/y"],
  ["//x/y", "ws://x/y"],
  ["ws:/y", "ws://page.test:8080/y"],
] as const)("at /chat/room1, %s means %s", async ([source, url]) => {
  using page = await openPage4({
    url: "http://page.test:8080/chat/room1",
    body: `<p id="chat" hx-ws:connect="${source}"></p>`,
  })
  expect(page.dials[0]?.[0]).toBe(url)
  expect(page.connectionOf("#chat")?.url).toBe(url)
})

test("a form that is not valid is not sent, whatever triggers it", async () => {
  using page = await open(
    "",
    `<form id="form" hx-ws:send hx-trigger="click from:#go"><input name="text" required></form><b id="go"></b>`,
  )
  page.$("#go").click()
  expect([page.socket.sent, page.take()]).toEqual([[], []])
})

test("an element that asks for no validation sends invalid values", async () => {
  using page = await open("", `<form novalidate><input name="text" required>${sender}</form>`)
  page.$("#send").click()
  expect(page.json).toMatchObject([{ text: "" }])
})

test("a tab that is hidden while connecting has no socket until it is shown", async () => {
  using page = await openPage4({ body: chat() })
  page.visibility(true)
  expect(page.live).toEqual([])
  page.clock.advance(60_000)
  expect(page.dials).toHaveLength(1)
  page.visibility(false)
  expect(page.live).toHaveLength(1)
})

test("the backoff goes on for a server that accepts and closes at once", async () => {
  using page = await open()
  for (let elapsed = 0; elapsed < 60_000; elapsed += 100) {
    if (page.live.length > 0) page.socket.open().end(1013)
    page.clock.advance(100)
  }
  expect(page.dials.length).toBeLessThan(12)
})

test("an element that a script removes closes its socket", async () => {
  using page = await open()
  page.$("#chat").remove()
  await microtasks()
  expect(page.live).toEqual([])
  expect(page.take()).toEqual(["close #chat"])
})

test("an unanswered handshake is a failed attempt", async () => {
  using page = await openPage4({ body: chat() })
  page.clock.advance(15_000)
  expect(page.take()).toEqual(["before:connection #chat", "error #chat", "close #chat", "reconnecting #chat"])
  expect(page.last).toBeDefined()
  page.clock.advance(1_000)
  expect(page.dials).toHaveLength(2)
})

test("an element in a shadow tree sends to the connection around its host", async () => {
  using page = await open("", `<p id="host"></p>`)
  const shadow = page.$("#host").attachShadow({ mode: "open" })
  shadow.innerHTML = `<button hx-ws:send name="a" value="1">x</button>`
  page.htmx.process(shadow)
  shadow.querySelector("button")?.click()
  expect(page.json).toMatchObject([{ a: "1" }])
  expect(page.take()).toEqual(["before:message:outgoing button", "after:message:outgoing button"])
})

test("a message that the socket refuses goes on waiting", async () => {
  using page = await openPage4({ body: chat() })
  page.$("#send").click()
  const { send } = page.socket
  page.socket.send = () => {
    throw new Error("no")
  }
  page.socket.open()
  expect(page.connectionOf("#chat")?.queue).toHaveLength(1)
  expect(page.names.at(-1)).toBe("error")
  page.socket.send = send
  page.socket.drop()
  page.clock.advance(1_000)
  page.socket.open()
  expect(page.json).toHaveLength(1)
})

test("a full queue is an error, with the message that it drops", async () => {
  using page = await openPage4({ body: chat(`hx-config="ws.maxOutgoingMessagesQueueSize:1"`) })
  page.$("#send").click()
  page.take()
  page.$("#send").click()
  expect(page.log.map(({ name, detail }) => [name, detail.error, detail.reason])).toEqual([
    ["before:message:outgoing", undefined, undefined],
    ["error", "Outgoing messages queue is full", undefined],
    ["message:dropped", undefined, "overflow"],
  ])
  expect(page.last("message:dropped").message.values).toEqual({ a: "1" })
  expect(page.connectionOf("#chat")?.queue).toHaveLength(1)
})
