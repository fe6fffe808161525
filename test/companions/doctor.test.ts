import { describe, expect, test } from "vitest"
import { onEach, type Page, sentences } from "./kit.ts"

const body = `<div id="room" ws-connect="/room?token=secret"></div>`

interface Answer {
  readonly status?: number
  readonly type?: string
  readonly headers?: Record<string, string>
}

onEach(["doctor"], (open, htmx) => {
  const verdictEvent = htmx === "4" ? "htmx:ws:verdict" : "htmx:wsVerdict"

  /** A page whose server answers plain requests so, or is not there. */
  const opened = async (answer: Answer | undefined, options: { body?: string; url?: string } = {}) => {
    const page = await open({ body, config: { reconnectJitter: 0, reconnectDelay: 100 }, ...options })
    const asked: Array<string> = []
    const wait = { until: Promise.resolve() }
    Object.assign(page.window, {
      fetch: async (url: URL) => {
        asked.push(String(url))
        await wait.until
        if (answer === undefined) throw new TypeError("Failed to fetch")
        const { headers = {}, status = 0, type = "basic" } = answer
        return { status, type, headers: new Headers(headers) }
      },
    })
    return Object.assign(page, { asked, wait, verdicts: page.record(verdictEvent) })
  }
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  /** Has so many dials be refused, each after the delay of the one before. */
  const refuse = async (page: Page, times: number) => {
    for (let dial = 0; dial < times; dial++) {
      page.socket.drop()
      await settle()
      page.clock.advance(5000)
    }
  }
  const stateOf = (page: Page) => page.live.length

  describe("after two attempts that never opened", () => {
    test.for([
      [{ status: 401 }, "unauthorized", "the server answers 401 to /room: it wants a login"],
      [{ status: 403 }, "unauthorized", "the server answers 403 to /room: it wants a login"],
      [{ type: "opaqueredirect" }, "redirected", "the server redirects /room elsewhere: to log in?"],
      [{ status: 429 }, "busy", "the server answers 429 to /room"],
      [{ status: 503 }, "busy", "the server answers 503 to /room"],
      [{ status: 404 }, "not-found", "the server answers 404 to /room: is there a route for WebSockets?"],
      [
        { status: 426 },
        "no-upgrade",
        "the server answers 426 to /room: does a proxy on the way drop the header Upgrade?",
      ],
      [
        { status: 400 },
        "no-upgrade",
        "the server answers 400 to /room: does a proxy on the way drop the header Upgrade?",
      ],
      [
        { status: 200 },
        "no-upgrade",
        "the server answers 200 to /room: does a proxy on the way drop the header Upgrade?",
      ],
      [undefined, "unreachable", "no server answers at page.test:8080"],
    ] as const)("%j is %s", async ([answer, verdict, sentence]) => {
      using page = await opened(answer)
      await refuse(page, 1)
      expect([page.asked, page.verdicts]).toEqual([[], []])
      await refuse(page, 1)
      const status = answer !== undefined && "status" in answer ? { status: answer.status } : {}
      expect(page.verdicts.map((line) => JSON.parse(line.replace("room ", "")))).toEqual([
        { verdict, ...status, sentence },
      ])
      expect(page.asked).toEqual(["http://page.test:8080/room?token=secret"])
      expect(sentences(page).at(-1)).toBe(`[ws-doctor] ${sentence}`)
    })

    test.for(["unauthorized", "redirected"])("%s closes for good", async (verdict) => {
      using page = await opened(verdict === "redirected" ? { type: "opaqueredirect" } : { status: 401 })
      await refuse(page, 2)
      expect(stateOf(page)).toBe(0)
      const { length } = page.sockets
      page.clock.advance(300_000)
      expect(page.sockets).toHaveLength(length)
    })

    test.for([404, 426, 400, 200, 503])("%d changes nothing about retries", async (status) => {
      using page = await opened({ status })
      await refuse(page, 3)
      expect(page.sockets).toHaveLength(4)
    })

    test("nothing follows from a verdict that a listener cancels", async () => {
      using page = await opened({ status: 401 })
      page.document.addEventListener(verdictEvent, (event) => event.preventDefault())
      await refuse(page, 2)
      expect([stateOf(page), sentences(page).filter((line) => line.includes("doctor"))]).toEqual([1, []])
    })
  })

  test("a connection that opens in between has not failed in a row", async () => {
    using page = await opened({ status: 401 })
    await refuse(page, 1)
    page.socket.open()
    await refuse(page, 1)
    expect(page.asked).toEqual([])
    await refuse(page, 1)
    expect(page.asked).toEqual([])
    await refuse(page, 1)
    expect(page.asked).toHaveLength(1)
  })

  test("a verdict that comes when the socket has opened is none", async () => {
    using page = await opened({ status: 401 })
    let answer = () => {}
    page.wait.until = new Promise((resolve) => {
      answer = resolve
    })
    await refuse(page, 2)
    page.socket.open()
    answer()
    await settle()
    expect([page.asked.length, page.verdicts, stateOf(page)]).toEqual([1, [], 1])
  })

  test("a verdict that comes while the next attempt is under way still counts", async () => {
    using page = await opened({ status: 401 })
    let answer = () => {}
    page.wait.until = new Promise((resolve) => {
      answer = resolve
    })
    await refuse(page, 2)
    await refuse(page, 1)
    answer()
    await settle()
    expect([page.asked.length, page.verdicts.length, stateOf(page)]).toEqual([1, 1, 0])
  })

  test("an element that has left in the meantime gets no verdict", async () => {
    using page = await opened({ status: 401 })
    let answer = () => {}
    page.wait.until = new Promise((resolve) => {
      answer = resolve
    })
    await refuse(page, 2)
    page.$("#room").remove()
    answer()
    await settle()
    expect(page.verdicts).toEqual([])
  })

  test("a URL is asked at most once a minute", async () => {
    using page = await opened({ status: 404 })
    const refuseFor = async (millis: number) => {
      for (let passed = 0; passed < millis; passed += 1000) {
        if (page.socket.isLive) page.socket.drop()
        await settle()
        page.clock.advance(1000)
      }
    }
    await refuseFor(50_000)
    expect(page.asked).toHaveLength(1)
    await refuseFor(60_000)
    expect(page.asked).toHaveLength(2)
  })

  test("elements that dial one URL share what is found out, and each gets one verdict", async () => {
    using page = await opened({ status: 401 }, { body: `${body}${body.replace("room", "hall")}` })
    for (let round = 0; round < 4; round++) {
      for (const socket of page.live) socket.drop()
      await settle()
      page.clock.advance(5000)
    }
    expect([page.asked.length, page.live.length]).toEqual([1, 0])
    expect(page.verdicts.map((line) => line.split(" ")[0]).sort()).toEqual(["hall", "room"])
  })

  test("a server that asks to wait is dialled no earlier than that", async () => {
    using page = await opened({ status: 503, headers: { "Retry-After": "30" } })
    page.socket.drop()
    page.clock.advance(100)
    page.socket.drop()
    await settle()
    expect(page.verdicts).toEqual([
      `room {"verdict":"busy","status":503,"retryAfter":30000,"sentence":"the server answers 503 to /room, to be asked again in 30 s"}`,
    ])
    page.clock.advance(1000)
    page.socket.drop()
    await settle()
    const { length } = page.sockets
    page.clock.advance(28_900)
    expect(page.sockets).toHaveLength(length)
    page.clock.advance(200)
    expect(page.sockets).toHaveLength(length + 1)
  })

  test("Retry-After may be a date", async () => {
    using page = await opened({ status: 429, headers: { "Retry-After": "Thu, 01 Jan 1970 00:30:00 GMT" } })
    await refuse(page, 2)
    expect(page.verdicts[0]).toMatch(/"retryAfter":\d+/)
  })

  test("nothing is asked of another origin", async () => {
    using page = await opened({ status: 401 }, { body: body.replace("/room", "ws://other.test/room") })
    await refuse(page, 3)
    expect([page.asked, page.verdicts]).toEqual([[], []])
  })

  test("nothing is asked while another probe is under way", async () => {
    using page = await opened({ status: 404 }, { body: `${body}${body.replaceAll("room", "hall")}` })
    let answer = () => {}
    page.wait.until = new Promise((resolve) => {
      answer = resolve
    })
    for (let round = 0; round < 3; round++) {
      for (const socket of page.live) socket.drop()
      page.clock.advance(1000)
    }
    expect(page.asked).toHaveLength(1)
    answer()
    await settle()
    for (const socket of page.live) socket.drop()
    await settle()
    expect(page.asked).toHaveLength(2)
  })

  test("a URL that a listener puts in place of another is the one that is asked", async () => {
    using page = await opened({ status: 404 })
    const name = htmx === "4" ? "htmx:ws:before:connection" : "htmx:wsConfigConnect"
    page.document.addEventListener(name, (event) => {
      const { detail } = event as CustomEvent
      ;(detail.connection ?? detail).url = "ws://page.test:8080/fresh"
    })
    await refuse(page, 2)
    expect(page.asked).toEqual(["http://page.test:8080/fresh"])
  })

  test("a URL that the page's content policy blocks is csp, and the server is not asked", async () => {
    using page = await opened({ status: 200 })
    const violation = Object.assign(new page.window.Event("securitypolicyviolation"), {
      blockedURI: "ws://page.test:8080/room?token=secret",
      effectiveDirective: "connect-src",
    })
    page.document.dispatchEvent(violation)
    await refuse(page, 2)
    expect([page.asked, page.verdicts]).toEqual([
      [],
      [
        `room {"verdict":"csp","sentence":"the page's Content-Security-Policy lacks ws://page.test:8080 in connect-src"}`,
      ],
    ])
  })

  test("ws: on a page over https is mixed content", async () => {
    using page = await opened(
      { status: 200 },
      { url: "https://page.test/", body: body.replace("/room", "ws://page.test/room") },
    )
    await refuse(page, 2)
    expect(page.verdicts).toEqual([
      `room {"verdict":"mixed-content","sentence":"a page over https may connect to page.test by wss: only"}`,
    ])
  })
})
