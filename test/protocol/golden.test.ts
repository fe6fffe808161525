/** The cases of PROTOCOL.md, on the built scripts of each htmx, and against the server of the tests. */
import { describe, expect, test } from "vitest"
import { WebSocket } from "ws"
import { onEach, type Page } from "../companions/kit.ts"
import { Room } from "../resume/Room.ts"
import { TestServer } from "../setup/server.ts"
import golden from "./golden.json" with { type: "json" }

const settle = async () => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
}

/** Loses the socket, and lets so much time pass that another is dialled if one will be. */
const lose = async (page: Page, end = () => page.socket.end(1012)) => {
  end()
  await settle()
  page.clock.advance(2000)
  await settle()
}

const pathOf = (page: Page) => page.socket.url.replace(/^wss?:\/\/[^/]*/, "")

onEach(["resume", "signals", "delivery"], (open, htmx) => {
  const wires = htmx === "4" ? (["html", "htmx 4"] as const) : (["html"] as const)
  const connect = (wire: string, attributes: string, inside: string) =>
    wire === "html"
      ? `<div id="room" ws-connect="/room" ${attributes}>${inside}</div>`
      : `<div id="room" hx-ws:connect="/room" hx-target="#x" ${attributes}>${inside}</div>`
  const opened = async (body: string) => {
    const page = await open({ body })
    page.socket.open()
    await settle()
    return page
  }

  for (const wire of wires) {
    test.for(golden.frames.filter((one) => one.wire === wire))(
      `a frame on the wire ${wire}: $title`,
      async ({ after, before, frame }) => {
        using page = await opened(connect(wire, "", before))
        await page.receive(frame)
        // What htmx marks as new, it unmarks a little later.
        page.clock.advance(100)
        await settle()
        expect(page.$("#room").innerHTML.replace(/ class=""/g, "")).toBe(after)
      },
    )

    test.for(golden.messages.filter((one) => one.wire === wire))(
      `a message on the wire ${wire}: $title`,
      async ({ form, headers, values }) => {
        const send = wire === "html" ? "ws-send" : "hx-ws:send"
        using page = await opened(connect(wire, "", `<form id="x" ${send}>${form}</form>`))
        page.$<HTMLFormElement>("form").requestSubmit()
        await settle()
        const { [headers]: sent, ...rest } = JSON.parse(String(page.socket.sent[0]))
        expect([rest, sent["HX-Request"]]).toEqual([values, "true"])
      },
    )

    test.for(golden.answers.filter((one) => one.wire === wire))(
      `on the wire ${wire}, a message is $state after $frame`,
      async ({ frame, state }) => {
        const send = wire === "html" ? "ws-send" : "hx-ws:send"
        using page = await opened(
          connect(wire, "", `<form ${send} ws-ack="10s"><output ws-delivery></output></form><b id="x"></b>`),
        )
        page.$<HTMLFormElement>("form").requestSubmit()
        await settle()
        const { HEADERS, headers = HEADERS } = JSON.parse(String(page.socket.sent[0]))
        await page.receive(frame.replace("m1", headers["HX-Message-ID"]))
        expect(page.$("output").getAttribute("data-ws-delivery")).toBe(state)
      },
    )

    test.for(golden.heartbeats)(
      `on the wire ${wire}, a heartbeat of $setting sends $message`,
      async ({ message, millis, setting }) => {
        const config =
          htmx === "4" ? `hx-config="ws.heartbeat:${setting}"` : `ws-config="heartbeat:${setting}"`
        using page = await opened(connect(wire, config, ""))
        page.clock.advance(millis)
        await settle()
        expect(page.socket.sent).toEqual([message])
      },
    )

    test.for(golden.closes)(
      `on the wire ${wire}, a close with $code leads to $leads`,
      async ({ code, leads }) => {
        using page = await opened(connect(wire, "", ""))
        const { socket } = page
        await lose(page, () => (code === 1006 ? socket.drop() : socket.end(code)))
        expect(page.sockets.length).toBe(leads === "retry" ? 2 : 1)
      },
    )
  }

  test.for(golden.ids)("the id of $frame is $id", async ({ frame, id }) => {
    using page = await opened(connect("html", `ws-resume="first"`, `<b id="x"></b>`))
    await page.receive(frame)
    await lose(page)
    expect(pathOf(page)).toBe(`/room?last-id=${id ?? "first"}`)
  })

  test.for(golden.dials)("$url is dialled with the id $id as $dialled", async ({ dialled, id, url }) => {
    using page = await opened(`<div ws-connect="${url}" ws-resume="${id}"></div>`)
    expect(pathOf(page)).toBe(dialled)
  })

  test.for(golden.signals)("$frame dispatches $events", async ({ events, frame }) => {
    using page = await opened(connect("html", "", ""))
    const seen: Array<unknown> = []
    for (const name of ["unread", "a", "b", "typing"])
      page.document.addEventListener(name, (event) => {
        const { elt, ...detail } = (event as CustomEvent).detail
        seen.push([name, detail])
      })
    await page.receive(frame)
    expect(seen).toEqual(events)
  })
})

describe.each(["resync", "everything"] as const)("a server that answers with %s", (answer) => {
  test.for(golden.replays)("$title", async ({ answer: expected, kept, last }) => {
    await using server = await TestServer.start()
    const room = new Room(server, { htmx: "2", keep: kept.length, answer })
    for (const text of ["1", "2", "3"]) room.say(text)
    const query = last === null ? "" : `?last-id=${typeof last === "number" ? `e1-${last}` : last}`
    const socket = new WebSocket(server.wsUrl(`/room${query}`))
    const frames: Array<string> = []
    const end = Promise.withResolvers<void>()
    socket.on("message", (data) => {
      const frame = String(data)
      if (frame.includes("the end")) end.resolve()
      else frames.push(frame)
    })
    socket.on("open", () => room.say("the end"))
    await end.promise
    socket.close()
    if (expected !== "whole")
      expect(frames.map((frame) => /^<!--id:e1-(\d+)-->/.exec(frame)?.[1])).toEqual(
        (expected as Array<number>).map(String),
      )
    else if (answer === "resync")
      expect(frames.map((frame) => JSON.parse(frame))).toEqual([{ "HX-Resync": true, id: "e1-3" }])
    else expect(frames).toEqual([`<!--id:e1-3--><ol id="log"><li>1</li><li>2</li><li>3</li></ol>`])
  })
})
