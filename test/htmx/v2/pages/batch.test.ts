import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { messages, microtasks, type Page } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws" ws-config="batch:true"><p id="a"></p></div><p id="out"></p>`
const line = (text: string | number) => `<p id="out" hx-swap-oob="beforeend"><i>${text}</i></p>`
const lines = (page: Page) => page.$("#out").textContent

onBoth((open) => {
  const opened = async () => {
    const page = await open({ body })
    page.socket.open()
    page.forget()
    return page
  }
  const burst = (page: Page) => {
    for (const text of [1, 2, 3]) page.socket.message(line(text))
  }
  const each = ["wsBeforeMessage #c", "wsAfterMessage #c"]
  const all = [...each, ...each, ...each]

  describe("the frames of a burst, with batch", () => {
    test("are applied in order in one later task, with all their events", async () => {
      using page = await opened()
      burst(page)
      await microtasks()
      expect([lines(page), page.events]).toEqual(["", []])
      await messages()
      expect([lines(page), page.events]).toEqual(["123", all])
      expect(page.all("wsAfterMessage").map(({ detail }) => detail.message)).toEqual([
        line(1),
        line(2),
        line(3),
      ])
      page.socket.message(line(4))
      await messages()
      expect(lines(page)).toBe("1234")
    })

    test("need no timer", async () => {
      using page = await opened()
      const { pending } = page.clock
      burst(page)
      expect(page.clock.pending).toBe(pending)
    })

    test("wait for a timer if there is no MessageChannel, as in jsdom", async () => {
      const before = (window: object) => Object.assign(window, { MessageChannel: undefined })
      using page = await open({ body, before })
      page.socket.open()
      burst(page)
      expect(lines(page)).toBe("")
      page.clock.advance(0)
      expect(lines(page)).toBe("123")
    })

    test("cause the same events as without it", async () => {
      const logs: Array<unknown> = []
      for (const batch of [true, false]) {
        using page = await open({ body: body.replace("true", String(batch)) })
        page.socket.open()
        page.forget()
        burst(page)
        page.socket.message(`<p id="a">new</p><p id="nowhere"></p>`)
        page.socket.message(new Blob([]))
        await messages()
        logs.push(page.log.map(({ name, on }) => `${name} ${on.id}`))
      }
      expect(logs[0]).toEqual(logs[1])
    })

    test.each<readonly [string, (page: Page) => void, ReadonlyArray<string>]>([
      ["the socket closes", (page) => page.socket.drop(), ["wsClose #c", "wsReconnecting #c"]],
      [
        "the socket is replaced",
        (page) => page.wrapper().reconnect(),
        ["wsConfigConnect #c", "wsConnecting #c"],
      ],
      ["a swap takes the element", (page) => page.swap("#c", "<b></b>"), ["wsClose #c"]],
    ])("are applied before anything else when %s", async (_, happen, follows) => {
      using page = await opened()
      page.on("wsBeforeMessage", () => {})
      page.socket.message(line(0))
      await messages()
      page.forget()
      burst(page)
      happen(page)
      expect(lines(page)).toBe("0123")
      expect(page.events).toEqual([...all, ...follows])
      await messages()
      expect(lines(page)).toBe("0123")
    })

    test("are applied if the element was removed before", async () => {
      using page = await opened()
      burst(page)
      page.$("#c").remove()
      await microtasks()
      expect(lines(page)).toBe("123")
      expect(page.events).toEqual([...all, "wsClose #c"])
    })

    test("are applied when the connection is paused or closed, before its socket has closed", async () => {
      using page = await opened()
      page.socket.message(line(0))
      await messages()
      burst(page)
      page.wrapper().close()
      await messages()
      expect(lines(page)).toBe("0123")
    })

    test("end with the one that removes the element, as they would without batch", async () => {
      using page = await open({ body: body.replace('<p id="a">', '<p id="b">') })
      page.socket.open()
      page.forget()
      page.socket.message(line(1))
      page.socket.message(`<p id="c"></p>`)
      page.socket.message(line(2))
      await messages()
      expect(lines(page)).toBe("1")
      expect(page.events).toEqual([...each, "wsBeforeMessage #c", "wsClose #c"])
    })

    test("end with the one whose listener makes the connection dial again", async () => {
      using page = await opened()
      page.on("wsAfterMessage", ({ detail }) => {
        if (String(detail.message).includes("2")) detail.socketWrapper.reconnect()
      })
      burst(page)
      await messages()
      expect([lines(page), page.sockets.length]).toEqual(["12", 2])
    })

    test("go on after one whose listener throws, and after one that is refused", async () => {
      using page = await opened()
      page.on("wsBeforeMessage", (event) => {
        if (String(event.detail.message).includes("1")) throw new Error("thrown")
        if (String(event.detail.message).includes("2")) event.preventDefault()
      })
      burst(page)
      await messages()
      expect(lines(page)).toBe("13")
    })

    test("that arrive while others are applied follow in the same task", async () => {
      using page = await opened()
      page.on("wsAfterMessage", ({ detail }) => {
        if (String(detail.message).includes("2")) page.socket.message(line(4))
      })
      burst(page)
      await messages()
      expect(lines(page)).toBe("1234")
    })
  })
})
