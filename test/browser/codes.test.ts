import { describe } from "vitest"
import {
  accept,
  acceptRaw,
  type Behaviour,
  closeAfter,
  dropAfter,
  inTurn,
  reset,
  wrongAccept,
} from "../setup/behaviours.ts"
import { closeFrame, frame, opcode } from "../setup/frames.ts"
import { expect, onBoth } from "./kit/test.ts"

const wire = (code: number) => acceptRaw(closeFrame(code))

/** How a socket may end: the close code that the page sees, and whether it dials again. */
const allEnds: ReadonlyArray<[name: string, behaviour: Behaviour, code: number, again: boolean]> = [
  ...[1001, 1011, 1012, 1013, 1014].map((code) => [`code-${code}`, wire(code), code, true] as const),
  ...[
    999, 1000, 1002, 1003, 1004, 1007, 1008, 1009, 1010, 1016, 2000, 2999, 3000, 4000, 4401, 4999, 5000,
  ].map((code) => [`code-${code}`, wire(code), code, false] as const),
  // These must not be sent: Chromium treats such a frame as a failure.
  ...[1005, 1006, 1015].map((code) => [`wire-${code}`, wire(code), 1006, true] as const),
  ["no-status", closeAfter(0), 1005, true],
  ["fin", dropAfter(0, "end"), 1006, true],
  ["rst", dropAfter(0), 1006, true],
  ["rst-in-handshake", reset(), 1006, true],
  ["wrong-accept", wrongAccept(), 1006, true],
  ["bad-utf8", acceptRaw(frame(Buffer.from([0xff, 0xfe]))), 1006, true],
  ["reserved-opcode", acceptRaw(frame("x", { opcode: opcode.reserved })), 1006, true],
  ["masked", acceptRaw(frame("x", { masked: true })), 1006, true],
  ["rsv1", acceptRaw(frame("x", { rsv1: true })), 1006, true],
].map((end) => end as [string, Behaviour, number, boolean])

describe.concurrent("the end of a socket", () => {
  // Chromium slows down a page that dials many sockets at once.
  for (const ends of [allEnds.slice(0, 11), allEnds.slice(11, 22), allEnds.slice(22)])
    onBoth(`decides whether it dials again: ${ends.map(([name]) => name).join(", ")}`, async (stage) => {
      for (const [name, behaviour] of ends) stage.server.webSocket(`/${name}`, inTurn(behaviour, accept()))
      await stage.open(
        ends.map(([name]) => `<div id="${name}" ws-connect="/${name}"><p ws-status></p></div>`).join(""),
      )
      await stage.eventsOf("wsClose", ends.length)
      const again = ends.filter(([, , , again]) => again).map(([name]) => name)
      await stage.until(() => again.every((name) => stage.server.live(`/${name}`).length === 1))
      await stage.eventsOf("wsReconnecting", again.length)
      expect((await stage.events("wsReconnecting")).map(({ on }) => on.slice(1)).sort()).toEqual(
        again.toSorted(),
      )

      const closed = new Map(
        (await stage.events("wsClose")).map(({ detail, on }) => [on.slice(1), detail.event]),
      )
      for (const [name, , code] of ends) expect([name, closed.get(name)]).toMatchObject([name, { code }])
      await stage.until(() =>
        stage.page
          .locator("[data-ws-state=open]")
          .count()
          .then((count) => count === again.length),
      )
      for (const [name, , , again] of ends) {
        const state = await stage.page.locator(`#${name} p`).getAttribute("data-ws-state")
        expect([name, state]).toEqual([name, again ? "open" : "closed"])
        expect([name, stage.server.visitsTo(`/${name}`).length]).toEqual([name, again ? 2 : 1])
      }
    })

  onBoth("after a final code reconnect() dials again", async (stage) => {
    stage.server.webSocket("/ws", inTurn(closeAfter(0, 4401, "login"), accept()))
    await stage.open(`<div id="c" ws-connect="/ws"></div>`)
    expect(await stage.eventsOf("wsClose")).toMatchObject([
      { detail: { event: { code: 4401, reason: "login" } } },
    ])
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.live()
  })

  onBoth("is matched against reconnectCodes of the element", async (stage) => {
    for (const path of ["/a", "/b", "/c"]) stage.server.webSocket(path, inTurn(closeAfter(0, 4000), accept()))
    stage.server.webSocket("/d", inTurn(closeAfter(0, 1012), accept()))
    await stage.open(
      `<div id="a" ws-connect="/a" ws-config='{"reconnectCodes": [4000]}'></div>
       <section ws-config="reconnectCodes:[4000]"><div id="b" ws-connect="/b"></div></section>
       <div id="c" ws-connect="/c"></div>
       <div id="d" ws-connect="/d" ws-config='{"reconnect": false}'></div>`,
    )
    await stage.live("/a")
    await stage.live("/b")
    await stage.eventsOf("wsClose", 4)
    expect(stage.server.visitsTo("/c")).toHaveLength(1)
    expect(stage.server.visitsTo("/d")).toHaveLength(1)
    expect((await stage.events("wsReconnecting")).map(({ on }) => on).sort()).toEqual(["#a", "#b"])
  })

  onBoth("ends in wsFailed when the retries are used up", async (stage) => {
    stage.server.webSocket("/ws", closeAfter(0, 1013, "full"))
    await stage.open(`<div id="c" ws-connect="/ws"><p ws-status></p></div>`, {
      config: { ws: { reconnectMaxAttempts: 2 } },
      delay: 20,
    })
    const [failed] = await stage.eventsOf("wsFailed")
    expect(failed).toMatchObject({ on: "#c", detail: { attempts: 2, code: 1013, reason: "full" } })
    await stage.page.locator("[data-ws-state=failed]").waitFor({ state: "attached" })
    expect(stage.server.visits).toHaveLength(3)
    stage.server.webSocket("/ws", accept())
    await stage.page.evaluate(() => window.wrappers["#c"]?.reconnect())
    await stage.live()
  })

  onBoth("that we start has the code and reason that we pass", async (stage) => {
    await stage.open(`<div id="c" ws-connect="/ws"></div>`)
    const visit = await stage.live()
    await stage.eventsOf("wsOpen")
    await stage.page.evaluate(() => window.wrappers["#c"]?.close(3001, "enough"))
    expect(await stage.until(() => visit.closed)).toMatchObject({ code: 3001, reason: "enough" })
    await stage.eventsOf("wsClose")
    expect(await stage.lives()).toEqual(["wsConfigConnect #c", "wsConnecting #c", "wsOpen #c", "wsClose #c"])
  })
})
