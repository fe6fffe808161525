/** What a listener of a message learns about its end, and about messages that have no connection. */
import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import type { Page } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form></div>`

onBoth((open) => {
  const endings = (page: Page): Array<string> => {
    const seen: Array<string> = []
    page.on("wsConfigSend", ({ detail }) => {
      Object.assign(detail, { settle: (ending: string) => seen.push(ending) })
    })
    return seen
  }

  describe("settle of htmx:wsConfigSend", () => {
    test("is called in the turn in which the message is written", async () => {
      using page = await open({ body })
      const seen = endings(page)
      page.submit("#f")
      expect(seen).toEqual([])
      page.socket.open()
      expect(seen).toEqual(["written"])
    })

    test("is called with why it is not", async () => {
      using page = await open({
        body,
        before: ({ htmx }) => Object.assign(htmx.config, { ws: { queueTtl: "1s" } }),
      })
      const seen = endings(page)
      page.submit("#f")
      page.advance(1_000)
      page.submit("#f")
      page.wrapper().queue.length = 0
      page.on("wsBeforeSend", (event) => event.preventDefault())
      page.submit("#f")
      page.socket.open()
      page.socket.drop()
      page.submit("#f")
      page.$("#c").remove()
      await Promise.resolve()
      expect(seen).toEqual(["expired", "removed", "vetoed", "closed"])
    })

    test("may be given to send as well", async () => {
      using page = await open({ body })
      page.socket.open()
      const seen: Array<string> = []
      page.wrapper().send("x", null, (ending) => seen.push(ending))
      expect([page.socket.sent, seen]).toEqual([["x"], ["written"]])
    })
  })

  describe("htmx:wsUnsent", () => {
    const lonely = `<form id="f" ws-send><input name="a" value="1"></form>`

    test("comes before the error of a form without a connection, with what it would have sent", async () => {
      using page = await open({ body: lonely })
      page.submit("#f")
      expect(page.events).toEqual(["wsUnsent #f", "wsError #f"])
      expect(page.last("wsUnsent").parameters).toMatchObject({ a: "1" })
    })

    test("cancelled, is all that comes", async () => {
      using page = await open({ body: lonely })
      page.on("wsUnsent", (event) => event.preventDefault())
      page.submit("#f")
      expect([page.events, page.console]).toEqual([["wsUnsent #f"], []])
    })
  })
})
