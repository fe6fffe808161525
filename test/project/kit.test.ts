import { describe, expect, test } from "vitest"
import {
  accept,
  acceptRaw,
  type Behaviour,
  closeAfter,
  echo,
  hang,
  inTurn,
  refuse,
  reset,
  stopReading,
  trickle,
  wrongAccept,
} from "../setup/behaviours.ts"
import { openDom } from "../setup/dom.ts"
import { closeFrame, frame, opcode } from "../setup/frames.ts"
import { html } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"

/** A client that logs its events. */
const dial = (url: string, protocols: Array<string> = []) => {
  const socket = new WebSocket(url, protocols)
  const log: Array<string> = []
  socket.onopen = () => log.push("open")
  socket.onmessage = ({ data }) => log.push(`message ${data}`)
  socket.onclose = ({ code, reason }) => log.push(`close ${code} ${reason}`.trim())
  return { socket, log }
}

const ends: Array<[string, Behaviour, Array<string>]> = [
  ["refuses", refuse(503), ["close 1006"]],
  ["redirects", refuse(302, { Location: "/elsewhere" }), ["close 1006"]],
  ["resets the handshake", reset(), ["close 1006"]],
  ["answers with a wrong key", wrongAccept(), ["close 1006"]],
  ["closes at once", closeAfter(0, 4401, "login"), ["open", "close 4401 login"]],
  ["closes without a status", closeAfter(0), ["open", "close 1005"]],
  [
    "sends with the handshake",
    acceptRaw(Buffer.concat([frame("early"), closeFrame(1000)])),
    ["open", "message early", "close 1000"],
  ],
  [
    "splits a message",
    acceptRaw(
      Buffer.concat([
        frame("be", { fin: false }),
        frame("fore", { opcode: opcode.continuation }),
        closeFrame(1000),
      ]),
    ),
    ["open", "message before", "close 1000"],
  ],
]

describe("the test server", () => {
  for (const [what, behaviour, expected] of ends)
    test(what, async () => {
      await using server = await TestServer.start()
      server.webSocket("/ws", behaviour)
      const { log } = dial(server.wsUrl("/ws"))
      await waitFor(() => log.at(-1)?.startsWith("close"))
      expect(log).toEqual(expected)
      await waitFor(() => server.visits[0]?.isGone)
      expect(server.live()).toEqual([])
    })

  for (const [what, behaviour] of [
    ["hangs", hang()],
    ["trickles", trickle(5)],
  ] as const)
    test(`${what} until it is closed`, async () => {
      await using server = await TestServer.start()
      server.webSocket("/ws", behaviour)
      const { log } = dial(server.wsUrl("/ws"))
      await waitFor(() => server.visits.length === 1)
      expect(log).toEqual([])
      await server.close()
      await waitFor(() => log.length > 0)
      expect(log).toEqual(["close 1006"])
    })

  for (const how of ["end", "reset", "close"] as const)
    test(`can ${how} a socket that its client has seen open`, async () => {
      await using server = await TestServer.start()
      const { log } = dial(server.wsUrl("/ws"))
      await waitFor(() => log.includes("open"))
      server.visits[0]?.[how]()
      await waitFor(() => log.length === 2)
      expect(log).toEqual(["open", how === "close" ? "close 1005" : "close 1006"])
      await waitFor(() => server.visits[0]?.isGone)
    })

  test("logs requests and received messages", async () => {
    await using server = await TestServer.start()
    server.webSocket("/ws", accept(undefined, { protocol: "b" }))
    const { socket, log } = dial(server.wsUrl("/ws?x=1"), ["a", "b"])
    await waitFor(() => log.includes("open"))
    expect(socket.protocol).toBe("b")
    socket.send("one")
    socket.send(new Uint8Array([1, 2]))
    socket.close(3000, "enough")
    await waitFor(() => server.visits[0]?.closed)
    expect(server.visits[0]).toMatchObject({
      url: "/ws?x=1",
      path: "/ws",
      protocols: ["a", "b"],
      texts: ["one"],
      closed: { code: 3000, reason: "enough" },
    })
    expect(server.visits[0]?.messages.map(({ data }) => data)).toEqual(["one", Buffer.from([1, 2])])
  })

  test("sends to all sockets or to those of one path", async () => {
    await using server = await TestServer.start()
    server.webSocket("/echo", echo())
    const one = dial(server.wsUrl("/one"))
    const two = dial(server.wsUrl("/echo"))
    await waitFor(() => server.live().length === 2)
    server.send("both")
    server.send("only one", "/one")
    await waitFor(() => two.log.includes("message both"))
    two.socket.send("back")
    await waitFor(() => two.log.length === 3 && one.log.length === 3)
    expect(one.log).toEqual(["open", "message both", "message only one"])
    expect(two.log).toEqual(["open", "message both", "message back"])
  })

  test("stops reading", async () => {
    await using server = await TestServer.start()
    server.webSocket("/ws", stopReading())
    const { socket, log } = dial(server.wsUrl("/ws"))
    await waitFor(() => log.includes("open"))
    socket.send("unread")
    server.send("written")
    await waitFor(() => log.includes("message written"))
    expect(server.received("/ws")).toEqual([])
    server.visits[0]?.startReading()
    await waitFor(() => server.received("/ws").length === 1)
  })

  test("goes down, comes up again on the same port, and plays behaviours in turn", async () => {
    await using server = await TestServer.start()
    server.webSocket("/ws", inTurn(accept(), refuse(403), echo()))
    const attempts = async (count: number) => {
      const { log } = dial(server.wsUrl("/ws"))
      await waitFor(() => log.length === count)
      return log
    }
    const first = await attempts(1)
    await server.down()
    await waitFor(() => first.length === 2)
    expect(first).toEqual(["open", "close 1006"])
    expect(await attempts(1)).toEqual(["close 1006"])
    expect(server.visits).toHaveLength(1)
    await server.up()
    expect(await attempts(1)).toEqual(["close 1006"])
    expect(await attempts(1)).toEqual(["open"])
    expect(server.visits).toHaveLength(3)
  })

  test("serves pages with headers, scripts and nothing else", async () => {
    await using server = await TestServer.start()
    const page = await fetch(
      server.page("/p", "<p>hi</p>", { "Content-Security-Policy": "default-src 'self'" }),
    )
    expect([await page.text(), page.headers.get("content-security-policy")]).toEqual([
      "<p>hi</p>",
      "default-src 'self'",
    ])
    const names = [
      "htmx-1.9",
      "htmx-2",
      "htmx-4",
      "official-ws-1.9",
      "official-ws",
      "official-hx-ws",
      "idiomorph",
    ]
    for (const name of names)
      expect((await fetch(server.url(`/${name}.js`))).headers.get("content-type")).toMatch(
        /^text\/javascript/,
      )
    for (const path of ["/package.json", "/dist/%2e%2e/package.json", "/dist/missing.js"])
      expect((await fetch(server.url(path))).status).toBe(404)
  })
})

test("a page in jsdom runs htmx and the official script over a real socket", async () => {
  await using server = await TestServer.start()
  const body = `<div ws-connect="/ws"><p id="out">nothing</p></div>`
  await using dom = await openDom(server.page("/", html({ htmx: "2", ws: "official", body })))
  await waitFor(() => server.live("/ws").length === 1)
  server.send(`<p id="out">hello</p>`)
  await waitFor(() => dom.window.document.querySelector("#out")?.textContent === "hello")
})
