/** `connection.send`: what programs send through an element on htmx 4. */
import { expect, test } from "vitest"
import { microtasks, openPage4 } from "../kit/openPage4.ts"

const body = `<div id="c" hx-ws:connect="/ws"></div>`

const open = async (connect = "hx-ws:connect", head = "") => {
  const page = await openPage4({ body: body.replace("hx-ws:connect", connect), head })
  const connection = page.connectionOf("#c")
  if (connection === undefined) throw new Error("the element is not connected")
  return { page, connection }
}

test("data is written in the turn of the call, and the element has the events of a message", async () => {
  const { page, connection } = await open()
  using _ = page
  page.socket.open()
  page.take()
  const message = { data: "one" }
  const accepted = connection.send(message)
  expect(page.socket.sent).toEqual(["one"])
  expect(page.take()).toEqual(["before:message:outgoing #c", "after:message:outgoing #c"])
  expect(await accepted).toBe(true)
})

test("a message is the same object from before to after, with all of its fields", async () => {
  const { page, connection } = await open()
  using _ = page
  const message = { data: "one" }
  void connection.send(message)
  page.socket.open()
  const seen = page.log.flatMap(({ detail }) => detail.message ?? [])
  expect(seen).toHaveLength(2)
  expect(seen.every((one: object) => one === message)).toBe(true)
  expect(message).toEqual({ data: "one", values: {}, headers: {} })
})

test("values and headers are sent in the message format of the element", async () => {
  for (const [connect, json] of [
    ["hx-ws:connect", { a: 1, headers: { X: "y" } }],
    ["ws-connect", { a: 1, HEADERS: { X: "y" } }],
  ] as const) {
    const { page, connection } = await open(connect)
    using _ = page
    page.socket.open()
    await connection.send({ values: { a: 1 }, headers: { X: "y" } })
    expect(page.socket.json).toEqual([json])
  }
})

test("a message that a listener refuses, at once or later, is not accepted; the next one is", async () => {
  const { page, connection } = await open()
  using _ = page
  page.socket.open()
  page.on("before:message:outgoing", (event) => {
    const { detail } = event
    if (detail.message.data === "at once") event.preventDefault()
    if (detail.message.data === "fails") detail.waitUntil(Promise.reject(new Error("no")))
    if (detail.message.data === "later") {
      const refuse = () => {
        detail.cancelled = true
      }
      detail.waitUntil(Promise.resolve().then(refuse))
    }
  })
  const texts = ["at once", "fails", "later", "yes"]
  const accepted = await Promise.all(texts.map((data) => connection.send({ data })))
  expect(accepted).toEqual([false, false, false, true])
  expect(page.socket.sent).toEqual(["yes"])
})

test("an invalid message has ws:error, and is not accepted", async () => {
  const { page, connection } = await open()
  using _ = page
  page.socket.open()
  expect(await connection.send({ data: { a: 1 } as never })).toBe(false)
  expect(String(page.last("error").error)).toContain("sent nothing")
  expect(page.socket.sent).toEqual([])
})

test("a message that a listener delays when the element leaves is dropped, and not accepted", async () => {
  const { page, connection } = await open()
  using _ = page
  page.socket.open()
  page.on("before:message:outgoing", ({ detail }) => detail.waitUntil(new Promise(() => {})))
  const accepted = Promise.all([connection.send({ data: "one" }), connection.send({ data: "two" })])
  page.$("#c").remove()
  await microtasks()
  expect(await accepted).toEqual([false, false])
  expect(page.all("message:dropped").map(({ detail }) => detail.reason)).toEqual(["closed", "closed"])
})
