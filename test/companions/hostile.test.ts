/** What nobody sends in good faith. `npm run fuzz` searches for more of it. */
import { describe, expect, test } from "vitest"
import { onEach, sentences } from "./kit.ts"

/** JSON that no text can be made of. */
const mute = { toString: 1 }

onEach(["delivery", "doctor", "inspector", "resume", "signals"], (open, htmx) => {
  const body = `<div id="room" ws-connect="/room" ws-resume><b id="x">old</b>
    <form id="f" ws-send ws-ack="5s"><input name="id" value="1"></form></div>`
  const opened = async (attributes = "") => {
    const page = await open({ body: body.replace("ws-resume", `ws-resume ${attributes}`) })
    page.socket.open()
    await page.settled()
    return page
  }

  describe("values that have no text", () => {
    test.for([
      { "HX-Trigger": "a", id: mute },
      { "HX-Ack": mute },
      { "HX-Nack": "m1", reason: mute },
      { "HX-Trigger": { a: { target: mute } } },
      { content: "<i></i>", id: mute, target: mute, swap: mute },
    ])("in a frame are named by their type, and the next frame is shown: %j", async (frame) => {
      using page = await opened()
      await page.receive(frame)
      await page.receive(`<b id="x">new</b>`)
      expect(page.$("#x").textContent).toBe("new")
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
      const ours = sentences(page).filter((line) => line.startsWith("[ws-"))
      expect(ours.every((line) => /"object"|object is not on the page|was ignored/.test(line))).toBe(true)
    })

    test.for(["allow", "spread"])("in the setting signals.%s are named by their type", async (key) => {
      const settings = { signals: { [key]: mute } }
      using page = await opened(`${htmx === "4" ? "hx-config" : "ws-config"}='${JSON.stringify(settings)}'`)
      await page.receive({ "HX-Trigger": "a" })
      expect(sentences(page).join()).toContain("object")
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })

    test("in the detail of an event leave it as it was", async () => {
      using page = await opened()
      const reconnecting = htmx === "4" ? "htmx:ws:reconnecting" : "htmx:wsReconnecting"
      page.document.addEventListener(reconnecting, ({ detail }: Event & { detail?: object }) =>
        Object.assign(detail as object, { delay: mute }),
      )
      for (let times = 0; times < 3; times++) {
        page.socket.drop()
        await page.settled()
        page.clock.advance(10_000)
        await page.settled()
      }
      expect(page.sockets).toHaveLength(4)
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })
  })

  test("a companion writes a hundred different sentences, and cuts long ones", async () => {
    using page = await opened()
    const frame = (id: string) => JSON.stringify({ "HX-Trigger": "a", id })
    page.socket.message(frame("!".repeat(10_000)))
    for (let times = 0; times < 110; times++) page.socket.message(frame(`no id ${times}`))
    await page.settled()
    await page.settled()
    const written = sentences(page).filter((line) => line.startsWith("[ws-resume]"))
    expect([written.length, Math.max(...written.map(({ length }) => length)) < 600]).toEqual([99, true])
  })

  test("a form with a field named id is called by its own id", async () => {
    using page = await open({ body: `<form id="room" ws-connect="/room" ws-resume><input name="id"></form>` })
    const form = page.$("#room")
    // As browsers have it, and jsdom has not.
    Object.defineProperty(form, "id", { value: form.firstElementChild })
    page.socket.open()
    await page.receive({ "HX-Resync": true, id: "e-1" })
    const tool = (page.htmx as unknown as { ws: { report(): string } }).ws
    const label = JSON.parse(tool.report()).connections[0].element
    expect([sentences(page), label]).toEqual([
      [`[ws-resume] <form id="room"> lacks frames: give it a ws-resync, to fetch what they showed`],
      "#room",
    ])
  })
})
