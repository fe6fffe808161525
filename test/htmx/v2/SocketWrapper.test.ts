import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { SocketWrapper } from "../../../src/htmx/v2/extension.ts"
import { parts } from "../../setup/parts.ts"
import { onBoth, shared } from "../kit/onBoth.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

const messages = ({ queue }: SocketWrapper) => queue.map(({ message }) => message)

onBoth((open) => {
  describe("the socketWrapper", () => {
    test("is one object for the life of the connection, the same in every event", async () => {
      using page = await open({ body })
      page.submit("#f")
      page.socket.open().message("<i></i>")
      page.submit("#f")
      page.socket.drop()
      page.wrapper().reconnect()
      page.socket.drop()
      const wrappers = new Set(page.ws.map(({ detail }) => detail.socketWrapper).filter(Boolean))
      expect(wrappers.size).toBe(1)
      expect(new Set(page.ws.map(({ name }) => name)).size).toBe(11)
      expect(page.ws.filter(({ detail }) => !detail.socketWrapper).map(({ name }) => name)).toEqual([])
    })

    test("has functions that need no `this`", async () => {
      using page = await open({ body })
      const { close, reconnect, send, sendImmediately } = page.wrapper()
      page.socket.open()
      send("one")
      sendImmediately("two")
      expect(page.socket.sent).toEqual(["one", "two"])
      reconnect()
      expect(page.sockets).toHaveLength(2)
      close()
      expect(page.live).toHaveLength(0)
    })

    test("dispatches wsBeforeSend and wsAfterSend on the given element, and no events without one", async () => {
      using page = await open({ body: `${body}<b id="elsewhere"></b>` })
      page.socket.open()
      page.forget()
      page.wrapper().send("one")
      expect(page.events).toEqual([])
      page.wrapper().send("two", page.$("#elsewhere"))
      expect(page.events).toEqual(["wsBeforeSend #elsewhere", "wsAfterSend #elsewhere"])
      expect(page.last("wsAfterSend").message).toBe("two")
    })

    test.each<[string, unknown]>([
      ["null", null],
      ["false", false],
      ["an empty string", ""],
      ["0", 0],
      ["a selector that finds nothing", "#nobody"],
      ["what is no selector", "##"],
      ["an object without dispatchEvent", { id: "f" }],
    ])("treats %s as no sender: the message is sent, and those that follow", async (_, sender) => {
      using page = await open({ body })
      const from = sender as null
      page.wrapper().send("one", from)
      page.wrapper().queue.push({ message: "two", sendElt: from })
      page.forget()
      page.socket.open()
      page.wrapper().send("three", from)
      page.wrapper().sendImmediately("four", from)
      page.wrapper().send("five")
      expect(page.socket.sent).toEqual(["one", "two", "three", "four", "five"])
      expect([page.events, page.console]).toEqual([["wsOpen #c"], []])
    })

    test.each<[string, string]>([
      ["a selector that finds an element", "#f"],
      ["the document", "#document"],
      ["the window", "window"],
    ])("treats %s as a sender, as htmx does", async (_, name) => {
      using page = await open({ body })
      const sender = { "#document": page.document, window: page.window }[name] ?? name
      const heard: Array<string> = []
      page.window.addEventListener("htmx:wsAfterSend", ({ target }) =>
        heard.push(target === page.$("#f") ? "#f" : target === page.document ? "#document" : "window"),
      )
      page.wrapper().send("one", sender as string)
      page.socket.open()
      page.wrapper().send("two", sender as string)
      expect([page.socket.sent, heard]).toEqual([
        ["one", "two"],
        [name, name],
      ])
    })

    test("goes on after an invalid message, which is an error, and is not sent", async () => {
      using page = await open({ body })
      const { queue } = page.wrapper()
      const strange = [null, "text", {}, { message: { a: 1 }, sendElt: page.$("#f") }, { message: null }]
      for (const item of strange) queue.push(item as never)
      page.wrapper().send("after")
      page.socket.open()
      expect(page.socket.sent).toEqual(["after"])
      expect(page.all("wsError").map(({ on }) => on.id)).toEqual(["c", "c", "c", "f", "c"])
      expect(page.console.join()).not.toContain("uncaught")
    })

    test("drops an invalid message like any other, if there is no room", async () => {
      using page = await open({
        body,
        head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 1}}'>`,
      })
      page.wrapper().send("one", null)
      page.wrapper().send("two", null)
      page.wrapper().send("three", "#f")
      expect(page.all("wsDropped").map(({ detail, on }) => [on.id, detail.message])).toEqual([
        ["c", "two"],
        ["f", "three"],
      ])
    })

    test("has the state of the connection", async () => {
      using page = await open({ body })
      const wrapper = page.wrapper()
      const seen = [wrapper.state]
      page.socket.open()
      seen.push(wrapper.state)
      page.socket.drop()
      seen.push(wrapper.state)
      page.$("#c").remove()
      await Promise.resolve()
      seen.push(wrapper.state)
      expect(seen).toEqual(["connecting", "open", "reconnecting", "closed"])
    })
  })

  describe("the queue", () => {
    const opened = shared(() => open())
    test("is an array of the waiting messages, with their senders", async () => {
      using page = await open({ body })
      const { queue } = page.wrapper()
      page.wrapper().send("one", page.$("#f"))
      page.wrapper().send("two")
      expect(Array.isArray(queue)).toBe(true)
      expect(queue.length).toBe(2)
      expect(queue[0]).toMatchObject({ message: "one", sendElt: page.$("#f") })
      expect(queue.at(-1)?.message).toBe("two")
      expect([...queue].map(({ message }) => message)).toEqual(["one", "two"])
      expect(JSON.stringify(queue.slice(1))).toBe(`[{"message":"two"}]`)
      expect([0 in queue, 2 in queue, Object.keys(queue)]).toEqual([true, false, ["0", "1"]])
      const indexes: Array<string> = []
      for (const index in queue) indexes.push(index)
      expect(indexes).toEqual(["0", "1"])
      page.socket.open()
      expect([queue.length, queue[0], [...queue]]).toEqual([0, undefined, []])
    })

    test.each<[string, (queue: SocketWrapper["queue"]) => void, Array<string>]>([
      ["length = 0", (queue) => void Object.assign(queue, { length: 0 }), []],
      ["length = 1", (queue) => void Object.assign(queue, { length: 1 }), ["one"]],
      ["shift()", (queue) => void queue.shift(), ["two", "three"]],
      ["pop()", (queue) => void queue.pop(), ["one", "two"]],
      ["splice(1, 1)", (queue) => void queue.splice(1, 1), ["one", "three"]],
      ["splice(0)", (queue) => void queue.splice(0), []],
      ["splice(0, 1, item)", (queue) => void queue.splice(0, 1, { message: "new" }), ["new", "two", "three"]],
      ["push(item)", (queue) => void queue.push({ message: "new" }), ["one", "two", "three", "new"]],
      ["unshift(item)", (queue) => void queue.unshift({ message: "new" }), ["new", "one", "two", "three"]],
      ["reverse()", (queue) => void queue.reverse(), ["three", "two", "one"]],
      [
        "sort()",
        (queue) => void queue.sort((a, b) => (String(a.message) < String(b.message) ? -1 : 1)),
        ["one", "three", "two"],
      ],
      ["an index", (queue) => void Object.assign(queue, { 1: { message: "new" } }), ["one", "new", "three"]],
      [
        "an index at the end",
        (queue) => void Object.assign(queue, { 3: { message: "new" } }),
        ["one", "two", "three", "new"],
      ],
    ])("%s changes which messages are sent", (_, change, left) => {
      const page = opened()
      page.add(body)
      const wrapper = page.wrapper()
      for (const message of ["one", "two", "three"]) wrapper.send(message)
      change(wrapper.queue)
      expect(messages(wrapper)).toEqual(left)
      page.socket.open()
      expect(page.socket.sent).toEqual(left)
      expect(page.all("wsDropped")).toEqual([])
    })

    test("of an open connection takes a message that is sent with the next one", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().queue.push({ message: "pushed" })
      page.wrapper().send("sent")
      expect(page.socket.sent).toEqual(["pushed", "sent"])
    })

    test("can be emptied by a listener while it is being sent", async () => {
      using page = await open({ body })
      for (const message of ["one", "two", "three"]) page.wrapper().send(message, page.$("#f"))
      page.on("wsAfterSend", ({ detail }) => {
        detail.socketWrapper.queue.length = 0
      })
      page.socket.open()
      expect(page.socket.sent).toEqual(["one"])
    })

    test.each(parts(3))("behaves as a plain array does under any sequence of operations, %s", async () => {
      using page = await open()
      type Op = (array: Array<{ message: string }>) => unknown
      const item = fc.nat(999).map((n) => ({ message: String(n) }))
      const at = fc.integer({ min: -5, max: 8 })
      const op: fc.Arbitrary<Op> = fc.oneof(
        item.map(
          (value): Op =>
            (array) =>
              array.push(value),
        ),
        item.map(
          (value): Op =>
            (array) =>
              array.unshift(value),
        ),
        fc.constant<Op>((array) => array.shift()),
        fc.constant<Op>((array) => array.pop()),
        fc.tuple(at, fc.nat(4), fc.array(item, { maxLength: 3 })).map(
          ([start, count, items]): Op =>
            (array) =>
              array.splice(start, count, ...items),
        ),
        fc.nat(3).map(
          (length): Op =>
            (array) => {
              array.length = Math.min(length, array.length)
            },
        ),
        fc.constant<Op>((array) => array.reverse().length),
        fc.constant<Op>((array) => array.sort((a, b) => Number(a.message) - Number(b.message)).length),
        fc.constant<Op>((array) => array.slice(1)),
        fc.constant<Op>((array) => array.filter(({ message }) => Number(message) % 2)),
        fc.constant<Op>((array) => array.findIndex(({ message }) => message === "1")),
      )
      let used = 0
      fc.assert(
        fc.property(fc.array(op, { maxLength: 12 }), (ops) => {
          const id = `q${++used}`
          const element = page.add(`<div id="${id}" ws-connect="/ws"></div>`)
          const queue = page.wrapper().queue as unknown as Array<{ message: string }>
          const model: Array<{ message: string }> = []
          for (const run of ops) {
            expect(run(queue)).toEqual(run(model))
            expect([...queue]).toEqual(model)
            expect([queue.length, JSON.stringify(queue)]).toEqual([model.length, JSON.stringify(model)])
          }
          page.socket.open()
          expect(page.socket.sent).toEqual(model.map(({ message }) => message))
          page.htmx.remove(element)
        }),
        { numRuns: 20 },
      )
    })
  })
})
