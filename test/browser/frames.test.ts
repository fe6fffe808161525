import { describe } from "vitest"
import { acceptRaw, echo } from "../setup/behaviours.ts"
import { frame, opcode } from "../setup/frames.ts"
import { expect, onBoth } from "./kit/test.ts"

const out = `<div id="c" ws-connect="/ws"><p id="out">nothing</p><form id="f" ws-send><input name="a" value="1"></form></div>`

describe.concurrent("frames", () => {
  onBoth("of five megabytes arrive both ways", async (stage) => {
    const size = 5 * 1024 * 1024
    await stage.open(out)
    const visit = await stage.live()
    visit.send(`<p id="out" hidden>${"x".repeat(size)}</p>`)
    await stage.when((size) => document.querySelector("#out")?.textContent?.length === size, size)
    await stage.page.evaluate((size) => window.wrappers["#c"]?.send("y".repeat(size)), size)
    await stage.until(() => visit.texts.length === 1)
    expect(visit.texts[0]?.length).toBe(size)
  })

  onBoth("that are binary have the type of htmx.config.wsBinaryType", async (stage) => {
    await stage.open(out, { config: { wsBinaryType: "arraybuffer" } })
    const visit = await stage.live()
    visit.send(new Uint8Array([1, 2, 3]))
    expect(await stage.eventsOf("wsAfterMessage")).toMatchObject([{ detail: { message: { buffer: 3 } } }])
  })

  onBoth("that are binary have the type of the setting binaryType before the page's", async (stage) => {
    await stage.open(out, { config: { wsBinaryType: "blob", ws: { binaryType: "arraybuffer" } } })
    const visit = await stage.live()
    visit.send(new Uint8Array([1, 2, 3]))
    expect(await stage.eventsOf("wsAfterMessage")).toMatchObject([{ detail: { message: { buffer: 3 } } }])
  })

  onBoth("that are binary are sent unchanged", async (stage) => {
    await stage.open(out)
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    await stage.page.evaluate(() => {
      const wrapper = window.wrappers["#c"]
      const bytes = new Uint8Array([0, 1, 2, 255])
      wrapper?.send(bytes)
      wrapper?.send(bytes.buffer)
      wrapper?.send(new DataView(bytes.buffer, 1, 2))
      wrapper?.send(new Blob([bytes]))
    })
    await stage.until(() => visit.messages.length === 4)
    const whole = Buffer.from([0, 1, 2, 255])
    expect(visit.messages.map(({ data }) => data)).toEqual([whole, whole, Buffer.from([1, 2]), whole])
  })

  onBoth("that cannot be sent fire an error with a sentence, and those around them arrive", async (stage) => {
    await stage.open(out)
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    await stage.page.evaluate(() => {
      const circular: Record<string, unknown> = {}
      circular.self = circular
      for (const message of ["before", {}, () => {}, null, circular, "after"])
        window.wrappers["#c"]?.send(message as string)
    })
    await stage.until(() => visit.texts.includes("after"))
    expect(visit.texts).toEqual(["before", "after"])
    const errors = await stage.events("wsError")
    expect(errors).toHaveLength(4)
    for (const { detail } of errors)
      expect(detail.error).toMatchObject({ message: expect.stringMatching(/ .* /) })
  })

  onBoth("of a burst are applied in order", async (stage) => {
    await stage.open(`<div ws-connect="/ws"><ol id="list"></ol></div>`)
    const visit = await stage.live()
    const numbers = Array.from({ length: 300 }, (_, index) => String(index))
    for (const number of numbers) visit.send(`<ol id="list" hx-swap-oob="beforeend"><li>${number}</li></ol>`)
    await stage.when(() => document.querySelectorAll("li").length === 300)
    expect(await stage.page.locator("li").allTextContents()).toEqual(numbers)
  })

  onBoth("of a burst are applied in order with batch, also while the tab is hidden", async (stage) => {
    await stage.open(`<div ws-connect="/ws" ws-config="batch:true"><ol id="list"></ol></div>`)
    const visit = await stage.live()
    await stage.page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }))
    const numbers = Array.from({ length: 300 }, (_, index) => String(index))
    for (const number of numbers) visit.send(`<ol id="list" hx-swap-oob="beforeend"><li>${number}</li></ol>`)
    // Received frames are applied before the close.
    visit.close(1000)
    await stage.eventsOf("wsClose")
    expect(await stage.page.locator("li").allTextContents()).toEqual(numbers)
    const events = (await stage.events()).map(({ name }) => name).filter((name) => /Message|Close/.test(name))
    expect(events).toEqual([...numbers.flatMap(() => ["wsBeforeMessage", "wsAfterMessage"]), "wsClose"])
  })

  onBoth("of a burst with batch: latest run the scripts of elements that are not replaced", async (stage) => {
    await stage.open(`<div ws-connect="/ws" ws-config="batch:latest"></div><p id="a"></p><p id="b"></p>`)
    await stage.live()
    await stage.page.evaluate(() => {
      document.title = "ran:"
      for (const [id, n] of [
        ["a", 1],
        ["a", 2],
        ["b", 3],
        ["a", 4],
      ] as const) {
        const data = `<p id="${id}">${n}<script>document.title += "${id}${n}"</script></p>`
        for (const socket of window.sockets) socket.dispatchEvent(new MessageEvent("message", { data }))
      }
    })
    await stage.eventsOf("wsAfterMessage", 4)
    expect(await stage.page.title()).toBe("ran:b3a4")
  })

  onBoth("that come with the handshake, or in pieces, are applied", async (stage) => {
    const text = Buffer.from(`<p id="out">früh</p>`)
    stage.server.webSocket("/one", acceptRaw(frame(`<p id="one">early</p>`)))
    stage.server.webSocket(
      "/two",
      // The cut is inside the ü.
      acceptRaw(
        Buffer.concat([
          frame(text.subarray(0, 15), { fin: false }),
          frame(text.subarray(15), { opcode: opcode.continuation }),
        ]),
      ),
    )
    await stage.open(
      `<p id="one"></p><p id="out"></p><div ws-connect="/one"></div><div ws-connect="/two"></div>`,
    )
    await stage.page.getByText("early").waitFor()
    await stage.page.getByText("früh").waitFor()
  })

  onBoth("with nothing to swap do no harm", async (stage) => {
    stage.server.webSocket("/ws", echo())
    await stage.open(out)
    const visit = await stage.live()
    const odd = [
      "",
      " ",
      "plain text",
      "<p>no id</p>",
      `<p id="nowhere">x</p>`,
      "{}",
      "<",
      "<!--",
      "\0",
      "<tr><td>x</td></tr>",
    ]
    for (const text of odd) visit.send(text)
    visit.send(`<p id="out">after all</p>`)
    await stage.page.getByText("after all").waitFor()
    expect(await stage.eventsOf("wsAfterMessage", odd.length + 1)).toHaveLength(odd.length + 1)
    expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
  })
})
