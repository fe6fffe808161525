import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parts } from "../../../setup/parts.ts"
import { onBoth } from "../../kit/onBoth.ts"
import { type Detail, microtasks, type Page } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input id="i" name="n" value="form"></form><p id="out"></p></div>`

const waitUntil = (detail: Detail, promise: unknown): void =>
  (detail.waitUntil as (promise: unknown) => void)(promise)

onBoth((open) => {
  describe("in the same turn", () => {
    test("htmx.process dials", async () => {
      using page = await open()
      const element = page.document.createElement("div")
      element.setAttribute("ws-connect", "/now")
      page.document.body.append(element)
      page.htmx.process(element)
      expect(page.dials).toEqual([["ws://page.test:8080/now", []]])
      expect(page.events).toEqual(["wsConfigConnect div", "wsConnecting div"])
    })

    test("send writes to an open socket", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().send("one")
      expect(page.socket.sent).toEqual(["one"])
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(2)
    })

    test("a frame is swapped", async () => {
      using page = await open({ body })
      page.socket.open()
      page.socket.message(`<p id="out">now</p>`)
      expect(page.$("#out").textContent).toBe("now")
      expect(page.events.slice(-2)).toEqual(["wsBeforeMessage #c", "wsAfterMessage #c"])
    })

    test("open drains what waits", async () => {
      using page = await open({ body })
      page.submit("#f")
      page.socket.open()
      expect(page.events.slice(-3)).toEqual(["wsOpen #c", "wsBeforeSend #f", "wsAfterSend #f"])
    })

    test("close, drop and reconnect have their events", async () => {
      using page = await open({ body })
      page.socket.open().drop()
      expect(page.events.slice(-2)).toEqual(["wsClose #c", "wsReconnecting #c"])
      page.wrapper().reconnect()
      expect(page.events.slice(-2)).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
    })

    test("a retry dials when its delay is over", async () => {
      using page = await open({
        body,
        before: ({ htmx }) => {
          htmx.config.wsReconnectDelay = () => 250
        },
      })
      page.socket.open().drop()
      page.advance(249)
      expect(page.sockets).toHaveLength(1)
      page.advance(1)
      expect(page.sockets).toHaveLength(2)
    })
  })

  describe("messages go out in the order in which they were accepted", () => {
    test("but messages of a wsOpen listener go first, on every open", async () => {
      using page = await open({ body })
      page.on("wsOpen", ({ detail }) => {
        detail.socketWrapper.send(`login ${detail.attempt}`)
        page.submit("#f")
      })
      page.wrapper().send("one")
      page.socket.open()
      expect(page.socket.sent.map(String)).toEqual(["login 0", expect.stringContaining("form"), "one"])
      page.socket.drop()
      page.wrapper().send("two")
      page.wrapper().reconnect()
      page.socket.open()
      expect(page.socket.sent.map(String)).toEqual(["login 0", expect.stringContaining("form"), "two"])
    })

    test("a wsOpen listener that needs time holds back waiting messages, but not sendImmediately", async () => {
      using page = await open({ body })
      let finish = () => {}
      page.on("wsOpen", ({ detail }) => {
        waitUntil(detail, new Promise<void>((resolve) => (finish = resolve)))
      })
      page.wrapper().send("one")
      page.socket.open()
      page.wrapper().send("two")
      page.wrapper().sendImmediately("login")
      await microtasks()
      expect(page.socket.sent).toEqual(["login"])
      finish()
      await microtasks()
      expect(page.socket.sent).toEqual(["login", "one", "two"])
    })

    test.for(["rejects", "takes too long"])("a wsOpen listener that %s fails the attempt", async (how) => {
      using page = await open({ body: body.replace("<div", `<div ws-config="waitTimeout:3s"`) })
      page.on("wsOpen", ({ detail }) => {
        waitUntil(detail, how === "rejects" ? Promise.reject(new Error("no token")) : new Promise(() => {}))
      })
      page.wrapper().send("one")
      page.socket.open()
      if (how === "takes too long") page.advance(3000)
      await microtasks()
      expect(page.events.slice(-4)).toEqual(["wsOpen #c", "wsError #c", "wsClose #c", "wsReconnecting #c"])
      expect(page.last("wsReconnecting").attempt).toBe(1)
      const { error } = page.last("wsError")
      expect(error).toHaveProperty(
        "message",
        `waitUntil of htmx:wsOpen ${how === "rejects" ? "rejected: Error: no token" : "did not settle within 3000 ms (waitTimeout)"}`,
      )
      expect([page.socket.sent, page.wrapper().queue.length]).toEqual([[], 1])
    })

    test("also when a listener of wsBeforeSend or wsAfterSend sends", async () => {
      using page = await open({ body })
      const once = new Set<unknown>()
      for (const name of ["wsBeforeSend", "wsAfterSend"]) {
        page.on(name, ({ detail }) => {
          if (once.has(name)) return
          once.add(name)
          detail.socketWrapper.send(name)
        })
      }
      page.wrapper().send("one", page.$("#f"))
      page.wrapper().send("two", page.$("#f"))
      page.socket.open()
      page.wrapper().send("three", page.$("#f"))
      expect(page.socket.sent).toEqual(["one", "two", "wsBeforeSend", "wsAfterSend", "three"])
    })

    test("except those that a script sends immediately", async () => {
      using page = await open({ body })
      page.on("wsOpen", ({ detail }) => detail.socketWrapper.sendImmediately("first"))
      page.wrapper().send("one")
      page.socket.open()
      expect(page.socket.sent).toEqual(["first", "one"])
    })

    test("and across a lost connection", async () => {
      using page = await open({ body })
      page.socket.open().drop()
      page.wrapper().send("one")
      page.wrapper().reconnect()
      page.wrapper().send("two")
      page.socket.open()
      expect(page.socket.sent).toEqual(["one", "two"])
    })
  })

  test("frames are applied in the order of arrival, also those that come while one is applied", async () => {
    using page = await open({ body: `<div id="c" ws-connect="/ws"><ul id="list"></ul></div>` })
    page.socket.open()
    for (let n = 0; n < 20; n++)
      page.socket.message(`<ul id="list" hx-swap-oob="beforeend"><li>${n}</li></ul>`)
    expect(Array.from(page.$("#list").children, ({ textContent }) => Number(textContent))).toEqual([
      ...Array(20).keys(),
    ])
  })

  describe("a message is written only to a socket that is open", () => {
    test("it waits while the socket is closing", async () => {
      using page = await open({ body })
      page.socket.open().readyState = 2
      page.submit("#f")
      page.wrapper().send("two")
      expect([page.socket.sent, page.socket.lost, page.wrapper().queue.length]).toEqual([[], [], 2])
      page.socket.drop()
      page.wrapper().reconnect()
      page.socket.open()
      expect(page.socket.sent).toHaveLength(2)
    })

    test("it waits after close(), for a reconnect()", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().close()
      page.wrapper().send("one")
      page.socket.answerClose()
      page.wrapper().send("two")
      expect(page.socket.lost).toEqual([])
      page.wrapper().reconnect()
      page.socket.open()
      expect(page.socket.sent).toEqual(["one", "two"])
    })

    test("sendImmediately reports that it was not written", async () => {
      using page = await open({ body })
      page.wrapper().sendImmediately("early", page.$("#f"))
      expect(page.events.at(-1)).toBe("wsError #f")
      expect(String(page.last("wsError").error)).toMatch(/not open.*not sent/)
      page.socket.open()
      expect(page.socket.sent).toEqual([])
    })

    test("a message that the socket refuses goes on waiting", async () => {
      using page = await open({ body })
      page.socket.open()
      const { send } = page.socket
      page.socket.send = () => {
        throw new Error("full")
      }
      page.wrapper().send("one")
      expect(String(page.last("wsError").error)).toContain("full")
      expect(page.wrapper().queue.map(({ message }) => message)).toEqual(["one"])
      page.socket.send = send
      page.wrapper().send("two")
      expect(page.socket.sent).toEqual(["one", "two"])
    })
  })

  test("a message that the socket refuses is one error, on its sender", async () => {
    using page = await open({ body })
    page.socket.open()
    page.socket.send = () => {
      throw new Error("full")
    }
    for (const send of ["send", "sendImmediately"] as const) {
      page.forget()
      page.wrapper()[send]("one", page.$("#f"))
      expect(page.events.filter((event) => event.startsWith("wsError"))).toEqual(["wsError #f"])
      expect(String(page.last("wsError").error)).toContain("full")
    }
  })

  describe("a socket that has been replaced causes no events", () => {
    const replaced = async (): Promise<Page> => {
      const page = await open({ body })
      page.socket.open()
      page.forget()
      page.wrapper().reconnect()
      return page
    }

    test("reconnect() on an open socket closes it, and only the new one has events", async () => {
      using page = await replaced()
      expect(page.events).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
      expect(page.sockets.map(({ isLive }) => isLive)).toEqual([false, true])
      page.socketAt(0).message(`<p id="out">old</p>`)
      page.socketAt(0).answerClose()
      expect(page.events).toHaveLength(2)
      expect(page.$("#out").textContent).toBe("")
      page.socket.open()
      expect(page.events.at(-1)).toBe("wsOpen #c")
    })

    test("also if it fails late, or opens late", async () => {
      using page = await open({ body })
      page.wrapper().reconnect()
      page.forget()
      page.socketAt(0).open()
      page.socketAt(0).drop()
      page.socketAt(0).fail()
      page.advance(100_000)
      expect(
        page.events.filter((event) => event !== "wsError #c" && !/Connect|Close|Reconnecting/.test(event)),
      ).toEqual([])
      expect(page.socketAt(0).sent).toEqual([])
    })

    test("reconnect() again and again leaves one socket", async () => {
      using page = await open({ body })
      for (let times = 0; times < 5; times++) page.wrapper().reconnect()
      expect([page.sockets.length, page.live.length]).toEqual([6, 1])
      page.forget()
      for (const socket of page.sockets) socket.open()
      expect(page.events).toEqual(["wsOpen #c"])
    })

    test("reconnect() cancels a pending retry", async () => {
      using page = await open({ body })
      page.socket.open().drop()
      page.wrapper().reconnect()
      page.socket.open()
      page.advance(100_000)
      expect([page.sockets.length, page.live.length]).toEqual([2, 1])
      expect(page.events.filter((event) => event === "wsClose #c")).toHaveLength(1)
    })
  })

  test.each(parts(5))(
    "every accepted message ends as sent, vetoed, taken out or dropped, once, and in order, %s",
    async () => {
      using page = await open({ head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 3}}'>` })
      page.on("wsBeforeSend", (event) => {
        if (String(event.detail.message).endsWith("veto")) event.preventDefault()
      })
      const operation = fc.oneof(
        { arbitrary: fc.constantFrom("send", "veto"), weight: 4 },
        fc.constantFrom(
          "open",
          "drop",
          "end",
          "closing",
          "frame",
          "reconnect",
          "close",
          "answer",
          "advance",
          "shift",
          "now",
        ),
      )
      let runs = 0
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
          const idle = page.clock.pending
          const run = ++runs
          const element = page.add(`<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`)
          const wrapper = page.wrapper()
          const first = page.sockets.length - 1
          const mine = () => page.sockets.slice(first)
          page.forget()
          const accepted: Array<string> = []
          const taken: Array<string> = []
          const immediate: Array<string> = []
          for (const [index, act] of operations.entries()) {
            const message = `${run}.${index}.${act}`
            const socket = page.socket
            if (act === "send" || act === "veto") {
              accepted.push(message)
              wrapper.send(message, page.$("#f"))
            } else if (act === "open" && socket.readyState === 0) socket.open()
            else if (act === "drop" && socket.readyState !== 3) socket.drop()
            else if (act === "end" && socket.readyState === 1) socket.end(4000)
            else if (act === "closing" && socket.readyState === 1) socket.readyState = 2
            else if (act === "frame" && socket.readyState === 1) socket.message("<i></i>")
            else if (act === "reconnect") wrapper.reconnect()
            else if (act === "close") wrapper.close()
            else if (act === "answer" && socket.readyState === 2) socket.answerClose()
            else if (act === "advance") page.advance(3000)
            else if (act === "shift") {
              const item = wrapper.queue.shift()
              if (item !== undefined) taken.push(String(item.message))
            } else if (act === "now" && wrapper.state === "open" && socket.readyState === 1) {
              immediate.push(message)
              wrapper.sendImmediately(message, page.$("#f"))
            }
            expect(mine().filter(({ isLive }) => isLive).length).toBeLessThanOrEqual(1)
          }
          element.remove()
          await microtasks()

          const messagesOf = (name: string) => page.all(name).map(({ detail }) => String(detail.message))
          const wire = mine().flatMap(({ sent }) => sent.map(String))
          const sent = messagesOf("wsAfterSend")
          const vetoed = messagesOf("wsBeforeSend").filter((message) => message.endsWith("veto"))
          const ends = [...sent, ...vetoed, ...taken, ...messagesOf("wsDropped")]
          expect(ends.toSorted()).toEqual([...accepted, ...immediate].toSorted())
          expect(wire).toEqual(sent)
          expect(mine().flatMap(({ lost }) => lost)).toEqual([])
          const ordered = sent.filter((message) => !message.endsWith("now"))
          expect(ordered).toEqual(accepted.filter((message) => ordered.includes(message)))
          expect([page.live.length, wrapper.queue.length, page.clock.pending <= idle]).toEqual([0, 0, true])
        }),
        { numRuns: 30 },
      )
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    },
  )
})
