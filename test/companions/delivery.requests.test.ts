/** Socket or request: a form with `ws-send` and `hx-post`. */
import { describe, expect, test } from "vitest"
import { type Options, onEach, type Page as Plain, sentences } from "./kit.ts"
import { interceptRequests, type Request } from "./requests.ts"

type Page = Plain & { readonly requests: ReadonlyArray<Request> }

const form = (attributes = "") =>
  `<form id="say" ws-send hx-post="/say" hx-swap="none" ${attributes}>
    <input id="text" name="text"><input type="checkbox" name="tag" value="a" checked><button name="by" value="button">Send</button>
    <output ws-delivery></output></form>`
const body = (attributes = "", more = "") =>
  `<div id="room" ws-connect="/room">${form(attributes)}</div>${more}`

onEach(["delivery"], (openPlain, htmx) => {
  const open = async (options: Options): Promise<Page> => {
    const page = await openPlain(options)
    return Object.assign(page, { requests: interceptRequests(page) })
  }
  const isHtmx4 = htmx === "4"
  const opened = async (attributes = "", config = {}) => {
    const page = await open({ body: body(attributes), config })
    page.window.Math.random = () => 0
    page.socket.open()
    await page.settled()
    return page
  }
  const down = async (attributes = "", config = {}) => {
    const page = await opened(attributes, config)
    page.socket.drop()
    await page.settled()
    return page
  }
  const up = async (page: Page) => {
    page.clock.advance(1_000)
    page.socket.open()
    await page.settled()
  }
  const say = async (page: Page, text: string, button = false) => {
    page.$<HTMLInputElement>("#text").value = text
    if (button) page.$("button").click()
    else page.$<HTMLFormElement>("#say").requestSubmit()
    await page.settled()
  }
  const answer = async (page: Page, at: number, status = 204) => {
    await page.requests[at]?.answer("", {}, status)
    await page.settled()
  }
  const shown = (page: Page) => page.$("output").getAttribute("data-ws-delivery")
  const asked = (page: Page) => page.requests.map(({ path, values, verb }) => ({ verb, path, values }))
  const texts = (page: Page) =>
    page.requests.flatMap(({ values }) => values.filter(([name]) => name === "text")).map(([, text]) => text)
  const post = (...values: Array<readonly [string, unknown]>) => ({
    verb: "POST",
    path: "/say",
    values: values.map(([name, value]) => [name, value]),
  })

  describe("a form with a socket and a request", () => {
    test("sends by the socket while that is open, and asks for nothing", async () => {
      using page = await opened()
      await say(page, "hello")
      expect([page.json, page.requests.length]).toMatchObject([[{ text: "hello" }], 0])
      expect(sentences(page)).toEqual([])
    })

    test("asks while the socket is down, with the values and the button, and sends nothing", async () => {
      using page = await down()
      await say(page, "hello", true)
      expect(asked(page)).toEqual([post(["text", "hello"], ["tag", "a"], ["by", "button"])])
      await answer(page, 0)
      expect(shown(page)).toBe("acked")
      await up(page)
      expect([page.json, page.requests.length]).toEqual([[], 1])
    })

    test("asks before the socket has opened for the first time", async () => {
      using page = await open({ body: body() })
      await say(page, "hello")
      page.socket.open()
      await page.settled()
      expect([page.json, texts(page)]).toEqual([[], ["hello"]])
    })

    test("asks where the connection is closed for good", async () => {
      using page = await opened()
      page.socket.end(1000)
      await page.settled()
      await say(page, "hello")
      expect([texts(page), sentences(page)]).toEqual([["hello"], []])
    })

    test("asks where there is no connection around it", async () => {
      using page = await open({ body: form() })
      await say(page, "hello", true)
      expect(asked(page)).toEqual([post(["text", "hello"], ["tag", "a"], ["by", "button"])])
      expect(sentences(page)).toEqual([])
    })

    test("decides anew each time", async () => {
      using page = await opened()
      await say(page, "1")
      page.socket.drop()
      await say(page, "2")
      await answer(page, 0)
      await up(page)
      await say(page, "3")
      expect([page.json.map(({ text }) => text), texts(page)]).toEqual([["1", "3"], ["2"]])
    })

    test("asks one after the other, each with the values that it had", async () => {
      using page = await down(`ws-ack="10s reset"`)
      for (const text of ["1", "2", "3"]) await say(page, text)
      expect(texts(page)).toEqual(["1"])
      await answer(page, 0)
      expect(texts(page)).toEqual(["1", "2"])
      page.$<HTMLInputElement>("[name=tag]").checked = false
      await answer(page, 1)
      await answer(page, 2)
      expect(page.requests.map(({ values }) => values)).toEqual(
        ["1", "2", "3"].map((text) => [
          ["text", text],
          ["tag", "a"],
        ]),
      )
    })

    test("lets no message by the socket overtake a request", async () => {
      using page = await down()
      await say(page, "1")
      await up(page)
      await say(page, "2")
      expect([page.json, texts(page)]).toEqual([[], ["1"]])
      await answer(page, 0)
      expect([page.json, texts(page)]).toEqual([[], ["1", "2"]])
      await answer(page, 1)
      await say(page, "3")
      expect(page.json).toMatchObject([{ text: "3" }])
    })

    test("is acknowledged by the response, and then reset", async () => {
      using page = await down(`ws-ack="10s reset"`)
      await say(page, "hello")
      expect([shown(page), page.requests[0]?.headers["HX-Message-ID"]]).toEqual([
        "sent",
        expect.stringMatching(/^[\w.:,~-]+$/),
      ])
      await answer(page, 0)
      expect([shown(page), page.$<HTMLInputElement>("#text").value]).toEqual(["acked", ""])
    })

    test("carries no id if nobody waits for it", async () => {
      using page = await down()
      await say(page, "hello")
      expect(page.requests[0]?.headers["HX-Message-ID"]).toBeUndefined()
    })

    test("fails if the server refuses it, and is unknown if no response comes; then nothing is reset", async () => {
      using page = await down(`ws-ack="10s reset"`)
      await say(page, "hello")
      await answer(page, 0, 422)
      expect([shown(page), page.$<HTMLInputElement>("#text").value]).toEqual(["failed", "hello"])
      await say(page, "again")
      await page.requests[1]?.fail()
      await page.settled()
      expect([shown(page), page.$<HTMLInputElement>("#text").value]).toEqual(["unknown", "again"])
    })

    test("what was written to the socket is never asked for", async () => {
      using page = await opened(`ws-ack="10s"`)
      await say(page, "hello")
      page.socket.drop()
      await page.settled()
      page.clock.advance(60_000)
      expect([shown(page), page.requests.length]).toEqual(["unknown", 0])
    })

    test("waits in the queue if a listener cancels the event", async () => {
      using page = await down()
      const seen = page.record(isHtmx4 ? "htmx:ws:fallback" : "htmx:wsFallback")
      page.document.addEventListener(isHtmx4 ? "htmx:ws:fallback" : "htmx:wsFallback", (event) =>
        event.preventDefault(),
      )
      await say(page, "hello")
      expect(page.requests).toEqual([])
      await up(page)
      expect([page.json, seen]).toMatchObject([[{ text: "hello" }], [`say {"verb":"post","path":"/say"}`]])
    })

    test("asks the page's question once", async () => {
      using page = await down(`hx-confirm="Sure?"`)
      let count = 0
      page.window.confirm = () => {
        count++
        return true
      }
      await say(page, "hello")
      expect([texts(page), count]).toEqual([["hello"], 1])
    })

    test.runIf(htmx === "1.9").for(["1.9.0", "1.9"])("asks the page's question once on %s", async (core) => {
      // In jsdom 1.9.0 believes that it is late, and starts before the extension is there.
      using page = await open({ body: "", core: `/htmx-${core}.js` })
      page.document.body.innerHTML = body(`hx-confirm="Sure?"`)
      page.htmx.process(page.document.body)
      const questions: Array<unknown> = []
      const confirm = (question: unknown) => questions.push(question) > 0
      page.window.confirm = confirm
      await say(page, "hello")
      expect([texts(page), questions, page.window.confirm === confirm]).toEqual([["hello"], ["Sure?"], true])
    })

    test("is still asked for if its sender has left", async () => {
      using page = await down()
      await say(page, "1")
      await say(page, "2")
      page.$("#say").remove()
      await answer(page, 0)
      await answer(page, 1)
      expect(texts(page)).toEqual(["1", "2"])
    })

    test("goes with the verb that it has", async () => {
      for (const verb of ["get", "put", "patch", "delete"]) {
        using page = await open({ body: body().replace("hx-post", `hx-${verb}`) })
        await say(page, "hello")
        expect([page.requests[0]?.verb, page.requests[0]?.values[0]]).toEqual([
          verb.toUpperCase(),
          ["text", "hello"],
        ])
      }
    })
  })

  describe("ws-fallback", () => {
    test("never: the message waits for the socket", async () => {
      using page = await down(`ws-fallback="never"`)
      await say(page, "hello")
      await up(page)
      expect([page.json, page.requests.length]).toMatchObject([[{ text: "hello" }], 0])
    })

    test("a duration: the message goes by the socket if that opens in time", async () => {
      using page = await down(`ws-fallback="2s"`)
      await say(page, "hello")
      await up(page)
      page.clock.advance(10_000)
      expect([page.json, page.requests.length]).toMatchObject([[{ text: "hello" }], 0])
    })

    test("a duration: the form is busy while it waits, and as htmx has it while it asks", async () => {
      const disable = isHtmx4 ? "hx-disable" : "hx-disabled-elt"
      using page = await down(`ws-fallback="2s" ${disable}="find button"`, { reconnectDelay: "1m" })
      const isDisabled = () => page.$<HTMLButtonElement>("button").disabled
      await say(page, "1")
      expect(isDisabled()).toBe(true)
      page.clock.advance(2_000)
      await page.settled()
      expect([isDisabled(), page.requests.length]).toEqual([true, 1])
      await answer(page, 0)
      expect([isDisabled(), shown(page)]).toEqual([false, "acked"])
    })

    test("a duration: no message by the socket overtakes what is being asked for", async () => {
      using page = await down(`ws-fallback="2s"`, { reconnectDelay: "1s" })
      page.window.Math.random = () => 0.999
      page.socket.end(1012)
      await say(page, "1")
      page.clock.advance(2_000)
      await page.settled()
      page.socket.open()
      await page.settled()
      expect(texts(page)).toEqual(["1"])
      await say(page, "2")
      await answer(page, 0)
      expect([page.json, texts(page)]).toEqual([[], ["1", "2"]])
    })

    test("a duration: otherwise all that wait go by request, in order", async () => {
      using page = await down(`ws-fallback="2s"`, { reconnectDelay: "1m" })
      await say(page, "1")
      page.clock.advance(1_500)
      await say(page, "2")
      expect(page.requests).toEqual([])
      page.clock.advance(500)
      await page.settled()
      await answer(page, 0)
      await answer(page, 1)
      expect(texts(page)).toEqual(["1", "2"])
      page.clock.advance(100_000)
      page.socket.open()
      await page.settled()
      expect([page.json, page.requests.length]).toEqual([[], 2])
    })
  })

  describe("files", () => {
    const withFile = (attributes = "") =>
      `<div ws-connect="/room"><form id="say" ws-send hx-swap="none" ${attributes}><input id="text" name="text">
        <input id="file" type="file" name="file"></form></div>`
    const choose = (page: Page) => {
      const file = new page.window.File(["x"], "x.txt")
      Object.defineProperty(page.$("#file"), "files", { value: Object.assign([file], { item: () => file }) })
    }
    test("go by request, also while the socket is open", async () => {
      using page = await open({ body: withFile(`hx-post="/say" hx-encoding="multipart/form-data"`) })
      page.socket.open()
      choose(page)
      await say(page, "hello")
      expect([page.json, texts(page), sentences(page)]).toEqual([[], ["hello"], []])
    })

    test("are one sentence on the console where they cannot go", async () => {
      using page = await open({ body: withFile() })
      page.socket.open()
      choose(page)
      await say(page, "hello")
      await say(page, "hello")
      expect([page.json.length, sentences(page)]).toEqual([
        2,
        [
          `[ws-delivery] a file cannot go over a socket: give the form hx-post and hx-encoding="multipart/form-data"`,
        ],
      ])
    })
  })
})
