import { describe, expect, test } from "vitest"
import { onEach, type Page, sentences } from "./kit.ts"

const body = `<div id="room" ws-connect="/room"><b id="badge"></b></div><p id="price"></p>`

onEach(["signals"], (open, htmx) => {
  const opened = async (options: { readonly body?: string; readonly config?: object } = {}) => {
    const page = await open({ body, ...options })
    page.socket.open()
    return page
  }
  describe("a frame with HX-Trigger", () => {
    test("dispatches each event at the connect element, with its detail", async () => {
      using page = await opened()
      const seen = [...["unread", "typing"].map((name) => page.record(name))]
      await page.receive({ "HX-Trigger": { unread: { n: 3 }, typing: "Ann" } })
      expect(seen).toEqual([[`room {"n":3}`], [`room {"value":"Ann"}`]])
    })

    test("dispatches the events of a list of names", async () => {
      using page = await opened()
      const seen = [page.record("unread"), page.record("typing")]
      await page.receive({ "HX-Trigger": "unread , typing" })
      expect(seen).toEqual([["room {}"], ["room {}"]])
    })

    test("dispatches an event at its target", async () => {
      using page = await opened()
      const seen = page.record("price")
      await page.receive({ "HX-Trigger": { price: { target: "#price", value: 1 }, other: 1 } })
      expect(seen).toEqual([`price {"target":"#price","value":1}`])
    })

    test("dispatches events whose names are special to JavaScript", async () => {
      using page = await opened()
      const seen = ["constructor", "__proto__", "toString"].map((name) => page.record(name))
      await page.receive(`{"HX-Trigger": {"constructor": {"n": 1}, "__proto__": {"n": 2}}}`)
      await page.receive({ "HX-Trigger": "toString" })
      expect(seen).toEqual([[`room {"n":1}`], [`room {"n":2}`], ["room {}"]])
    })

    test("leaves the page as it is, and all its events come", async () => {
      using page = await opened()
      const before = page.document.body.innerHTML
      const after = htmx === "4" ? "htmx:ws:after:message:incoming" : "htmx:wsAfterMessage"
      let count = 0
      page.document.addEventListener(after, () => count++)
      await page.receive({ "HX-Trigger": "unread" })
      expect([page.document.body.innerHTML, count, sentences(page)]).toEqual([before, 1, []])
    })

    test("dispatches nothing if a listener refuses the frame", async () => {
      using page = await opened()
      const seen = page.record("unread")
      const name = htmx === "4" ? "htmx:ws:before:message:incoming" : "htmx:wsBeforeMessage"
      page.document.addEventListener(name, (event) => event.preventDefault())
      await page.receive({ "HX-Trigger": "unread" })
      expect(seen).toEqual([])
    })

    test("on htmx 4, says of triggers with an unquoted from:closest that they hear nothing", async () => {
      using page = await opened({
        body: `<div ws-connect="/"><i hx-get="/" hx-trigger="unread from:closest [ws-connect]"></i></div>`,
      })
      await page.receive({ "HX-Trigger": "unread" })
      await page.receive({ "HX-Trigger": "unread" })
      expect(sentences(page)).toEqual(
        htmx === "4"
          ? [
              `[ws-signals] hx-trigger="unread from:closest [ws-connect]" hears nothing on htmx 4: write from:'closest …', in quotes`,
            ]
          : [],
      )
    })

    test("is applied once if the script is executed again", async () => {
      using page = await opened()
      page.execute("/dist/ws-signals.js")
      const seen = page.record("unread")
      await page.receive({ "HX-Trigger": "unread" })
      expect(seen).toEqual(["room {}"])
    })

    test("dispatches nothing at an element that a listener of the event before has removed", async () => {
      using page = await opened()
      const seen = page.record("second")
      page.document.addEventListener("first", () => page.$("#room").remove())
      await page.receive({ "HX-Trigger": "first, second" })
      expect([seen, sentences(page)]).toEqual([[], []])
    })
  })

  describe("a frame that cannot be used", () => {
    test.for([
      [`{"HX-Trigger": `, "it is not JSON"],
      [`{"HX-Trigger": 3}`, "HX-Trigger: its value has to name events, and none that begin with htmx:ws"],
      [
        `{"HX-Trigger": "a,,b"}`,
        "HX-Trigger: its value has to name events, and none that begin with htmx:ws",
      ],
      [`{"HX-Trigger": {}}`, "HX-Trigger: its value has to name events, and none that begin with htmx:ws"],
      [
        `{"HX-Trigger": {"two words": 1}}`,
        "HX-Trigger: its value has to name events, and none that begin with htmx:ws",
      ],
      [`{"HX-Trigger": null}`, "HX-Trigger: its value has to name events, and none that begin with htmx:ws"],
      [
        `{"HX-Trigger": "htmx:wsOpen"}`,
        "HX-Trigger: its value has to name events, and none that begin with htmx:ws",
      ],
      [`{"HX-Trigger": "a", "HX-Reswap": "none"}`, "there is no HX-Reswap"],
      [`{"HX-toString": "a"}`, "there is no HX-toString"],
      [
        `{"HX-Trigger": "a", "HX-Redirect": "/"}`,
        `HX-Redirect is not in the setting signals.allow, "trigger"`,
      ],
      [`{"HX-Trigger": {"a": {"target": "#none"}}}`, "#none is not on the page"],
      [`{"HX-Trigger": {"a": {"target": "::"}}}`, ":: is not on the page"],
    ] as const)("dispatches nothing, and is one sentence on the console: %s", async ([frame, reason]) => {
      using page = await opened()
      const seen = page.record("a")
      await page.receive(frame)
      await page.receive(frame)
      expect([seen, sentences(page)]).toEqual([[], [`[ws-signals] ${frame} was ignored: ${reason}`]])
    })

    test.for([
      ["HX-Redirect", "javascript:alert(1)"],
      ["HX-Redirect", "data:text/html,x"],
      ["HX-Redirect", "http://"],
      ["HX-Redirect", 3],
      ["HX-Location", { path: "javascript:alert(1)" }],
      ["HX-Location", { target: "#price" }],
      ["HX-Push-Url", "javascript:alert(1)"],
    ] as const)("goes nowhere: %s %s", async ([header, value]) => {
      using page = await opened({ config: { signals: { allow: "redirect location push-url" } } })
      await page.receive({ [header]: value })
      expect(sentences(page)).toEqual([
        `[ws-signals] ${JSON.stringify({ [header]: value })} was ignored: ${header}: its value has to be the URL of a page`,
      ])
    })

    test("finds the base of a page with an image named baseURI", async () => {
      using page = await opened({ config: { signals: { allow: "push-url" } } })
      page.$("#price").innerHTML = `<img name="baseURI">`
      await page.receive({ "HX-Push-Url": "/pushed" })
      expect([page.window.location.pathname, sentences(page)]).toEqual(["/pushed", []])
    })

    test("of another site does not reach the history", async () => {
      using page = await opened({ config: { signals: { allow: "push-url" } } })
      await page.receive({ "HX-Push-Url": "https://other.test/x" })
      expect(sentences(page)).toEqual([
        `[ws-signals] {"HX-Push-Url":"https://other.test/x"} was ignored: https://other.test is another site`,
      ])
    })
  })

  test("frames of HTML, and JSON for others, are none of its business", async () => {
    using page = await opened()
    await page.receive(`<b id="badge">3</b>`)
    await page.receive({ type: "ping" })
    await page.receive({ "HX-Ack": "m1" })
    await page.receive({ "HX-Resync": true, id: "7f-1" })
    expect([page.$("#badge").textContent, sentences(page)]).toEqual(["3", []])
  })

  describe("settings", () => {
    const allowed = async (page: Page) => {
      await page.receive({ "HX-Push-Url": "/pushed" })
      return page.window.location.pathname === "/pushed"
    }

    test.for<[string, { readonly body?: string; readonly config?: object }]>([
      ["of the page", { config: { signals: { allow: "trigger push-url" } } }],
      [
        "of the element as JSON",
        { body: `<div ws-connect="/" ws-config='{"signals": {"allow": "push-url"}}'></div>` },
      ],
      [
        "of an element around it",
        { body: `<main data-ws-config="signals.allow:push-url"><div ws-connect="/"></div></main>` },
      ],
      [
        "with quotes",
        { body: `<div ws-connect="/" ws-config="queueTtl:1s, signals.allow:'trigger push-url'"></div>` },
      ],
      ["of htmx 4", { body: `<div ws-connect="/" hx-config='ws.signals.allow:"trigger push-url"'></div>` }],
      [
        "of htmx 4 as JSON",
        { body: `<div ws-connect="/" hx-config='{"ws": {"signals": {"allow": "push-url"}}}'></div>` },
      ],
    ])("%s allow a header, and the main script has nothing to say about them", async ([, options]) => {
      using page = await opened(options)
      expect([await allowed(page), sentences(page)]).toEqual([true, []])
    })

    test("that are nearer win", async () => {
      using page = await opened({
        config: { signals: { allow: "push-url" } },
        body: `<div ws-connect="/" ws-config="signals.allow:trigger"></div>`,
      })
      expect(await allowed(page)).toBe(false)
    })

    test("HX-Replace-Url replaces the entry of the history", async () => {
      using page = await opened({ config: { signals: { allow: "replace-url" } } })
      const { length } = page.window.history
      await page.receive({ "HX-Replace-Url": "/replaced?x=1" })
      expect([page.window.location.href, page.window.history.length - length]).toEqual([
        "http://page.test:8080/replaced?x=1",
        0,
      ])
    })

    test("spread delays each event by a random part of it, and none that has lost its element by then", async () => {
      using page = await opened({ config: { signals: { spread: "2s" } } })
      const random = [0.5, 0.25, 0.75]
      page.window.Math.random = () => random.shift() ?? 0
      const seen = ["a", "b", "c"].map((name) => page.record(name))
      const counts = () => seen.map(({ length }) => length)
      await page.receive({ "HX-Trigger": "a, b" })
      expect(counts()).toEqual([0, 0, 0])
      page.clock.advance(500)
      expect(counts()).toEqual([0, 1, 0])
      page.clock.advance(500)
      expect(counts()).toEqual([1, 1, 0])
      await page.receive({ "HX-Trigger": "c" })
      page.$("#room").remove()
      page.clock.advance(2000)
      expect([counts(), sentences(page)]).toEqual([[1, 1, 0], []])
    })

    test("a spread that is no duration is one sentence, and signals come at once", async () => {
      using page = await opened({ config: { signals: { spread: "soon" } } })
      const seen = page.record("a")
      await page.receive({ "HX-Trigger": "a" })
      expect([seen, sentences(page)]).toEqual([
        ["room {}"],
        [`[ws-signals] signals.spread is soon, expected a duration (500, "2s")`],
      ])
    })
  })
})
