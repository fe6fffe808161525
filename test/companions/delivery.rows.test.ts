/** What became of each message: a row for it, of a template at first, and of the server's then. */
import { describe, expect, test } from "vitest"
import { onEach, type Page, sentences } from "./kit.ts"

const body = (attributes = `ws-ack="10s reset"`, more = "") => `<div id="room" ws-connect="/room">
  <ol id="log"></ol>
  <ol id="mine"><template ws-outgoing="#say"><li><b ws-value="text"></b><i ws-delivery></i><button ws-retry>Again</button></li></template></ol>
  <form id="say" ws-send ${attributes}><input id="text" name="text"><output ws-delivery></output>${more}</form></div>`

onEach(["delivery"], (open) => {
  const opened = async (...args: Parameters<typeof body>) => {
    const page = await open({ body: body(...args) })
    page.window.Math.random = () => 0
    page.socket.open()
    await page.settled()
    return page
  }
  const say = async (page: Page, text: string) => {
    page.$<HTMLInputElement>("#text").value = text
    page.$<HTMLFormElement>("#say").requestSubmit()
    await page.settled()
  }
  /** The rows as `text state`. */
  const rows = (page: Page, list = "#mine") =>
    Array.from(page.document.querySelectorAll(`${list} li`), (row) =>
      [row.querySelector("b")?.textContent, row.querySelector("i")?.getAttribute("data-ws-delivery")].join(
        " ",
      ),
    )
  const idOf = (page: Page, at = -1) => {
    const { HEADERS, headers } = page.json.at(at) ?? {}
    return ((HEADERS ?? headers) as Record<string, string>)["HX-Message-ID"]
  }
  /** The server's row of a message, which comes by itself. */
  const row = (id: string | undefined, text: string) =>
    `<ol id="log" hx-swap-oob="beforeend"><li ws-message="${id}"><b>${text}</b><i ws-delivery></i></li></ol>`

  describe("a row for each message", () => {
    test("is there from the trigger on, with its values, and shows its state", async () => {
      using page = await open({ body: body() })
      await say(page, "<b>1</b>")
      expect(rows(page)).toEqual(["<b>1</b> queued"])
      page.socket.open()
      await page.settled()
      await say(page, "2")
      expect(rows(page)).toEqual(["<b>1</b> sent", "2 sent"])
      await page.receive({ "HX-Nack": idOf(page, 0) })
      expect(rows(page)).toEqual(["<b>1</b> failed", "2 sent"])
      expect(page.document.querySelectorAll("#mine template")).toHaveLength(1)
      expect(sentences(page)).toEqual([])
    })

    test("gives way to the server's, which shows that the message was received", async () => {
      using page = await opened()
      await say(page, "1")
      await page.receive({ "HX-Ack": idOf(page) })
      expect([rows(page), rows(page, "#log")]).toEqual([["1 acked"], []])
      await page.receive(row(idOf(page), "1"))
      expect([rows(page), rows(page, "#log")]).toEqual([[], ["1 acked"]])
    })

    test("of the server acknowledges the message, and resets its form", async () => {
      using page = await opened()
      await say(page, "1")
      await page.receive(row("another", "0"))
      expect(rows(page)).toEqual(["1 sent"])
      await page.receive(row(idOf(page), "1"))
      expect([rows(page), rows(page, "#log"), page.$<HTMLInputElement>("#text").value]).toEqual([
        [],
        ["0 ", "1 acked"],
        "",
      ])
    })

    test("of the server settles what became of an unknown message, also if it comes by other ways", async () => {
      using page = await opened()
      await say(page, "1")
      const id = idOf(page)
      page.socket.drop()
      await page.settled()
      expect(rows(page)).toEqual(["1 unknown"])
      page.$("#log").insertAdjacentHTML("beforeend", row(id, "1"))
      await page.settled()
      expect([rows(page), page.$("output").getAttribute("data-ws-delivery")]).toEqual([[], "acked"])
    })

    test("stays if its message failed, also when the form sends the next, and sends that alone again", async () => {
      using page = await opened()
      for (const text of ["1", "2"]) {
        await say(page, text)
        await page.receive({ "HX-Nack": idOf(page) })
      }
      expect(rows(page)).toEqual(["1 failed", "2 failed"])
      const first = idOf(page, 0)
      page.document.querySelector<HTMLElement>("#mine button")?.click()
      await page.settled()
      expect([rows(page), page.json.length, idOf(page)]).toEqual([["1 sent", "2 failed"], 3, first])
      await page.receive(row(first, "1"))
      expect([rows(page), rows(page, "#log")]).toEqual([["2 failed"], ["1 acked"]])
    })

    test("goes when the message is written, if nobody waits for more", async () => {
      using page = await open({ body: body("") })
      await say(page, "1")
      expect(rows(page)).toEqual(["1 queued"])
      page.socket.open()
      await page.settled()
      expect(rows(page)).toEqual([])
    })

    test("may be taken away by the page, which forgets the message then", async () => {
      using page = await opened()
      await say(page, "1")
      await page.receive({ "HX-Nack": idOf(page) })
      page.$("#mine li").remove()
      await say(page, "2")
      expect([rows(page), page.$("output").getAttribute("data-ws-delivery")]).toEqual([["2 sent"], "sent"])
    })

    test("keeps what others have sent as it is", async () => {
      using page = await opened()
      await page.receive(row("m1", "0"))
      await say(page, "1")
      expect(rows(page, "#log")).toEqual(["0 "])
    })
  })

  test("the attributes may be spelled as on htmx 4", async () => {
    using page = await open({
      body: body().replaceAll(/\bws-(?=outgoing|value|delivery|retry|message)/g, "hx-ws:"),
    })
    page.socket.open()
    await page.settled()
    await say(page, "1")
    expect(rows(page)).toEqual(["1 sent"])
  })
})
