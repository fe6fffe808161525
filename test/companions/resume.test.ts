import { setImmediate } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { messages } from "../htmx/kit/openPage.ts"
import { onEach, type Page, sentences } from "./kit.ts"
import { interceptRequests } from "./requests.ts"

const body = `<div id="room" ws-connect="/room" ws-resume="e-1" ws-resync="/feed" hx-target="#log"><ol id="log"></ol></div>`

const li = (id: string) => `<!--id:${id}--><ol id="log" hx-swap-oob="beforeend"><li>${id}</li></ol>`

/** A frame that cannot be swapped. */
const bad = (id: string) => `<!--id:${id}--><p hx-swap-oob="beforeend:###">${id}</p>`

const resync = (id: string) => ({ "HX-Resync": true, id })

const settle = async () => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
}

const show = (page: Page) =>
  [...page.document.querySelectorAll("#log li")].map(({ textContent }) => textContent).join(" ")

onEach(["resume"], (open, htmx, openLate) => {
  const event = (onHtmx2: string, onHtmx4: string) => `htmx:${htmx === "4" ? onHtmx4 : onHtmx2}`
  const beforeFrame = event("wsBeforeMessage", "ws:before:message:incoming")
  const beforeDial = event("wsConfigConnect", "ws:before:connection")

  const opened = async (options: { readonly body?: string; readonly config?: object } = {}) => {
    const page = await open({ body, ...options })
    const requests = interceptRequests(page)
    page.socket.open()
    await settle()
    return Object.assign(page, {
      requests,
      gaps: page.record(event("wsGap", "ws:gap")),
      resumptions: page.record(event("wsResumed", "ws:resumed")),
    })
  }

  const lastUrl = (page: Page) => page.socket.url.replace("ws://page.test:8080", "")

  /** Loses the socket, and returns the URL that is dialled next. */
  const redial = async (page: Page): Promise<string> => {
    const { length } = page.sockets
    page.socket.end(1012)
    await settle()
    page.clock.advance(2000)
    await settle()
    if (page.sockets.length === length) throw new Error("it has not dialled again")
    page.socket.open()
    await settle()
    return lastUrl(page)
  }

  describe("the cursor", () => {
    test("is in the URL of the first dial, as the server has rendered it", async () => {
      using page = await opened()
      expect(lastUrl(page)).toBe("/room?last-id=e-1")
    })

    test.for([
      [`data-ws-resume="e-1"`, "/room?last-id=e-1"],
      [`hx-ws:resume="e-1"`, "/room?last-id=e-1"],
      [`ws-resume=""`, "/room"],
      [`ws-resume`, "/room"],
      [`ws-resume="1a:2,b.3~-"`, "/room?last-id=1a:2,b.3~-"],
    ] as const)("of %s leads to %s", async ([attribute, url]) => {
      using page = await opened({ body: `<div ws-connect="/room" ${attribute}></div>` })
      expect([lastUrl(page), sentences(page)]).toEqual([url, []])
    })

    test("moves with each frame that is applied", async () => {
      using page = await opened()
      await page.receive(li("e-2"))
      await page.receive(li("e-3"))
      expect([show(page), await redial(page)]).toEqual(["e-2 e-3", "/room?last-id=e-3"])
      await page.receive(li("e-4"))
      expect(await redial(page)).toBe("/room?last-id=e-4")
    })

    test.for([
      ["a comment after that of an answer", `<!--re:m1--> <!--id:e-2--><b id="log"></b>`, "e-2"],
      ["a comment alone", "<!--id:e-2-->", "e-2"],
      ["space in front of it", `\n <!--id:e-2--><b id="log"></b>`, "e-2"],
      ["a comment further on", `<b id="log"></b><!--id:e-2-->`, "e-1"],
      ["a comment with more in it", `<!-- id:e-2 --><b id="log"></b>`, "e-1"],
      ["a control frame", `{"HX-Trigger": "a", "id": "e-2"}`, "e-2"],
      ["JSON with content", `{"id": "e-2", "content": "x"}`, "e-2"],
      ["JSON of the page", `{"id": "e-2", "type": "ping"}`, "e-1"],
      ["JSON that is none", `{"id": "e-2", "content": `, "e-1"],
      ["a list", `["id"]`, "e-1"],
      ["the places of two rooms", "<!--id:lobby:7f-2,news:c1-7-->", "lobby:7f-2,news:c1-7"],
    ] as const)("is read from %s", async ([, frame, cursor]) => {
      using page = await opened()
      await page.receive(frame)
      expect([await redial(page), sentences(page)]).toEqual([`/room?last-id=${cursor}`, []])
    })

    test.for([
      ["<!--id:e 2-->", "e 2"],
      ["<!--id:é-->", "é"],
      [`<!--id:${"x".repeat(129)}-->`, "x".repeat(129)],
      [`{"HX-Trigger": "a", "id": 5}`, "5"],
    ] as const)("does not move to what is no id, which is one sentence: %s", async ([frame, id]) => {
      using page = await opened()
      await page.receive(frame)
      await page.receive(frame)
      expect([await redial(page), sentences(page)]).toEqual([
        "/room?last-id=e-1",
        [
          `[ws-resume] the id of a frame is "${id}", expected 1 to 128 letters, digits and _ . : , ~ - (it counts as none)`,
        ],
      ])
    })

    test("does not move for a frame that a listener refuses", async () => {
      using page = await opened()
      const refuse = (event: Event) => event.preventDefault()
      page.document.addEventListener(beforeFrame, refuse)
      await page.receive(li("e-2"))
      page.document.removeEventListener(beforeFrame, refuse)
      expect([show(page), await redial(page), page.gaps]).toEqual(["", "/room?last-id=e-1", []])
      await page.receive(li("e-2"))
      expect([show(page), await redial(page)]).toEqual(["e-2", "/room?last-id=e-2"])
    })

    test("is never in an attribute while the element lives", async () => {
      using page = await opened()
      const markup = () => (page.$("#room").cloneNode() as Element).outerHTML
      const first = markup()
      await page.receive(li("e-2"))
      await redial(page)
      expect(markup()).toBe(first)
    })

    test("is that of the attribute if a morph has changed that", async () => {
      using page = await opened()
      await page.receive(li("e-2"))
      page.$("#room").setAttribute("ws-resume", "f-7")
      expect(await redial(page)).toBe("/room?last-id=f-7")
      await page.receive(li("f-8"))
      page.$("#room").setAttribute("ws-resume", "g-1")
      await page.receive(li("g-2"))
      expect(await redial(page)).toBe("/room?last-id=g-2")
    })

    test("belongs to its element: two of them resume each from its own", async () => {
      using page = await opened({
        body: `<i ws-connect="/a" ws-resume="a-1"></i><i ws-connect="/b" ws-resume="b-1"></i><i ws-connect="/c"></i>`,
      })
      for (const socket of page.sockets) socket.open()
      page.sockets[1]?.message("<!--id:b-2-->")
      page.sockets[2]?.message("<!--id:c-2-->")
      await settle()
      for (const socket of [...page.sockets]) socket.end(1012)
      await settle()
      page.clock.advance(2000)
      await settle()
      expect(
        page.sockets
          .slice(3)
          .map(({ url }) => url.slice("ws://page.test:8080".length))
          .sort(),
      ).toEqual(["/a?last-id=a-1", "/b?last-id=b-2", "/c"])
    })
  })

  describe("the URL", () => {
    test("keeps what is in it, and gets the parameter of the settings once", async () => {
      using page = await opened({
        body: `<div ws-connect="/room?a=%20b&since=x&c" ws-resume="e-1" ws-config="resume.param:since"></div>`,
      })
      await redial(page)
      expect(lastUrl(page)).toBe("/room?a=%20b&c&since=e-1")
    })

    test("has the cursor of the moment, also if a listener sets it later", async () => {
      using page = await opened()
      let release = () => {}
      page.document.addEventListener(beforeDial, (event) => {
        const { detail } = event as CustomEvent
        const holder = detail.connection ?? detail
        const token = new Promise<void>((resolve) => {
          release = () => {
            holder.url = "/room?token=t"
            resolve()
          }
        })
        detail.waitUntil(token)
      })
      await page.receive(li("e-2"))
      page.socket.end(1012)
      await settle()
      page.clock.advance(2000)
      await settle()
      release()
      await settle()
      expect(lastUrl(page)).toBe("/room?token=t&last-id=e-2")
    })
  })

  describe("a server that asks the page to fetch what it lacks", () => {
    test("has it fetch ws-resync into its target, with a header, and the cursor is that of the response", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      expect(page.requests.map(({ path }) => path)).toEqual(["/feed"])
      expect(page.requests[0]?.headers["HX-Resync"]).toBeDefined()
      expect(page.gaps).toEqual([`room {"cursor":"e-1","reason":"asked"}`])
      expect(page.resumptions).toEqual([])
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-9" })
      expect(show(page)).toBe("all")
      expect(page.resumptions).toEqual([`room {"cursor":"e-9"}`])
      expect([await redial(page), sentences(page)]).toEqual(["/room?last-id=e-9", []])
    })

    test("has frames wait, and all of them are applied if the response is of the same moment", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.receive(li("e-10"))
      await page.receive(li("e-11"))
      expect(show(page)).toBe("")
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-9" })
      await settle()
      expect(show(page)).toBe("all e-10 e-11")
      expect(page.resumptions).toEqual([`room {"cursor":"e-11"}`])
      expect(await redial(page)).toBe("/room?last-id=e-11")
    })

    test("has frames dropped that are in the response already", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      for (const id of ["e-10", "e-11", "e-12"]) await page.receive(li(id))
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-11" })
      expect(show(page)).toBe("all e-12")
      await page.receive(li("e-13"))
      expect([show(page), await redial(page)]).toEqual(["all e-12 e-13", "/room?last-id=e-13"])
    })

    test("loses no answer and no signal: answers are told at once, signals also of frames that are in the response", async () => {
      using page = await opened()
      const seen: Array<string> = []
      page.document.addEventListener(event("wsAfterMessage", "ws:after:message:incoming"), (event) => {
        const { message } = (event as CustomEvent).detail
        const text = String(message.data ?? message)
        if (text.startsWith("{")) seen.push(text)
      })
      await page.receive(resync("e-1"))
      seen.length = 0
      await page.receive({ "HX-Ack": "m1" })
      await page.receive("<!--re:m2--><!--id:e-2--><b></b>")
      expect(seen).toEqual([`{"HX-Ack":"m1"}`, `{"HX-Ack":"m2"}`])
      await page.receive({ "HX-Trigger": "unread", id: "e-3" })
      await page.receive(li("e-4"))
      seen.length = 0
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-4" })
      await settle()
      expect(seen).toContain(`{"HX-Trigger":"unread"}`)
      expect(await redial(page)).toBe("/room?last-id=e-4")
    })

    test("has frames dropped that are in the response and still to come", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.receive(li("e-10"))
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-12" })
      expect([show(page), page.resumptions]).toEqual(["all", []])
      await page.receive(li("e-11"))
      await page.receive(li("e-12"))
      expect([show(page), page.resumptions]).toEqual(["all", [`room {"cursor":"e-12"}`]])
      await page.receive(li("e-13"))
      expect([show(page), await redial(page)]).toEqual(["all e-13", "/room?last-id=e-13"])
    })

    test("fetches again if the frame that the response names does not come within ten seconds", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "x-1" })
      page.clock.advance(9_999)
      await page.receive(li("e-10"))
      expect([show(page), page.requests.length]).toEqual(["all", 1])
      page.clock.advance(1)
      await page.receive(li("e-11"))
      expect(show(page)).toBe("all e-11")
      expect(page.gaps.at(-1)).toBe(`room {"cursor":"x-1","reason":"passed"}`)
      page.clock.advance(49_999)
      expect(page.requests.length).toBe(1)
      page.clock.advance(1)
      await settle()
      expect(page.requests.length).toBe(2)
      await page.requests[1]?.answer("<li>all of it</li>", { "HX-Last-ID": "e-11" })
      expect([show(page), await redial(page)]).toEqual(["all of it", "/room?last-id=e-11"])
    })

    test("a lost socket ends the waiting for a frame: the next begins behind the response", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-12" })
      expect(await redial(page)).toBe("/room?last-id=e-12")
      await page.receive(li("e-13"))
      page.clock.advance(20_000)
      expect([show(page), page.gaps.length]).toEqual(["all e-13", 1])
    })

    test("a socket that is lost meanwhile ends the fetch, and the next asks for everything", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.receive(li("e-10"))
      expect([await redial(page), page.requests[0]?.isAborted]).toEqual(["/room", true])
      await page.receive(`<!--id:e-11--><ol id="log"><li>all</li></ol>`)
      await page.receive(li("e-12"))
      expect([show(page), page.requests.length]).toEqual(["all e-12", 1])
      page.clock.advance(60_000)
      await settle()
      await page.requests[1]?.answer("<li>all of it</li>", { "HX-Last-ID": "e-12" })
      expect([show(page), await redial(page)]).toEqual(["all of it", "/room?last-id=e-12"])
    })

    test("the next socket's server may ask again", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await redial(page)
      await page.receive(resync("f-1"))
      await page.receive(li("f-2"))
      await page.requests[1]?.answer("<li>all</li>", { "HX-Last-ID": "f-1" })
      expect([show(page), await redial(page)]).toEqual(["all f-2", "/room?last-id=f-2"])
    })

    test("asks once more meanwhile: the response may be older, so that there is another", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.receive(li("e-10"))
      await page.receive(resync("f-3"))
      await page.receive(li("f-4"))
      await page.requests[0]?.answer("<li>old</li>", { "HX-Last-ID": "e-10" })
      expect([page.requests.length, page.resumptions]).toEqual([2, []])
      await page.requests[1]?.answer("<li>new</li>", { "HX-Last-ID": "f-3" })
      expect([show(page), await redial(page)]).toEqual(["new f-4", "/room?last-id=f-4"])
    })

    test("asks once more meanwhile, and neither response comes: no promise is rejected without anybody to hear it", async () => {
      const rejections: Array<unknown> = []
      const note = (reason: unknown): void => void rejections.push(reason)
      process.on("unhandledRejection", note)
      try {
        using page = await opened()
        await page.receive(resync("e-9"))
        await page.receive(resync("f-3"))
        await page.requests[0]?.fail()
        expect(page.requests.length).toBe(2)
        await page.requests[1]?.fail()
        // Node looks for them when a turn is over.
        await setImmediate()
        expect([rejections, page.gaps.at(-1)]).toEqual([[], `room {"cursor":"e-1","reason":"failed"}`])
      } finally {
        process.off("unhandledRejection", note)
      }
    })

    test("is obeyed as often as it asks", async () => {
      using page = await opened()
      for (const index of [0, 1, 2]) {
        await page.receive(resync(`e-${index}`))
        await page.requests[index]?.answer("<li>all</li>", { "HX-Last-ID": `e-${index}` })
      }
      expect(page.requests.length).toBe(3)
    })

    test("may say that it has sent everything", async () => {
      using page = await opened()
      await page.receive(li("e-2"))
      await page.receive({ "HX-Resync": false, id: "e-3" })
      expect([page.resumptions, page.gaps, await redial(page)]).toEqual([
        [`room {"cursor":"e-3"}`],
        [],
        "/room?last-id=e-3",
      ])
    })

    test("is not obeyed if a listener refuses its frame", async () => {
      using page = await opened()
      page.document.addEventListener(beforeFrame, (event) => event.preventDefault())
      await page.receive(resync("e-9"))
      expect([page.requests.length, page.gaps]).toEqual([0, []])
    })
  })

  describe("a page that lacks something", () => {
    test.for([
      ["without HX-Last-ID", "unmarked", {}, 200],
      ["with one that is none", "unmarked", { "HX-Last-ID": "a b" }, 200],
      ["with an error", htmx === "4" ? "unmarked" : "failed", {}, 500],
      ["with nothing", htmx === "4" ? "unmarked" : "failed", {}, 204],
    ] as const)(
      "fetches again a minute later after a response %s, and applies frames until then",
      async ([, reason, headers, status]) => {
        using page = await opened()
        await page.receive(resync("e-9"))
        await page.receive(li("e-10"))
        await page.requests[0]?.answer("", headers, status)
        await settle()
        expect([show(page), page.gaps.at(-1)]).toEqual(["e-10", `room {"cursor":"e-1","reason":"${reason}"}`])
        page.clock.advance(59_999)
        expect(page.requests.length).toBe(1)
        page.clock.advance(1)
        await settle()
        await page.requests[1]?.answer("<li>all</li>", { "HX-Last-ID": "e-10" })
        expect([show(page), await redial(page)]).toEqual(["all", "/room?last-id=e-10"])
      },
    )

    test("does not say an id in the URL until it is whole: what it knows lies before the gap", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.answer("", {})
      await page.receive(li("e-10"))
      expect(await redial(page)).toBe("/room")
    })

    test("fetches again if there is no network", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.fail()
      page.clock.advance(60_000)
      await settle()
      expect(page.requests.length).toBe(2)
    })

    test("fetches again if no response comes, and ignores one that comes later", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      page.clock.advance(60_000)
      await settle()
      expect(page.requests.map(({ isAborted }) => isAborted)).toEqual([true, false])
      await page.requests[1]?.answer("<li>all</li>", { "HX-Last-ID": "e-9" })
      expect(show(page)).toBe("all")
    })

    test("fetches again if too many frames wait, and applies them", async () => {
      using page = await opened({ config: { resume: { hold: 2 } } })
      await page.receive(resync("e-9"))
      for (const id of ["e-10", "e-11", "e-12", "e-13"]) await page.receive(li(id))
      expect(page.gaps.at(-1)).toBe(`room {"cursor":"e-1","reason":"overflow"}`)
      expect([show(page), page.requests[0]?.isAborted]).toEqual(["e-10 e-11 e-12 e-13", true])
      page.clock.advance(60_000)
      await settle()
      await page.requests[1]?.answer("<li>all</li>", { "HX-Last-ID": "e-13" })
      expect([show(page), await redial(page)]).toEqual(["all", "/room?last-id=e-13"])
    })

    test("fetches when a frame could not be applied, at most once a minute", async () => {
      using page = await opened()
      await page.receive(li("e-2"))
      await page.receive(bad("e-3"))
      expect(page.gaps).toEqual([`room {"cursor":"e-2","reason":"error"}`])
      expect(page.requests.length).toBe(1)
      await page.receive(li("e-4"))
      expect(show(page)).toBe("e-2")
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-3" })
      expect(show(page)).toBe("all e-4")
      await page.receive(bad("e-5"))
      await page.receive(bad("e-6"))
      await page.receive(li("e-7"))
      expect([show(page), page.requests.length]).toEqual(["all e-4 e-7", 1])
      page.clock.advance(60_000)
      await settle()
      expect(page.requests.length).toBe(2)
    })

    test("fetches at once when a frame could not be applied, also just after what the server has asked for", async () => {
      using page = await opened()
      await page.receive({ "HX-Resync": true, id: "e-9" })
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-9" })
      await page.receive(bad("e-10"))
      expect(page.requests.length).toBe(2)
      await page.requests[1]?.answer("<li>more</li>", { "HX-Last-ID": "e-10" })
      await page.receive(bad("e-11"))
      expect([show(page), page.requests.length]).toEqual(["more", 2])
    })

    test("loses nothing to the socket: its errors are no gaps", async () => {
      using page = await opened()
      page.socket.fail()
      await settle()
      page.clock.advance(2000)
      await settle()
      page.socket.drop()
      await settle()
      expect(page.gaps).toEqual([])
    })

    test("is left to a listener that cancels the event", async () => {
      using page = await opened()
      page.document.addEventListener(event("wsGap", "ws:gap"), (event) => event.preventDefault())
      await page.receive(resync("e-9"))
      await page.receive(li("e-10"))
      expect([page.requests.length, show(page), await redial(page)]).toEqual([
        0,
        "e-10",
        "/room?last-id=e-10",
      ])
    })

    test("says so on the console if it has no ws-resync", async () => {
      using page = await opened({ body: `<div id="room" ws-connect="/room" ws-resume="e-1"></div>` })
      await page.receive(resync("e-9"))
      await page.receive(resync("e-9"))
      expect([page.gaps.length, sentences(page)]).toEqual([
        2,
        [`[ws-resume] <div id="room"> lacks frames: give it a ws-resync, to fetch what they showed`],
      ])
    })

    test("fetches nothing when the element has left", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.answer("", {})
      page.$("#room").remove()
      page.clock.advance(120_000)
      await settle()
      expect(page.requests.length).toBe(1)
    })
  })

  describe("batch", () => {
    test.for(["true", "latest"] as const)("%s: frames of one burst behind a resync wait", async (batch) => {
      using page = await opened({ config: { batch: batch === "true" ? true : batch } })
      const { socket } = page
      for (const frame of [li("e-2"), JSON.stringify(resync("e-9")), li("e-10"), li("e-11")])
        socket.message(frame)
      await messages()
      await settle()
      expect([show(page), page.requests.length]).toEqual(["e-2", 1])
      const answered = page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-10" })
      socket.message(li("e-12"))
      await answered
      await messages()
      expect(show(page)).toBe("all e-11 e-12")
      expect(await redial(page)).toBe("/room?last-id=e-12")
    })

    test("latest: a frame that fails in the midst of a burst is a gap", async () => {
      using page = await opened({ config: { batch: "latest" } })
      for (const frame of [li("e-2"), bad("e-3"), li("e-4")]) page.socket.message(frame)
      await messages()
      await settle()
      expect(page.gaps.length).toBe(1)
      await page.requests[0]?.answer("<li>all</li>", { "HX-Last-ID": "e-4" })
      expect([show(page), await redial(page)]).toEqual(["all", "/room?last-id=e-4"])
    })
  })

  describe("a page that is saved in the history", () => {
    const [save, saved, restored] =
      htmx === "4"
        ? [
            "htmx:history:cache:before:save",
            "htmx:history:cache:after:save",
            "htmx:history:cache:after:restore",
          ]
        : ["htmx:beforeHistorySave", "htmx:historyItemCreated", "htmx:historyRestore"]
    const tell = (page: Page, name: string) =>
      page.document.body.dispatchEvent(new page.window.CustomEvent(name, { bubbles: true, detail: {} }))

    test("has the cursor in the attribute just then, in its spelling", async () => {
      using page = await opened({
        body: `<div id="room" ws-connect="/room" data-ws-resume="e-1"></div>`,
      })
      await page.receive("<!--id:e-2-->")
      const room = page.$("#room")
      tell(page, save)
      const during = room.outerHTML
      tell(page, saved)
      expect([during.includes(`data-ws-resume="e-2"`), room.getAttribute("data-ws-resume")]).toEqual([
        true,
        "e-1",
      ])
      tell(page, save)
      await settle()
      expect(room.getAttribute("data-ws-resume")).toBe("e-1")
      expect(await redial(page)).toBe("/room?last-id=e-2")
    })

    test("asks for nothing when it is restored if it lacks something", async () => {
      using page = await opened()
      await page.receive(resync("e-9"))
      await page.requests[0]?.answer("", {})
      tell(page, save)
      expect(page.$("#room").getAttribute("ws-resume")).toBe("")
    })

    test("fetches what it lacks if it comes back into an element whose connection stayed", async () => {
      using page = await opened({
        body: `<div id="room" ws-connect="/room" ws-resume="e-1" ws-resync="/feed"><div id="part" hx-history-elt></div></div>
          <div ws-connect="/other" ws-resume="e-1" ws-resync="/feed2"></div>`,
      })
      tell(page, restored)
      await settle()
      expect([page.requests.map(({ path }) => path), page.gaps]).toEqual([
        ["/feed"],
        [`room {"cursor":"e-1","reason":"history"}`],
      ])
    })
  })

  test("a page that has connected before the script came is asked for everything: nobody knows what it shows", async () => {
    const page = await openLate({ body })
    try {
      page.socket.open()
      await settle()
      page.execute("/dist/ws-resume.js")
      await settle()
      page.socket.open()
      // On htmx 1.9 and 2 a frame shows that there is a connection.
      await page.receive(li("e-2"))
      page.socket.open()
      await settle()
      expect([lastUrl(page), page.sockets.length]).toEqual(["/room", 2])
      await page.receive(`<!--id:e-2--><ol id="log"><li>e-2</li></ol>`)
      await page.receive(li("e-3"))
      expect([show(page), await redial(page)]).toEqual(["e-2 e-3", "/room?last-id=e-3"])
    } finally {
      page[Symbol.dispose]()
    }
  })

  test("the script executed again changes nothing", async () => {
    using page = await opened()
    page.execute("/dist/ws-resume.js")
    await page.receive(resync("e-9"))
    expect([page.requests.length, page.gaps.length]).toEqual([1, 1])
  })
})
