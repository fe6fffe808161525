import { describe, expect, test } from "vitest"
import { onEach, type Page, sentences } from "./kit.ts"

const form = (attributes = "", more = "") =>
  `<form id="say" ws-send ${attributes}><input id="text" name="text" value=""><button id="send">Send</button>
    <output ws-delivery></output>${more}</form>`
const room = (inside: string, attributes = "") =>
  `<div id="room" ws-connect="/room" ${attributes}>${inside}</div>`

onEach(["delivery"], (open, htmx) => {
  const isHtmx4 = htmx === "4"
  const opened = async (inside: string, { attributes = "", config = {} } = {}) => {
    const page = await open({ body: room(inside, attributes), config })
    page.socket.open()
    await page.settled()
    return page
  }
  const say = async (page: Page, text: string) => {
    page.$<HTMLInputElement>("#text").value = text
    page.$<HTMLFormElement>("#say").requestSubmit()
    await page.settled()
  }
  /** Has the page dial again. */
  const redial = async (page: Page) => {
    page.window.Math.random = () => 0
    page.clock.advance(1_000)
    await page.settled()
  }
  const shown = (page: Page) => page.$("output").getAttribute("data-ws-delivery")
  const text = (page: Page) => page.$<HTMLInputElement>("#text").value
  const states = (page: Page): Array<string> => {
    const seen: Array<string> = []
    page.document.addEventListener(isHtmx4 ? "htmx:ws:delivery" : "htmx:wsDelivery", (event) => {
      const { reason, state } = (event as CustomEvent).detail
      seen.push(`${(event.target as Element).id} ${state}${reason === undefined ? "" : ` ${reason}`}`)
    })
    return seen
  }
  const headersOf = (message: Record<string, unknown> | undefined) =>
    (message?.HEADERS ?? message?.headers ?? {}) as Record<string, string>
  const idOf = (page: Page, at = -1) => headersOf(page.json.at(at))["HX-Message-ID"]

  describe("a message that nobody acknowledges", () => {
    test("ends when it is written, and carries no id", async () => {
      using page = await opened(form())
      const seen = states(page)
      await say(page, "hello")
      expect(page.json).toMatchObject([{ text: "hello" }])
      expect([idOf(page), seen, shown(page), text(page)]).toEqual([
        undefined,
        ["say queued", "say sent"],
        "sent",
        "hello",
      ])
      expect(sentences(page)).toEqual([])
    })

    test("resets its form when it is written, if that is asked for", async () => {
      using page = await opened(form(`ws-ack="sent reset"`))
      await say(page, "hello")
      expect([page.json[0]?.text, text(page)]).toEqual(["hello", ""])
    })

    test("stays sent when the connection closes", async () => {
      using page = await opened(form())
      await say(page, "hello")
      page.socket.drop()
      await page.settled()
      expect(shown(page)).toBe("sent")
    })
  })

  describe("a message that waits for its acknowledgement", () => {
    test("has an id that nobody can guess who knows those before", async () => {
      using page = await opened(form(`ws-ack="10s"`))
      page.window.Math.random = () => 0
      const ids: Array<string | undefined> = []
      for (const text of ["1", "2", "3"]) {
        await say(page, text)
        ids.push(idOf(page))
      }
      const words = ids.flatMap((id) => id?.split("-"))
      expect(new Set(words).size).toBe(12)
      expect(ids.every((id) => /^[\d-]{16,43}$/.test(id ?? ""))).toBe(true)
    })

    const waiting = form(
      `ws-ack="10s reset" hx-indicator="#busy" ${isHtmx4 ? "hx-disable" : "hx-disabled-elt"}="find button"`,
      `<b id="busy"></b>`,
    )
    const busy = (page: Page) => [
      page.$("#busy").className,
      page.$<HTMLButtonElement>("#send").disabled,
      page.$("output").getAttribute("aria-busy"),
    ]

    test("is queued, sent and acknowledged; then its form is reset", async () => {
      const page = await open({ body: room(waiting) })
      const seen = states(page)
      await say(page, "hello")
      expect([shown(page), ...busy(page)]).toEqual(["queued", "htmx-request", true, "true"])
      page.socket.open()
      await page.settled()
      expect([shown(page), ...busy(page), text(page)]).toEqual([
        "sent",
        "htmx-request",
        true,
        "true",
        "hello",
      ])
      await page.receive({ "HX-Ack": idOf(page) })
      expect([shown(page), ...busy(page), text(page)]).toEqual(["acked", "", false, "false", ""])
      expect(seen).toEqual(["say queued", "say sent", "say acked"])
      expect(sentences(page)).toEqual([])
      page[Symbol.dispose]()
    })

    test.for([
      ["a comment in front of HTML", (id: string) => `<!--id:7f-1--><!--re:${id}--><b id="busy">x</b>`],
      ["a comment alone", (id: string) => `<!--re:${id}-->`],
      ["a control frame", (id: string) => JSON.stringify({ "HX-Ack": id, id: "7f-1" })],
      ["JSON of htmx 4", (id: string) => JSON.stringify({ content: "", re: id })],
    ] as const)("is acknowledged by %s", async ([, frame]) => {
      using page = await opened(waiting)
      await say(page, "hello")
      const before = page.document.querySelectorAll("*").length
      await page.receive(frame(idOf(page) ?? ""))
      expect([shown(page), page.document.querySelectorAll("*").length]).toEqual(["acked", before])
    })

    test("fails if the server refuses it, and its form stays", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      await page.receive({ "HX-Nack": idOf(page), reason: "too long" })
      expect([shown(page), ...busy(page), text(page)]).toEqual(["failed", "", false, "false", "hello"])
      expect(seen.at(-1)).toBe("say failed too long")
    })

    test("is unknown if the connection closes, and acknowledged if the server says so later", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      const id = idOf(page)
      page.window.Math.random = () => 0
      page.socket.drop()
      await page.settled()
      expect([shown(page), ...busy(page), text(page)]).toEqual(["unknown", "", false, "false", "hello"])
      await redial(page)
      page.socket.open()
      await page.receive({ "HX-Ack": id })
      expect([shown(page), text(page)]).toEqual(["acked", ""])
      expect(seen.slice(-2)).toEqual(["say unknown closed", "say acked"])
    })

    test("is unknown if no acknowledgement comes in time", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      page.clock.advance(9_999)
      expect(shown(page)).toBe("sent")
      page.clock.advance(1)
      expect([shown(page), seen.at(-1)]).toEqual(["unknown", "say unknown timeout"])
    })

    test("is unknown if the page replaces the socket", async () => {
      using page = await opened(waiting)
      await say(page, "hello")
      const connect = page.$("#room") as unknown as Record<string, { [key: string]: never }>
      const connection = isHtmx4
        ? (connect as never as { _htmx: { ws: { connection: { reconnect(): void } } } })._htmx.ws.connection
        : (connect as never as { "htmx-internal-data": { webSocket: { init(): void } } })[
            "htmx-internal-data"
          ].webSocket
      if ("reconnect" in connection) connection.reconnect()
      else (connection as { init(): void }).init()
      await page.settled()
      expect(shown(page)).toBe("unknown")
    })

    test("fails with the reason if it is vetoed, and only then", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      const name = isHtmx4 ? "htmx:ws:before:message:outgoing" : "htmx:ws-config-send"
      page.window.addEventListener(name, (event) => event.preventDefault(), { once: true })
      await say(page, "hello")
      expect([page.json, seen, ...busy(page), text(page)]).toEqual([
        [],
        ["say queued", "say failed vetoed"],
        "",
        false,
        "false",
        "hello",
      ])
    })

    test("fails if the page takes it out of the queue", async () => {
      using page = await open({ body: room(waiting) })
      const seen = states(page)
      let queue: Array<unknown> = []
      page.document.addEventListener(
        isHtmx4 ? "htmx:ws:before:message:outgoing" : "htmx:wsConfigSend",
        (event) => {
          const { connection, socketWrapper } = (event as CustomEvent).detail
          queue = (connection ?? socketWrapper).queue
        },
      )
      await say(page, "hello")
      queue.length = 0
      expect(seen).toEqual(["say queued", "say failed removed"])
    })

    test("fails if it is dropped", async () => {
      using page = await open({ body: room(waiting), config: { queueTtl: "5s" } })
      const seen = states(page)
      await say(page, "hello")
      page.clock.advance(5_000)
      await page.settled()
      expect(seen).toEqual(["say queued", "say failed expired"])
    })

    test("is sent again under its id by ws-retry", async () => {
      using page = await opened(
        form(`ws-ack="10s reset"`, `<button id="again" ws-retry>Again</button><i id="busy"></i>`),
      )
      await say(page, "hello")
      page.clock.advance(10_000)
      page.$("#again").click()
      await page.settled()
      const [first, second, ...others] = page.json
      expect([second, others, shown(page)]).toEqual([first, [], "sent"])
      await page.receive({ "HX-Ack": idOf(page) })
      expect([shown(page), text(page)]).toEqual(["acked", ""])
      page.$("#again").click()
      await page.settled()
      expect(page.json).toHaveLength(2)
    })

    test("that is retried while the socket is down waits for it", async () => {
      using page = await opened(form(`ws-ack="10s"`, `<button id="again" ws-retry>Again</button>`))
      page.window.Math.random = () => 0
      await say(page, "hello")
      page.socket.drop()
      page.$("#again").click()
      await page.settled()
      expect(shown(page)).toBe("queued")
      await redial(page)
      page.socket.open()
      await page.settled()
      expect([page.socket.json, shown(page)]).toEqual([page.sockets[0]?.json, "sent"])
    })

    test("keeps what was typed since", async () => {
      using page = await opened(form(`ws-ack="10s reset"`))
      await say(page, "hello")
      page.$<HTMLInputElement>("#text").value = "next"
      await page.receive({ "HX-Ack": idOf(page) })
      expect(text(page)).toBe("next")
    })

    test("is followed to the form that has replaced its own", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      const id = idOf(page)
      const next = waiting.replace(`value=""`, `value="hello"`).replace("<form", `<form hx-swap-oob="true"`)
      if (isHtmx4) {
        page.$("#say").outerHTML = next
        page.htmx.process(page.document.body)
      } else await page.receive(next)
      await page.settled()
      expect([shown(page), ...busy(page)]).toEqual(["sent", "htmx-request", true, "true"])
      await page.receive({ "HX-Ack": id })
      expect([shown(page), ...busy(page), seen.at(-1)]).toEqual(["acked", "", false, "false", "say acked"])
    })

    test("shows its state again after a morph has taken it away", async () => {
      using page = await opened(waiting)
      await say(page, "hello")
      page.$("output").removeAttribute("data-ws-delivery")
      page.$("output").removeAttribute("aria-busy")
      page.$("#send").removeAttribute("disabled")
      page.$("#busy").removeAttribute("class")
      await page.settled()
      expect([shown(page), ...busy(page)]).toEqual(["sent", "htmx-request", true, "true"])
    })

    test("tells the connect element if its sender has left, and the body if that has left too", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      page.$("#say").remove()
      await page.receive({ "HX-Ack": idOf(page) })
      expect(seen.at(-1)).toBe("room acked")
    })

    test("is unknown if the connect element leaves", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      page.$("#room").remove()
      await page.settled()
      expect(seen.at(-1)).toBe(" unknown closed")
    })

    test("that waits fails if the connect element leaves", async () => {
      using page = await open({ body: room(waiting) })
      const seen = states(page)
      await say(page, "hello")
      page.$("#room").remove()
      await page.settled()
      expect(seen.at(-1)).toBe(" failed closed")
    })

    test("does not keep a sender that has left, once it has ended", async () => {
      using page = await opened(waiting)
      await say(page, "hello")
      await page.receive({ "HX-Ack": idOf(page) })
      page.$("#say").remove()
      const seen = states(page)
      await page.receive({ "HX-Ack": idOf(page) })
      page.$("#room").insertAdjacentHTML("beforeend", waiting)
      page.htmx.process(page.$("#room"))
      await page.settled()
      expect([shown(page), seen]).toEqual([null, []])
    })

    test("may be acknowledged in the turn in which it is written", async () => {
      using page = await opened(waiting)
      const { socket } = page
      const send = socket.send.bind(socket)
      socket.send = (data: unknown) => {
        send(data)
        socket.message(JSON.stringify({ "HX-Ack": idOf(page) }))
      }
      await say(page, "hello")
      await page.settled()
      expect([shown(page), text(page)]).toEqual(["acked", ""])
    })

    test("acknowledgements that nobody waits for, and repeated ones, do nothing", async () => {
      using page = await opened(waiting)
      const seen = states(page)
      await say(page, "hello")
      await page.receive({ "HX-Ack": "m1" })
      await page.receive({ "HX-Ack": idOf(page) })
      await page.receive({ "HX-Nack": idOf(page) })
      await page.receive(`<!--re:${idOf(page)}-->`)
      expect([seen, sentences(page)]).toEqual([["say queued", "say sent", "say acked"], []])
    })

    test("does not change any attribute of the connect element and of the sender", async () => {
      using page = await opened(waiting)
      const attributes = () =>
        ["#room", "#say"].map((selector) => (page.$(selector).cloneNode() as Element).outerHTML)
      const before = attributes()
      await say(page, "hello")
      expect(attributes()).toEqual(before)
      await page.receive({ "HX-Ack": idOf(page) })
      expect(attributes()).toEqual(before)
    })
  })

  describe("focus", () => {
    test("comes back to a field that was disabled while its message was on its way", async () => {
      using page = await opened(
        `<form id="say" ws-send ws-ack="10s reset" ${isHtmx4 ? "hx-disable" : "hx-disabled-elt"}="find fieldset">
          <fieldset><input id="text" name="text"></fieldset><output ws-delivery></output></form>`,
      )
      page.$("#text").focus()
      await say(page, "hello")
      page.$("#text").blur()
      expect(page.document.activeElement).toBe(page.document.body)
      await page.receive({ "HX-Ack": idOf(page) })
      expect([page.document.activeElement?.id, text(page)]).toEqual(["text", ""])
    })
  })

  describe("what cannot be used", () => {
    test.for([
      ["ws-ack", `ws-ack="soon"`, `ws-ack="soon": expected a duration (10s) or "sent", and perhaps "reset"`],
      [
        "ws-fallback",
        `ws-fallback="maybe" hx-post="/say"`,
        `ws-fallback="maybe": expected "down", "never", or a duration (2s)`,
      ],
      [
        "ws-delivery on the sender",
        `ws-delivery`,
        "ws-delivery belongs on an element inside the one with ws-send",
      ],
    ])("is one sentence on the console: %s", async ([, attributes, sentence]) => {
      using page = await opened(form(attributes))
      await say(page, "hello")
      await say(page, "again")
      expect([page.json.length, sentences(page)]).toEqual([2, [`[ws-delivery] ${sentence}`]])
    })

    test("an id that cannot be one is one sentence on the console", async () => {
      using page = await opened(form(`ws-ack="1s"`))
      await page.receive({ "HX-Ack": "no id" })
      await page.receive({ "HX-Ack": "no id" })
      await page.receive(`<!--re:${"x".repeat(129)}-->`)
      expect(sentences(page)).toEqual([
        `[ws-delivery] HX-Ack is "no id", expected 1 to 128 letters, digits and _ . : , ~ - (it counts as none)`,
        `[ws-delivery] re is "${"x".repeat(129)}", expected 1 to 128 letters, digits and _ . : , ~ - (it counts as none)`,
      ])
    })
  })

  test.for([
    ["on the connect element", { attributes: `ws-ack="10s"` }],
    ["in the settings of the page", { config: { delivery: { ack: "10s" } } }],
    ["in the settings of an element", { attributes: `ws-config="delivery.ack:10s"` }],
  ] as const)("an acknowledgement may be asked for %s", async ([, options]) => {
    using page = await opened(form(), options)
    await say(page, "hello")
    expect(idOf(page)).toMatch(/^[\w.:,~-]{1,128}$/)
    expect(sentences(page)).toEqual([])
  })

  test("htmx 4 has spellings of its own", async () => {
    using page = await opened(
      `<form id="say" hx-ws:send hx-ws:ack="10s"><input id="text" name="text"><output hx-ws:delivery></output></form>`,
    )
    await say(page, "hello")
    expect(shown(page)).toBe(isHtmx4 ? "sent" : null)
    if (isHtmx4) await page.receive({ "HX-Ack": idOf(page) })
    expect(shown(page)).toBe(isHtmx4 ? "acked" : null)
  })

  test("a selector shows the state of a sender elsewhere", async () => {
    using page = await opened(`${form()}<p id="far" ws-delivery="#say"></p>`)
    await say(page, "hello")
    expect(page.$("#far").getAttribute("data-ws-delivery")).toBe("sent")
  })
})
