import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks, type Options, type Page, type Window } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

interface FakeEvent {
  readonly data?: unknown
  readonly code?: number
}

/** What people's test set-ups put in the place of a WebSocket: nothing more than they need. */
class Minimal {
  readonly sent: Array<unknown> = []
  readonly added: Array<string> = []
  closes = 0
  readonly #listeners: Array<readonly [string, (event: FakeEvent) => void]> = []

  addEventListener(type: string, listener: (event: FakeEvent) => void): void {
    this.added.push(type)
    this.#listeners.push([type, listener])
  }

  send(data: unknown): void {
    this.sent.push(data)
  }

  close(): void {
    this.closes++
  }

  emit(type: string, event: FakeEvent = {}): void {
    for (const [name, listener] of [...this.#listeners]) if (name === type) listener(event)
  }
}

const giving = (
  socket: (url: string, protocols?: ReadonlyArray<string>) => unknown,
): Pick<Options, "before" | "after"> => {
  const define = ({ htmx }: Window) => {
    Object.assign(htmx, { createWebSocket: socket })
  }
  return { before: define }
}

onBoth((open, htmx) => {
  describe("a minimal stand-in from createWebSocket", () => {
    test("needs only addEventListener, send and close", async () => {
      const fake = new Minimal()
      using page = await open({ body, ...giving(() => fake) })
      expect(page.events).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
      fake.emit("open")
      expect(page.events.at(-1)).toBe("wsOpen #c")
      page.submit("#f")
      fake.emit("message", { data: `<p id="out">hello</p>` })
      expect([fake.sent.length, page.$("#out").textContent, page.console]).toEqual([1, "hello", []])
      fake.emit("close", { code: 1006 })
      expect(page.events.slice(-2)).toEqual(["wsClose #c", "wsReconnecting #c"])
    })

    test("counts as open for sending if it has no readyState, while wsOpen waits for its `open`", async () => {
      const fake = new Minimal()
      using page = await open({ body, ...giving(() => fake) })
      page.submit("#f")
      expect(fake.sent).toHaveLength(1)
      expect(page.events).not.toContain("wsOpen #c")
      page.advance(100_000)
      expect(page.events).not.toContain("wsError #c")
      fake.emit("open")
      expect(page.events.at(-1)).toBe("wsOpen #c")
    })

    test("gets the listener for `message` last", async () => {
      const fake = new Minimal()
      using page = await open({ body, ...giving(() => fake) })
      expect(fake.added.at(-1)).toBe("message")
      expect(new Set(fake.added)).toEqual(new Set(["open", "close", "error", "message"]))
      expect(page.console).toEqual([])
    })

    test("may emit from inside addEventListener", async () => {
      class Eager extends Minimal {
        override addEventListener(type: string, listener: (event: FakeEvent) => void): void {
          super.addEventListener(type, listener)
          if (type === "open") listener({})
          if (type === "message") listener({ data: `<p id="out">eager</p>` })
        }
      }
      using page = await open({ body, ...giving(() => new Eager()) })
      expect(page.events).toContain("wsOpen #c")
      expect(page.$("#out").textContent).toBe("eager")
      expect(page.console).toEqual([])
    })

    test("may be the same object for each dial: its events are handled once", async () => {
      const fake = new Minimal()
      using page = await open({ body, ...giving(() => fake) })
      fake.emit("open")
      page.wrapper().reconnect()
      page.forget()
      fake.emit("open")
      fake.emit("message", { data: `<p id="out">once</p>` })
      expect(page.events).toEqual(["wsOpen #c", "wsBeforeMessage #c", "wsAfterMessage #c"])
      fake.emit("close", { code: 1000 })
      expect(page.events.filter((event) => event === "wsClose #c")).toHaveLength(1)
    })

    test("may emit `close` inside close(), and again later", async () => {
      class Sync extends Minimal {
        override close(): void {
          super.close()
          this.emit("close", { code: 1000 })
        }
      }
      const fake = new Sync()
      using page = await open({ body, ...giving(() => fake) })
      fake.emit("open")
      page.wrapper().close()
      fake.emit("close", { code: 1006 })
      expect(page.events.filter((event) => event === "wsClose #c")).toHaveLength(1)
      expect(page.wrapper().state).toBe("closed")
      page.advance(100_000)
      expect(page.events.filter((event) => /Connecting/.test(event))).toHaveLength(1)
    })

    test("that emits `close` inside close() causes one wsClose when its element is removed", async () => {
      class Sync extends Minimal {
        override close(): void {
          super.close()
          this.emit("close", { code: 0 })
        }
      }
      const fake = new Sync()
      using page = await open({ body, ...giving(() => fake) })
      fake.emit("open")
      page.$("#c").remove()
      await microtasks()
      fake.emit("close", { code: 1006 })
      fake.emit("message", { data: "x" })
      page.advance(100_000)
      expect(page.events.filter((event) => !/Config|Connecting/.test(event))).toEqual([
        "wsOpen #c",
        "wsClose #c",
      ])
      expect(fake.closes).toBe(1)
    })

    test("needs no close and no removeEventListener", async () => {
      const listeners: Array<[string, (event: FakeEvent) => void]> = []
      const bare = {
        addEventListener: (...entry: [string, (event: FakeEvent) => void]) => void listeners.push(entry),
      }
      using page = await open({ body, ...giving(() => bare) })
      for (const [type, listener] of listeners) if (type === "open") listener({})
      page.wrapper().close()
      page.wrapper().reconnect()
      page.$("#c").remove()
      await microtasks()
      expect(page.console).toEqual([])
    })

    test("may have a readyState without the constants", async () => {
      const fake = Object.assign(new Minimal(), { readyState: 0 })
      using page = await open({ body, ...giving(() => fake) })
      page.submit("#f")
      expect(fake.sent).toEqual([])
      fake.readyState = 1
      fake.emit("open")
      expect(fake.sent).toHaveLength(1)
    })
  })

  /** A stand-in that calls `onopen()` and its like, and knows listeners for messages only. */
  const withHandlers = () => {
    const messages: Array<(event: object) => void> = []
    const handlers: {
      onopen?: (event?: object) => void
      onclose?: (event?: object) => void
      onerror?: () => void
    } = {}
    return {
      ...handlers,
      sent: [] as Array<unknown>,
      closed: 0,
      addEventListener(type: string, listener: (event: object) => void) {
        if (type === "message") messages.push(listener)
      },
      send(data: unknown) {
        this.sent.push(data)
      },
      close() {
        this.closed++
      },
      message: (data: string) => {
        for (const listener of messages) listener({ data })
      },
    }
  }

  describe("a stand-in that calls onopen and onclose itself", () => {
    test("opens, receives and closes the connection, also with empty events", async () => {
      const fake = withHandlers()
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx, { createWebSocket: () => fake }),
      })
      page.wrapper().queue.push({ message: "waits" } as never)
      fake.onopen?.()
      expect(fake.sent).toEqual(["waits"])
      fake.message(`<p id="out">there</p>`)
      fake.onclose?.({ code: 1006 })
      expect(page.events).toContain("wsOpen #c")
      expect(page.events).toContain("wsAfterMessage #c")
      expect(page.events.slice(-2)).toEqual(["wsClose #c", "wsReconnecting #c"])
    })

    test("keeps the page's own handlers, which are called first, and restores them at the end", async () => {
      const calls: Array<string> = []
      const fake = withHandlers()
      const onopen = () => void calls.push("page")
      fake.onopen = onopen
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx, { createWebSocket: () => fake }),
      })
      page.on("wsOpen", () => calls.push("wsOpen"))
      fake.onopen?.()
      expect(calls).toEqual(["page", "wsOpen"])
      page.$("#c").remove()
      await microtasks()
      expect(fake.onopen).toBe(onopen)
    })

    test("counts once if it calls listeners as well", async () => {
      using page = await open({ body })
      const { socket } = page
      socket.open()
      socket.onopen?.(new page.window.Event("open"))
      expect(page.events.filter((event) => event === "wsOpen #c")).toHaveLength(1)
      // Its listeners and its properties hear of the error.
      socket.fail()
      expect(page.events.filter((event) => event === "wsError #c")).toHaveLength(1)
      expect(page.events.filter((event) => event === "wsClose #c")).toHaveLength(1)
    })
  })

  describe("a socket that reconnects by itself", () => {
    test("is closed when the next dial has returned another", async () => {
      const fakes: Array<ReturnType<typeof withHandlers>> = []
      using page = await open({
        body,
        before: ({ htmx }) => {
          const createWebSocket = () => {
            fakes.push(withHandlers())
            return fakes.at(-1)
          }
          Object.assign(htmx, { createWebSocket })
        },
      })
      fakes[0]?.onopen?.()
      fakes[0]?.onclose?.({ code: 1006 })
      expect(fakes[0]?.closed).toBe(0)
      page.wrapper().reconnect()
      expect(fakes.map(({ closed }) => closed)).toEqual([1, 0])
    })

    test("stays open if the next dial returns it again", async () => {
      const fake = withHandlers()
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx, { createWebSocket: () => fake }),
      })
      fake.onopen?.()
      fake.onclose?.({ code: 1006 })
      page.wrapper().reconnect()
      fake.onopen?.()
      expect([fake.closed, page.wrapper().state]).toEqual([0, "open"])
    })

    test.for([
      ["after a final close", (page: Page) => page.wrapper().close()],
      ["when its element leaves", (page: Page) => page.$("#c").remove()],
    ] as const)("is closed %s", async ([, leave]) => {
      const fake = withHandlers()
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx, { createWebSocket: () => fake }),
      })
      fake.onopen?.()
      fake.onclose?.({ code: 1006 })
      leave(page)
      await microtasks()
      expect(fake.closed).toBe(1)
    })

    test("is closed after a close code that is final", async () => {
      const fake = withHandlers()
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx, { createWebSocket: () => fake }),
      })
      fake.onopen?.()
      fake.onclose?.({ code: 4000 })
      expect([fake.closed, page.wrapper().state]).toEqual([1, "closed"])
    })
  })

  describe("a socket that the page closes itself", () => {
    test.for([
      ["while it is open", (page: Page) => void page.socket.open()],
      ["while it is connecting", () => {}],
    ] as const)("%s stays closed, whatever the close code", async ([, arrive]) => {
      using page = await open({ body })
      arrive(page)
      page.socket.close()
      page.socket.answerClose()
      expect(page.events.at(-1)).toBe("wsClose #c")
      page.advance(100_000)
      expect([page.wrapper().state, page.sockets.length]).toEqual(["closed", 1])
      page.wrapper().reconnect()
      expect(page.wrapper().state).toBe("connecting")
    })

    test("in wsOpen, or before a message, writes nothing after that, and keeps waiting messages", async () => {
      using page = await open({ body })
      page.wrapper().send("waits")
      page.on("wsOpen", () => page.socket.close(4000))
      page.socket.open()
      expect([page.socket.sent, page.socket.closeCalls]).toEqual([[], [[4000]]])
      page.socket.answerClose()
      expect([page.wrapper().state, page.wrapper().queue.length]).toEqual(["closed", 1])
    })

    test("a server's close without a code is retried", async () => {
      using page = await open({ body })
      page.socket.open().end(1005)
      expect(page.events.at(-1)).toBe("wsReconnecting #c")
    })

    test("that two elements share closes for both", async () => {
      let shared: object | undefined
      using page = await open({
        body: `<div id="c" ws-connect="/ws"></div><div id="d" ws-connect="/ws"></div>`,
        before: (window) => {
          Object.assign(window.htmx, {
            createWebSocket: (url: string) => (shared ??= new window.WebSocket(url)),
          })
        },
      })
      page.socket.open()
      page.socket.close()
      page.socket.answerClose()
      expect(page.events.filter((event) => event.startsWith("wsClose"))).toEqual(["wsClose #c", "wsClose #d"])
      expect(page.events.filter((event) => event.startsWith("wsReconnecting"))).toEqual([])
    })
  })

  describe("a socket that createWebSocket returns", () => {
    test("already open: wsOpen follows wsConnecting at once", async () => {
      const fake = Object.assign(new Minimal(), { readyState: 1 })
      using page = await open({ body, ...giving(() => fake) })
      expect(page.events).toEqual(["wsConfigConnect #c", "wsConnecting #c", "wsOpen #c"])
      expect(page.last("wsOpen").event).toMatchObject({ type: "open" })
      page.submit("#f")
      expect(fake.sent).toHaveLength(1)
    })

    test.each([2, 3])(
      "already closed (readyState %d): a failed attempt, which is retried",
      async (readyState) => {
        const fakes = [
          Object.assign(new Minimal(), { readyState }),
          Object.assign(new Minimal(), { readyState: 1 }),
        ]
        using page = await open({ body, ...giving(() => fakes.shift()) })
        expect(page.events).toContain("wsReconnecting #c")
        page.advance(1000)
        expect(page.events.at(-1)).toBe("wsOpen #c")
      },
    )

    test.each([
      ["nothing", undefined],
      ["null", null],
      ["a promise", Promise.resolve()],
      ["a string", "socket"],
    ])("as %s is a failed attempt, reported in a sentence", async (_, value) => {
      using page = await open({ body, ...giving(() => value) })
      expect(page.events).toEqual(["wsConfigConnect #c", "wsError #c", "wsReconnecting #c"])
      expect(page.console).toHaveLength(1)
    })

    test("keeps the binaryType that the page has set, unless the setting is given", async () => {
      for (const [head, expected] of [
        ["", "arraybuffer"],
        [`<meta name="htmx-config" content='{"ws": {"binaryType": "blob"}}'>`, "blob"],
      ] as const) {
        const fake = Object.assign(new Minimal(), { binaryType: "arraybuffer" })
        using page = await open({ head, body, ...giving(() => fake) })
        expect([fake.binaryType, page.console]).toEqual([expected, []])
      }
    })

    test("is created with the URL, and with protocols if there are any", async () => {
      const calls: Array<ReadonlyArray<unknown>> = []
      const create = (...args: ReadonlyArray<unknown>) => {
        calls.push(args)
        return new Minimal()
      }
      using page = await open({
        body: `<i ws-connect="/a"></i><i ws-connect="/b" ws-config='{"protocols": ["p"]}'></i>`,
        before: ({ htmx: { config } }) => void config,
        after: ({ htmx }) => {
          Object.assign(htmx, { createWebSocket: create })
        },
      })
      expect(calls).toEqual([["ws://page.test:8080/a"], ["ws://page.test:8080/b", ["p"]]])
      expect(page.console).toEqual([])
    })
  })

  describe("the hook is looked up at each dial", () => {
    test("createWebSocket, also when it is replaced later", async () => {
      using page = await open({ body })
      const fake = new Minimal()
      page.htmx.createWebSocket = () => fake
      page.wrapper().reconnect()
      fake.emit("open")
      expect([page.sockets.length, page.events.at(-1)]).toEqual([1, "wsOpen #c"])
    })

    test("WebSocket, also when it is replaced later", async () => {
      using page = await open({ body })
      const urls: Array<string> = []
      Object.assign(page.window, {
        WebSocket: class extends Minimal {
          constructor(url: string) {
            super()
            urls.push(url)
          }
        },
      })
      page.wrapper().reconnect()
      expect(urls).toEqual(["ws://page.test:8080/ws"])
    })

    test("that throws fails the attempt, and no other connection of the page", async () => {
      let fail = true
      using page = await open({
        body: `${body}<div id="d" ws-connect="/two"></div>`,
        ...giving((url) => {
          if (fail && url.endsWith("/ws")) throw new Error("no token")
          return new Minimal()
        }),
      })
      expect(page.events).toEqual([
        "wsConfigConnect #c",
        "wsError #c",
        "wsReconnecting #c",
        "wsConfigConnect #d",
        "wsConnecting #d",
      ])
      fail = false
      page.advance(1000)
      expect(page.events.slice(-2)).toEqual(["wsConfigConnect #c", "wsConnecting #c"])
    })

    test("that throws once on a retry does not end the retries", async () => {
      let calls = 0
      using page = await open({
        body,
        ...giving(() => {
          if (++calls === 2) throw new Error("once")
          return new Minimal()
        }),
      })
      page.wrapper().reconnect()
      page.advance(1000)
      expect([calls, page.events.at(-1)]).toEqual([3, "wsConnecting #c"])
    })
  })

  describe("what we define", () => {
    test(`createWebSocket is there after loading, and is ${htmx === "1.9" ? "htmx's own" : "ours"}`, async () => {
      let before: unknown
      using page = await open({
        before: ({ htmx }) => {
          before = htmx.createWebSocket
        },
      })
      expect(page.htmx.createWebSocket).toBeTypeOf("function")
      if (htmx === "1.9") expect(page.htmx.createWebSocket).toBe(before)
      else expect(before).toBeUndefined()
    })

    test("a createWebSocket that was there is left alone", async () => {
      const own = () => new Minimal()
      using page = await open(giving(own))
      expect(page.htmx.createWebSocket).toBe(own)
    })

    test.each([
      [undefined, "blob"],
      ["arraybuffer", "arraybuffer"],
    ])("htmx.config.wsBinaryType=%j makes the socket's %s", async (wsBinaryType, expected) => {
      using page = await open({
        body,
        before: ({ htmx: { config } }) =>
          void (wsBinaryType === undefined || Object.assign(config, { wsBinaryType })),
      })
      expect(page.socket.binaryType).toBe(expected)
    })

    test("the setting binaryType overrides htmx.config.wsBinaryType", async () => {
      using page = await open({
        body: `<div ws-connect="/ws" ws-config="binaryType:arraybuffer"></div>`,
        before: ({ htmx: { config } }) => void Object.assign(config, { wsBinaryType: "blob" }),
      })
      expect(page.socket.binaryType).toBe("arraybuffer")
    })

    test("protocols reach the socket, although htmx 1.9's createWebSocket takes none", async () => {
      using page = await open({ body: `<div ws-connect="/ws" ws-config='{"protocols": "a b"}'></div>` })
      expect(page.dials).toEqual([["ws://page.test:8080/ws", ["a", "b"]]])
    })

    test("protocols that a browser refuses are an invalid setting, and a failed attempt if a listener sets them", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws" ws-config='{"protocols": ["a", "a"]}'></div>`,
      })
      expect(page.dials).toEqual([["ws://page.test:8080/ws", []]])
      page.on("wsConfigConnect", ({ detail }) => Object.assign(detail, { protocols: ["a", "a"] }))
      page.forget()
      page.wrapper().reconnect()
      expect(page.events).toEqual(["wsConfigConnect #c", "wsError #c", "wsReconnecting #c"])
    })
  })

  describe("one socket for two elements, of a minimal kind,", () => {
    test("is closed once, when the last of them has left", async () => {
      const fake = new Minimal()
      using page = await open({
        body: `<i id="a" ws-connect="/a"></i><i id="b" ws-connect="/b"></i>`,
        ...giving(() => fake),
      })
      fake.emit("open")
      page.$("#a").remove()
      await microtasks()
      expect(fake.closes).toBe(0)
      page.forget()
      fake.emit("message", { data: "x" })
      expect(page.events).toEqual(["wsBeforeMessage #b", "wsAfterMessage #b"])
      page.$("#b").remove()
      await microtasks()
      expect(fake.closes).toBe(1)
    })
  })
})
