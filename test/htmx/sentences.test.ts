/** All sentences of the extension, to be read as one text: on the console, and as messages of errors. */
import { describe, expect, test, vi } from "vitest"
import * as htmx2 from "../../src/htmx/v2/extension.ts"
import * as htmx4 from "../../src/htmx/v4/extension.ts"
import { onBoth } from "./kit/onBoth.ts"
import { microtasks, type Options as Options2, type Page } from "./kit/openPage.ts"
import { type Options as Options4, openPage4, type Page4 } from "./kit/openPage4.ts"

type Row<Options, Page> = readonly [sentence: string, options: Options, act?: (page: Page) => unknown]

/** The console without what htmx, the browser or the kit put in front of a sentence. */
const sentences = (console: ReadonlyArray<string>) =>
  console.map((line) =>
    line
      .replace(/^(?:error|warn): (?:htmx: htmx:ws:error: )?(?:\w*Error: )?/, "")
      .replace(` hx-swap-oob="innerHTML:["`, ""),
  )

const never = new Promise(() => {})
const refusal = Promise.reject(new Error("no token"))
refusal.catch(() => {})

const circular: Record<string, unknown> = {}
circular.self = circular

/** Settings on the page, or on an element. */
const config2 = (ws: object): Partial<Options2> => ({
  before: ({ htmx }) => void Object.assign(htmx.config, { ws }),
  body: `<div id="c" ws-connect="/ws"></div>`,
})

const connected = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

interface Heard {
  waitUntil(promise: unknown): void
  message: { values: object }
}

/** Listens before htmx starts. */
const hearing = (name: string, listener: (detail: Heard) => void, body = connected) => ({
  body,
  after: (window: { readonly document: Document }) =>
    window.document.addEventListener(name, (event) => listener((event as CustomEvent).detail)),
})

const withParameters = (parameters: object): Partial<Options2> =>
  hearing("htmx:wsConfigSend", (detail) => void Object.assign(detail, { parameters }))

const onHtmx2: ReadonlyArray<Row<Partial<Options2>, Page>> = [
  // Dialling
  [
    `"ftp://host/" cannot be dialled: expected a path, or a ws, wss, http or https URL`,
    { body: `<div ws-connect="ftp://host/"></div>` },
  ],
  [
    "ws://other.test/ cannot be dialled: selfOnly allows only page.test:8080",
    { body: `<div ws-connect="ws://other.test/" ws-config="selfOnly:true"></div>` },
  ],
  [
    "ws://page.test:8080/ws cannot be dialled: Error: no socket",
    {
      body: connected,
      before: ({ htmx }) => {
        htmx.createWebSocket = () => {
          throw new Error("no socket")
        }
      },
    },
  ],
  ["ws://page.test:8080/ws could not be opened", { body: connected }, (page) => page.socket.drop()],
  ["ws://page.test:8080/ws broke", { body: connected }, (page) => page.socket.open().fail()],
  [
    "ws://page.test:8080/ws did not open within 15000 ms (connectTimeout)",
    { body: connected },
    (page) => page.advance(15_000),
  ],
  [
    `htmx: [ws] <div id="c" ws-connect="/ws"> still waits to dial: waitUntil of htmx:wsConfigConnect did not settle within 10000 ms (waitTimeout)`,
    hearing("htmx:wsConfigConnect", ({ waitUntil }) => waitUntil(never)),
    (page) => page.advance(10_000),
  ],
  [
    "waitUntil of htmx:wsConfigConnect rejected: Error: no token",
    hearing("htmx:wsConfigConnect", ({ waitUntil }) => waitUntil(refusal)),
  ],
  [
    "waitUntil of htmx:wsOpen did not settle within 10000 ms (waitTimeout)",
    hearing("htmx:wsOpen", ({ waitUntil }) => waitUntil(never)),
    (page) => {
      page.socket.open()
      page.advance(10_000)
    },
  ],
  [
    "waitUntil of htmx:wsOpen rejected: Error: no token",
    hearing("htmx:wsOpen", ({ waitUntil }) => waitUntil(refusal)),
    (page) => page.socket.open(),
  ],
  [
    "the reconnect delay function threw Error: oops",
    config2({
      reconnectDelay: () => {
        throw new Error("oops")
      },
    }),
    (page) => {
      page.socket.open().drop()
    },
  ],
  [
    "the reconnect delay function returned soon instead of milliseconds",
    config2({ reconnectDelay: () => "soon" }),
    (page) => {
      page.socket.open().drop()
    },
  ],
  // Sending
  [
    `<form id="f" ws-send=""> sent nothing: there is no ws-connect around it`,
    { body: `<form id="f" ws-send></form>` },
    (page) => page.submit("#f"),
  ],
  [
    "a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not Object: it was not sent",
    { body: connected },
    (page) => page.wrapper().send({} as never),
  ],
  [
    "the socket is not open: the message was not sent",
    { body: connected },
    (page) => page.wrapper().sendImmediately("x"),
  ],
  [
    "a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not Null: it was not sent",
    { body: connected },
    (page) => {
      page.wrapper().queue.push({ message: null } as never)
      page.socket.open()
    },
  ],
  [
    "the socket refused a message: Error: full",
    { body: connected },
    (page) => {
      page.socket.open()
      page.socket.send = () => {
        throw new Error("full")
      }
      page.wrapper().send("x")
    },
  ],
  [
    `<form id="f" ws-send=""> sent nothing: a is a bigint, which JSON cannot hold`,
    withParameters({ a: 1n }),
    (page) => page.submit("#f"),
  ],
  [
    `<form id="f" ws-send=""> sent nothing: self.self contains itself, which JSON cannot hold`,
    withParameters(circular),
    (page) => page.submit("#f"),
  ],
  [
    `<form id="f" ws-send=""> sent nothing: reading the message throws`,
    withParameters({
      get a() {
        throw new Error("no")
      },
    }),
    (page) => page.submit("#f"),
  ],
  [
    `<form id="f" ws-send=""> sent nothing: a has no JSON (Error: no)`,
    withParameters({
      a: {
        toJSON() {
          throw new Error("no")
        },
      },
    }),
    (page) => page.submit("#f"),
  ],
  // Frames
  [
    "<p>x</p> cannot be swapped: SyntaxError: Invalid selector",
    { body: connected },
    (page) => page.socket.open().message(`<p hx-swap-oob="innerHTML:[">x</p>`),
  ],
  [
    "an extension cannot transform a frame: Error: bad",
    {
      body: connected,
      on: `hx-ext="ws,bad"`,
      before: ({ htmx }) =>
        htmx.defineExtension("bad", {
          transformResponse() {
            throw new Error("bad")
          },
        }),
    },
    (page) => page.socket.open().message("<p id='c'></p>"),
  ],
  [
    "new content cannot be settled: Error: not rendered",
    { body: `<div ws-connect="/ws"><input id="q"></div>` },
    (page) => {
      page.$("#q").focus()
      page.window.HTMLElement.prototype.focus = () => {
        throw new Error("not rendered")
      }
      page.socket.open().message(`<input id="q">`)
    },
  ],
  [
    "<title>x</title> cannot be parsed: Error: no parser",
    { body: connected },
    (page) => {
      page.window.DOMParser.prototype.parseFromString = () => {
        throw new Error("no parser")
      }
      page.socket.open().message("<title>x</title>")
    },
  ],
  // Settings
  [
    `htmx: [ws] ws-status="#c >" is not a valid selector`,
    { body: `<div ws-connect="/ws"></div><i ws-status="#c >"></i>` },
  ],
  [
    `htmx: [ws] htmx.config.ws: reconnectDelay was ignored: it is "soon", expected a duration (500, "500ms", "5s", "5 seconds"), "full-jitter", a function, or a Schedule`,
    config2({ reconnectDelay: "soon" }),
  ],
  [
    `htmx: [ws] htmx.config.ws: connectTimeout was ignored: it is -1, expected a duration (500, "500ms", "5s", "5 seconds") of at least 1 ms`,
    config2({ connectTimeout: -1 }),
  ],
  [
    `htmx: [ws] htmx.config.ws: heartbeat was ignored: it is "x", expected false, or a duration (500, "500ms", "5s", "5 seconds") of at least 1 ms`,
    config2({ heartbeat: "x" }),
  ],
  [
    `htmx: [ws] htmx.config.ws: pauseOnBackground was ignored: it is "x", expected true, false, or a duration (500, "500ms", "5s", "5 seconds")`,
    config2({ pauseOnBackground: "x" }),
  ],
  [
    "htmx: [ws] htmx.config.ws: queueCapacity was ignored: it is 0.5, expected a whole number, or Infinity",
    config2({ queueCapacity: 0.5 }),
  ],
  [
    `htmx: [ws] htmx.config.ws: queueOverflow was ignored: it is "explode", expected "reject" or "drop-oldest"`,
    config2({ queueOverflow: "explode" }),
  ],
  [
    "htmx: [ws] htmx.config.ws: reconnect was ignored: it is 1, expected true or false",
    config2({ reconnect: 1 }),
  ],
  [
    `htmx: [ws] htmx.config.ws: reconnectCodes was ignored: it is "many", expected a list of close codes from 1000 to 4999`,
    config2({ reconnectCodes: "many" }),
  ],
  [
    "htmx: [ws] htmx.config.ws: reconnectFactor was ignored: it is 0, expected a number of at least 1",
    config2({ reconnectFactor: 0 }),
  ],
  [
    `htmx: [ws] htmx.config.ws: reconnectJitter was ignored: it is 2, expected "full", or a number from 0 to 1`,
    config2({ reconnectJitter: 2 }),
  ],
  [
    "htmx: [ws] htmx.config.ws: heartbeatMessage was ignored: it is [object Object], expected a message, or an object that has JSON",
    config2({ heartbeatMessage: circular }),
  ],
  [
    `htmx: [ws] htmx.config.ws: protocols was ignored: it is ["a","a"], expected a list of subprotocols, each once`,
    config2({ protocols: ["a", "a"] }),
  ],
  ["htmx: [ws] htmx.config.ws: speed was ignored: there is no such setting", config2({ speed: 1 })],
  ["htmx: [ws] htmx.config.ws was ignored: [1] is not an object", config2([1])],
  [
    `htmx: [ws] ws-config of <div ws-connect="/ws" ws-config="{&quot;reconnect&quot;: tru"> was ignored: "{\\"reconnect\\": tru" is not an object`,
    { body: `<div ws-connect="/ws" ws-config='{"reconnect": tru'></div>` },
  ],
  [
    `htmx: [ws] htmx.config.wsReconnectDelay: reconnectDelay was ignored: it is "often", expected a duration (500, "500ms", "5s", "5 seconds"), "full-jitter", a function, or a Schedule`,
    {
      body: connected,
      before: ({ htmx }) => {
        htmx.config.wsReconnectDelay = "often"
      },
    },
  ],
]

const chat = (attributes = "", inside = "") =>
  `<main id="chat" hx-ws:connect="/ws" ${attributes}>${inside}</main>`
const form = chat("", `<form id="f" hx-ws:send></form>`)
const submit = (page: Page4) => page.$<HTMLFormElement>("#f").requestSubmit()

const onHtmx4: ReadonlyArray<Row<Options4, Page4>> = [
  [
    `"ftp://host/" cannot be dialled: expected a path, or a ws, wss, http or https URL`,
    { body: `<main hx-ws:connect="ftp://host/"></main>` },
  ],
  [
    "ws://other.test/ cannot be dialled: selfOnly allows only page.test:8080",
    { body: `<main hx-ws:connect="ws://other.test/" hx-config="ws.selfOnly:true"></main>` },
  ],
  ["ws://page.test:8080/ws could not be opened", { body: chat() }, (page) => page.socket.drop()],
  [
    `htmx: [hx-ws] <main id="chat" hx-ws:connect="/ws" data-htmx-powered="true"> still waits to dial: waitUntil of htmx:ws:before:connection did not settle within 10000 ms (waitTimeout)`,
    hearing("htmx:ws:before:connection", ({ waitUntil }) => waitUntil(never), chat()),
    (page) => page.clock.advance(10_000),
  ],
  ["no token", hearing("htmx:ws:before:connection", ({ waitUntil }) => waitUntil(refusal), chat())],
  [
    "waitUntil of htmx:ws:after:connection did not settle within 10000 ms (waitTimeout)",
    hearing("htmx:ws:after:connection", ({ waitUntil }) => waitUntil(never), chat()),
    (page) => {
      page.socket.open()
      page.clock.advance(10_000)
    },
  ],
  [
    "waitUntil of htmx:ws:before:message:incoming did not settle within 10000 ms (waitTimeout)",
    hearing("htmx:ws:before:message:incoming", ({ waitUntil }) => waitUntil(never), chat()),
    (page) => {
      page.socket.open().message("<p></p>")
      page.clock.advance(10_000)
    },
  ],
  ["No WebSocket connection found for element", { body: `<form id="f" hx-ws:send></form>` }, submit],
  ["Connection not open", { body: chat(`hx-trigger="never"`, `<form id="f" hx-ws:send></form>`) }, submit],
  [
    "Outgoing messages queue is full",
    { body: chat(`hx-config="ws.queueCapacity:0"`, `<form id="f" hx-ws:send></form>`) },
    submit,
  ],
  [
    "Message expired",
    { body: chat(`hx-config="ws.queueTtl:1s"`, `<form id="f" hx-ws:send></form>`) },
    (page) => {
      submit(page)
      page.clock.advance(1000)
    },
  ],
  [
    "Connection closed",
    { body: chat() },
    async (page) => {
      const connection = page.connectionOf("#chat")
      page.$("#chat").remove()
      await microtasks()
      await connection?.send({ data: "late" })
    },
  ],
  [
    `<main id="chat" hx-ws:connect="/ws" data-htmx-powered="true"> sent nothing: a message must be a string, a number, a boolean, URLSearchParams, a Blob, an ArrayBuffer or a view of one, not Object`,
    { body: chat() },
    (page) => page.connectionOf("#chat")?.send({ data: {} as never }),
  ],
  [
    `<form id="f" hx-ws:send="" data-htmx-powered="true"> sent nothing: a is a bigint, which JSON cannot hold`,
    hearing(
      "htmx:ws:before:message:outgoing",
      ({ message }) => {
        message.values = { a: 1n }
      },
      form,
    ),
    submit,
  ],
  [
    "the content of a frame must be a string, not number",
    { body: chat() },
    (page) => page.socket.open().message(`{"content": 5}`),
  ],
  [
    "htmx: [hx-ws] json.payload is deprecated; use json.content instead",
    { body: chat() },
    (page) => page.socket.open().message(`{"payload": "<p></p>"}`),
  ],
  [
    "htmx: [hx-ws] ws-connect and ws-send are deprecated, with the wire format of htmx 2; use hx-ws:connect and hx-ws:send instead",
    { body: `<main ws-connect="/ws"></main>` },
  ],
  [
    "<p>x</p> cannot be swapped: SyntaxError: Invalid selector",
    { body: `<main ws-connect="/ws"></main>` },
    (page) => {
      page.console.length = 0
      page.socket.open().message(`<p hx-swap-oob="innerHTML:[">x</p>`)
    },
  ],
  [
    `htmx: [hx-ws] the settings of <main id="chat" hx-ws:connect="/ws" hx-config="ws.reconnectDelay:soon" data-htmx-powered="true">: reconnectDelay was ignored: it is "soon", expected a duration (500, "500ms", "5s", "5 seconds"), "full-jitter", a function, or a Schedule`,
    { body: chat(`hx-config="ws.reconnectDelay:soon"`) },
  ],
  [
    `htmx: [hx-ws] hx-config of <main id="chat" hx-ws:connect="/ws" hx-config="{&quot;ws&quot;: " data-htmx-powered="true"> was ignored: "{\\"ws\\": " is not an object`,
    { body: chat(`hx-config='{"ws": '`) },
  ],
]

const sentencesOf = async <P extends { readonly console: ReadonlyArray<string> }>(
  page: P,
  act?: (page: P) => unknown,
) => {
  await act?.(page)
  await microtasks()
  await microtasks()
  return sentences(page.console)
}

onBoth((open) => {
  test.for(onHtmx2)("%s", async ([sentence, options, act]) => {
    using page = await open(options)
    await microtasks()
    expect(await sentencesOf(page, act)).toEqual([sentence])
  })
})
describe("htmx 4", () => {
  test.for(onHtmx4)("%s", async ([sentence, options, act]) => {
    using page = await openPage4(options)
    await microtasks()
    expect(await sentencesOf(page, act)).toEqual([sentence])
  })
})

onBoth((open) => {
  describe("the console says in a sentence", () => {
    test("that an element that sends is inside no connection, and which element", async () => {
      using page = await open({ body: `<form id="f" ws-send><input name="n"></form>` })
      page.submit("#f")
      expect(page.events).toEqual(["wsUnsent #f", "wsError #f"])
      expect(page.last("wsError").error).toBeInstanceOf(page.window.Error)
      expect(page.console).toEqual([
        expect.stringMatching(/<form id="f" ws-send=""> sent nothing: there is no ws-connect around it/),
      ])
    })

    test("that a handshake was refused", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      page.socket.drop()
      expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws could not be opened/)])
      expect(page.last("wsError").socketWrapper).toBe(page.last("wsClose").socketWrapper)
    })

    test("that an open socket broke", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
      page.socket.open().fail()
      expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws broke/)])
    })

    test("that createWebSocket threw, and what it threw", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"></div>`,
        before: ({ htmx }) => {
          htmx.createWebSocket = () => {
            throw new Error("no token")
          }
        },
      })
      expect(page.events).toEqual(["wsConfigConnect #c", "wsError #c", "wsReconnecting #c"])
      expect(page.console).toEqual([expect.stringContaining("no token")])
    })

    test.each(["ws://host:99999/x", "http://", "ftp://host/x", "mailto:a@b"])(
      "that %s is not a URL, while other connections work",
      async (url) => {
        using page = await open({
          body: `<div id="c" ws-connect="${url}"></div><div id="d" ws-connect="/ws"><form id="f" ws-send></form></div>`,
        })
        expect(page.events.filter((event) => event.endsWith("#c"))).toContain("wsError #c")
        expect(page.events).not.toContain("wsConnecting #c")
        expect(page.console).toEqual([expect.stringContaining(url)])
        page.socket.open()
        page.submit("#f")
        expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 1])
      },
    )

    test.each([
      ["reconnectDelay", '"soon"', /duration/],
      ["reconnectFactor", "0", /at least 1/],
      ["queueCapacity", "0.5", /whole number/],
      ["queueOverflow", '"explode"', /reject.*drop-oldest/],
      ["reconnectCodes", '"many"', /close codes/],
      ["binaryType", '"text"', /blob.*arraybuffer/],
      ["selfOnly", "1", /true.*false/],
    ])(
      "that %s cannot be %s, and which values are valid, once for all elements",
      async (key, value, expectation) => {
        using page = await open({
          head: `<meta name="htmx-config" content='{"ws": {"${key}": ${value}}}'>`,
          body: `<div ws-connect="/a"></div><div ws-connect="/b"></div>`,
        })
        expect(page.console).toHaveLength(1)
        expect(page.console[0]).toMatch(new RegExp(`^error: .*htmx\\.config\\.ws.*${key}`))
        expect(page.console[0]).toContain(value)
        expect(page.console[0]).toMatch(expectation)
        expect(page.sockets).toHaveLength(2)
      },
    )

    test("that a setting is unknown", async () => {
      using page = await open({ body: `<div ws-connect="/a" ws-config='{"reconectDelay": 5}'></div>` })
      expect(page.console).toEqual([expect.stringContaining("reconectDelay")])
      expect(page.sockets).toHaveLength(1)
    })

    test("that ws-config is not JSON", async () => {
      using page = await open({ body: `<div ws-connect="/a" ws-config='{"reconnect": tru'></div>` })
      expect(page.console).toEqual([expect.stringContaining("tru")])
      expect(page.sockets).toHaveLength(1)
    })

    test("that htmx.config.wsReconnectDelay is invalid, and uses the default", async () => {
      using page = await open({
        before: ({ htmx }) => {
          htmx.config.wsReconnectDelay = "often"
        },
        body: `<div id="c" ws-connect="/a"></div>`,
      })
      expect(page.console).toEqual([expect.stringMatching(/wsReconnectDelay.*often.*duration/)])
      page.window.Math.random = () => 0.5
      page.socket.open().drop()
      expect(page.last("wsReconnecting").delay).toBe(500)
    })

    test("that an element of a frame cannot be swapped, and swaps the others", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><div id="a"></div><div id="b"></div></div>`,
      })
      page.socket.open()
      page.forget()
      page.socket.message(
        `<div id="a"><form id="f" ws-send></form></div><div id="x" hx-swap-oob="innerHTML:[">z</div><div id="b">new</div>`,
      )
      expect(page.$("#b").textContent).toBe("new")
      expect(page.events).toEqual(["wsBeforeMessage #c", "wsError #c", "wsAfterMessage #c"])
      expect(page.console.join()).toContain(`<div id="x"`)
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })
  })
})

test.for([
  ["htmx2", "1.8.6", "htmx: [ws] this script is for htmx 1.9 and 2, not 1.8.6"],
  ["htmx2", "4.0.1", "htmx: [ws] this script is for htmx 1.9 and 2, not 4.0.1"],
  ["htmx4", "2.0.4", "htmx: [hx-ws] this script is for htmx 4, not 2.0.4"],
] as const)(
  "%s on htmx %s says that it is for others, once, and does nothing",
  ([entry, version, sentence]) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {})
    const register = entry === "htmx2" ? htmx2.register : htmx4.register
    register({ version } as never)
    expect(error.mock.calls).toEqual([[sentence]])
    error.mockRestore()
  },
)
