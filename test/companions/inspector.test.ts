import { describe, expect, test } from "vitest"
import { type Example, examples } from "../../src/cli/examples.ts"
import type { Inspector } from "../../src/companions/inspector.ts"
import { type Options, onEach, type Page } from "./kit.ts"

const body = `
  <div id="room" ws-connect="/room?token=abc&amp;room=7">
    <ul id="chat-room"></ul><b id="badge">0</b>
    <form id="say" ws-send><input name="text" value="hello"></form>
  </div>`

/** The lines that the inspector writes from now on, without what measures time. */
const linesOf = (page: Page): Array<string> => {
  const lines: Array<string> = []
  for (const type of ["info", "warn"] as const)
    page.window.console[type] = (line: string) =>
      lines.push(line.replace("htmx: [ws-inspector] ", "").replace(/\d+(?:\.\d+)? (?:ms|s)$/, "… ms"))
  return lines
}

const microtasks = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

const toolOf = (page: Page): Inspector => (page.htmx as unknown as { ws: Inspector }).ws

const lint = (page: Page, root: ParentNode = page.document): Array<string> =>
  toolOf(page)
    .lint(root)
    .map(({ rule }) => rule)

onEach(["inspector"], (open, htmx) => {
  const opened = async (options: Partial<Options> = {}) => {
    const page = await open({ body, config: { inspector: { debug: true } }, ...options })
    page.socket.open()
    await microtasks()
    return page
  }
  const url = "ws://page.test:8080/room?token=…&room=…"

  describe("with debug", () => {
    test("each event is a line, with the code in words, the next retry, and no secret", async () => {
      using page = await opened()
      const lines = linesOf(page)
      page.socket.end(1012, "deploy")
      await microtasks()
      page.clock.advance(1_000)
      await microtasks()
      page.socket.open()
      await microtasks()
      page.socket.end(1008)
      await microtasks()
      expect(lines).toEqual([
        htmx === "4"
          ? `#room ${url} closed with 1012 (the server restarts), is retried`
          : `#room ${url} closed with 1012 (the server restarts) "deploy", is retried`,
        `#room ${url} attempt 1 in … ms`,
        `#room ${url} dials (attempt 1)`,
        `#room ${url} is open after … ms`,
        `#room ${url} closed with 1008 (the server's policy forbids it), for good`,
      ])
    })

    test("a frame is a line that says where it went, and another for each mistake", async () => {
      using page = await opened()
      const lines = linesOf(page)
      await page.receive(`<b id="badge">1</b>`)
      await page.receive(`<ul id="chatroom"></ul>`)
      await page.receive({ "HX-Trigger": "unread" })
      await page.receive({ type: "ping" })
      expect(lines).toEqual([
        `#room ${url} got 19 B: #badge (outerHTML) · … ms`,
        `#room ${url} got 23 B: #chatroom is not on the page (is it #chat-room?) · … ms`,
        `#room unknown-id: A frame is for #chatroom, which is not on the page. Is it #chat-room? Write the same id in the frame and on the page.`,
        `#room ${url} got 23 B: control frame (HX-Trigger) · … ms`,
        `#room ${url} got 15 B: JSON (type) · … ms`,
      ])
    })

    test("a frame that a listener refuses says so", async () => {
      using page = await opened()
      const name = htmx === "4" ? "htmx:ws:before:message:incoming" : "htmx:wsBeforeMessage"
      page.document.addEventListener(name, (event) => event.preventDefault(), { once: true })
      const lines = linesOf(page)
      await page.receive(`<b id="badge">1</b>`)
      await page.receive(`<b id="badge">2</b>`)
      expect(lines).toEqual([
        `#room ${url} got 19 B: #badge (outerHTML) · refused by a listener`,
        `#room ${url} got 19 B: #badge (outerHTML) · … ms`,
      ])
    })

    test("a pause says how it ends", async () => {
      using page = await open({ body, config: { inspector: { debug: true }, pauseOnBackground: true } })
      page.socket.open()
      await microtasks()
      const lines = linesOf(page)
      Object.defineProperty(page.document, "hidden", { configurable: true, value: true })
      page.document.dispatchEvent(new page.window.Event("visibilitychange"))
      page.socket.answerClose()
      await microtasks()
      expect(lines).toEqual([
        `#room ${url} closed with 1005 (no code was given), until the page is visible again`,
      ])
    })

    test("what is sent is a line with the names of its fields", async () => {
      using page = await opened()
      const lines = linesOf(page)
      page.$<HTMLFormElement>("#say").requestSubmit()
      await microtasks()
      expect(lines).toEqual([expect.stringMatching(/^#room ws:\S+ sent \d+ B: text · from #say$/)])
    })

    test("the mistakes of the page are on the console when it has loaded", async () => {
      using page = await open({
        body: `<div ws-connect="/"></div><form id="say" ws-send></form>`,
        config: { inspector: { debug: true } },
      })
      expect(page.console.filter((line) => line.includes("[ws-inspector]"))).toEqual([
        `warn: htmx: [ws-inspector] send-without-connection: <form id="say"> sends to no connection: none of the elements around it has ws-connect. Move it into <div ws-connect="/">, or put ws-connect on an element around both.`,
      ])
    })

    test("an element may have it for itself", async () => {
      const attribute =
        htmx === "4" ? "hx-config='ws.inspector.debug:true'" : "ws-config='inspector.debug:true'"
      using page = await opened({
        body: `<div id="quiet" ws-connect="/a"></div><div id="loud" ws-connect="/b" ${attribute}></div>`,
        config: {},
      })
      const lines = linesOf(page)
      page.sockets[0]?.open()
      page.sockets[1]?.end(1000)
      await microtasks()
      expect(lines.map((line) => line.split(" ")[0])).toEqual(["#loud"])
    })
  })

  test("without debug nothing is on the console, and the page is as it was", async () => {
    using page = await opened({ config: {} })
    const before = page.document.documentElement.outerHTML
    const lines = linesOf(page)
    await page.receive(`<ul id="chatroom"></ul>`)
    page.socket.end(1012)
    await microtasks()
    expect([lines, page.document.documentElement.outerHTML]).toEqual([[], before])
  })

  describe("lint", () => {
    const show = async (page: Page, { frame }: Example) => {
      if (frame === undefined) return
      page.socket.open()
      await page.receive(frame)
    }
    /** A page of an example in a body of the kit, which has `hx-ext` on it. */
    const bodyOf = ({ page }: Example): string | undefined =>
      page.startsWith(`<body hx-ext="ws">`) || (htmx === "4" && page.startsWith("<body>"))
        ? page.replace(/<\/?body[^>]*>/g, "")
        : undefined

    for (const { bad, good, on, rule } of examples) {
      const [badBody, goodBody] = [bodyOf(bad), bodyOf(good)]
      if (!on.includes(htmx) || badBody === undefined || goodBody === undefined) continue
      test(`finds ${rule} in its bad page, and nothing in its good one`, async () => {
        using first = await open({ body: badBody })
        await show(first, bad)
        using second = await open({ body: goodBody })
        await show(second, good)
        expect([new Set(lint(first)), lint(second)]).toEqual([new Set([rule]), []])
      })
    }

    test("looks at a part of a page, with what is around it", async () => {
      using page = await open({
        body: `<main ws-connect="/"><form id="a" ws-send><input name="HEADERS"></form></main><form id="b" ws-send></form>`,
      })
      expect([lint(page, page.$("#a")), lint(page, page.$("#b"))]).toEqual([
        ["reserved-field"],
        ["send-without-connection"],
      ])
    })

    test("gives the element, a sentence, and what to do", async () => {
      using page = await open({ body: `<form ws-send></form>` })
      expect(toolOf(page).lint(page.document)).toEqual([
        {
          rule: "send-without-connection",
          element: page.$("form"),
          sentence: "<form ws-send> sends to no connection: none of the elements around it has ws-connect",
          fix: `Put ws-connect="…" (htmx 4: hx-ws:connect) on an element around it.`,
        },
      ])
    })
  })

  describe("however a page spells its attributes", () => {
    const configured = (config: object) => `<meta name="htmx-config" content='${JSON.stringify(config)}'>`
    const findings = (page: Page): Array<string> =>
      toolOf(page)
        .lint(page.document)
        .map(({ fix, rule, sentence }) => `${rule}: ${sentence}. ${fix}`)

    test("data- in front is the same, in pages and in frames", async () => {
      using page = await opened({
        body: `<div id="room" data-ws-connect="/room"><b id="badge">0</b></div><form id="say" data-ws-send></form>`,
      })
      const lines = linesOf(page)
      await page.receive(`<p id="other" data-hx-swap-oob="beforeend:#badge">1</p>`)
      await page.receive(`<p id="badg" data-hx-swap-oob="true">1</p>`)
      expect(lines.filter((line) => line.includes(" got "))).toEqual([
        `#room ws://page.test:8080/room got 55 B: #badge (beforeend) · … ms`,
        `#room ws://page.test:8080/room got 42 B: #badg is not on the page (is it #badge?) · … ms`,
      ])
      expect(lint(page)).toEqual(["send-without-connection", "unknown-id"])
    })

    if (htmx !== "4") return

    test("a prefix of its own stands for hx-, in pages, frames and what is to be written", async () => {
      using page = await opened({
        head: configured({ prefix: "my-" }),
        body: `
          <main id="room" my-ws:connect="/room" my-on::ws-open="0"><b id="badge">0</b>
            <i my-get="/x" my-trigger="unread from:closest main"></i>
            <form id="say" my-ws:send><input name="headers"></form>
          </main>`,
      })
      const lines = linesOf(page)
      await page.receive(`<b id="badge" my-swap-oob="true">1</b>`)
      await page.receive(`<b id="badg" my-swap-oob="true">1</b>`)
      expect(lines.filter((line) => line.includes(" got "))).toEqual([
        `#room ws://page.test:8080/room got 38 B: #badge (outerHTML) · … ms`,
        `#room ws://page.test:8080/room got 37 B: #badg is not on the page (is it #badge?) · … ms`,
      ])
      expect(findings(page)).toEqual([
        `reserved-field: The field headers of <form id="say"> never arrives: the headers of a message have that name. Give the field another name.`,
        `unquoted-from: my-trigger="unread from:closest main" hears nothing on htmx 4, which takes one word after from: without quotes. Write my-trigger="unread from:'closest main'".`,
        `old-event-name: my-on::ws-open waits for an event of htmx 2. Write my-on::ws:after:connection.`,
        `unknown-id: A frame is for #badg, which is not on the page. Is it #badge? Write the same id in the frame and on the page.`,
      ])
    })

    test("a metaCharacter of its own stands for the colon, also in names of events", async () => {
      using page = await opened({
        head: configured({ metaCharacter: "-" }),
        body: `
          <main id="room" hx-ws-connect="/room" hx-on--ws-open="0" hx-on--ws-close="0"><b id="badge">0</b>
            <i hx-get="/x" hx-trigger="htmx-wsOpen, htmx-ws-close"></i>
            <form id="say" hx-ws-send><input name="headers"></form>
          </main>
          <form id="alone" hx-ws-send></form>`,
      })
      expect(findings(page).map((line) => line.replace(/:.*\. /, ": "))).toEqual([
        `send-without-connection: Move it into <main id="room">, or put ws-connect on an element around both.`,
        `reserved-field: Give the field another name.`,
        `old-event-name: Write hx-on--ws-after-connection.`,
        `old-event-name: Write hx-trigger="htmx-ws-after-connection, htmx-ws-close".`,
      ])
      const lines = linesOf(page)
      await page.receive(`<b>1</b>`)
      page.socket.end(1012)
      await microtasks()
      expect(lines.map((line) => line.replace(/ws:\S+ /, ""))).toEqual([
        `#room got 8 B: the element (innerHTML) · … ms`,
        `#room closed with 1012 (the server restarts), is retried`,
        `#room attempt 1 in … ms`,
      ])
    })
  })
})
