/** The fake peer, which the other tests believe: it must do what a browser does. */
import { expect, test } from "vitest"
import { TestPeer } from "../../src/testing/index.ts"
import { Peer } from "../setup/Peer.ts"

const request = { url: "ws://peer.test/", protocols: ["chat"] }

/** A socket that is dialled, and what happens to it as lines. */
const dial = (options: TestPeer.Options = {}) => {
  const peer = new TestPeer.Peer({ schedule: () => {}, ...options })
  const socket = new peer.WebSocket(request.url, [...request.protocols])
  const log: Array<string> = []
  for (const type of ["open", "message", "error"]) socket.addEventListener(type, () => log.push(type))
  socket.addEventListener("close", ({ code, reason, wasClean }) =>
    log.push(`close ${code} ${reason}${wasClean ? "clean" : "unclean"}`),
  )
  return { peer, socket, link: peer.latest, log }
}

const opened = (options: TestPeer.Options = {}) => {
  const dialled = dial(options)
  dialled.link.accept()
  return dialled
}

test("a dial that nobody answers stays CONNECTING", () => {
  const { log, peer, socket } = dial()
  peer.settle()
  expect(socket.readyState).toBe(WebSocket.CONNECTING)
  expect(log).toEqual([])
})

test("a dial that is accepted opens in a later task", () => {
  const { log, peer, socket } = dial({ answer: "accept" })
  expect([socket.readyState, log]).toEqual([WebSocket.CONNECTING, []])
  peer.settle()
  expect([socket.readyState, log]).toEqual([WebSocket.OPEN, ["open"]])
})

test("a dial that is refused is an error and then close 1006", () => {
  const { log, peer, socket } = dial({ answer: "refuse" })
  peer.settle()
  expect([socket.readyState, log]).toEqual([WebSocket.CLOSED, ["error", "close 1006 unclean"]])
})

test("a constructor that throws leaves no connection", () => {
  const peer = new Peer({ answer: new Error("no") })
  expect(() => peer.construct(request)).toThrow("no")
  expect(peer.links).toEqual([])
})

test("tasks run by themselves where there is a schedule", async () => {
  const { log, link, socket } = dial({ answer: "accept", schedule: queueMicrotask })
  await Promise.resolve()
  socket.close(4000)
  expect(log).toEqual(["open"])
  await Promise.resolve()
  expect(log).toEqual(["open", "close 4000 clean"])
  expect(link.closing).toEqual({ code: 4000, reason: "" })
})

test("frames travel both ways in order", () => {
  const { link, log, socket } = opened()
  const data: Array<unknown> = []
  socket.addEventListener("message", (event) => data.push(event.data))
  link.send("one")
  link.send("two")
  socket.send("three")
  socket.send(new Uint8Array(4))
  expect(data).toEqual(["one", "two"])
  expect(link.received).toEqual(["three", new Uint8Array(4)])
  expect(log).toEqual(["open", "message", "message"])
})

test("sending while CONNECTING throws", () => {
  const { socket } = dial()
  expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }))
})

test("sending while CLOSING or CLOSED is lost, and only bufferedAmount tells it", () => {
  const { link, peer, socket } = opened()
  socket.close()
  socket.send("é")
  peer.settle()
  expect(socket.readyState).toBe(WebSocket.CLOSED)
  socket.send("late")
  expect(socket.bufferedAmount).toBe(6)
  expect(link.received).toEqual([])
})

test("the closing handshake ends with the code of the page, clean, in a later task", () => {
  const { log, peer, socket } = opened()
  socket.close(4001, "bye ")
  expect([socket.readyState, log]).toEqual([WebSocket.CLOSING, ["open"]])
  peer.settle()
  expect(log).toEqual(["open", "close 4001 bye clean"])
})

test("a closing handshake without a code ends with 1005", () => {
  const { log, peer, socket } = opened()
  socket.close()
  peer.settle()
  expect(log).toEqual(["open", "close 1005 clean"])
})

test("a socket closed while CONNECTING says error and close 1006", () => {
  const { link, log, peer, socket } = dial()
  socket.close(4000)
  link.accept()
  peer.settle()
  expect(log).toEqual(["error", "close 1006 unclean"])
  expect(link.closing).toBeUndefined()
})

test("a frame that comes while the page is closing is not delivered", () => {
  const { link, log, socket } = opened()
  link.stall()
  socket.close()
  link.send("late")
  expect(log).toEqual(["open"])
  link.recover()
  expect(log).toEqual(["open", "close 1005 clean"])
})

test.each([1001, 1005, 1006, 1011, 2999, 5000, 0])("close(%i) throws", (code) => {
  const { socket } = opened()
  expect(() => socket.close(code)).toThrow(expect.objectContaining({ name: "InvalidAccessError" }))
  expect(socket.readyState).toBe(WebSocket.OPEN)
})

test.each([1000, 3000, 4999])("close(%i) does not throw", (code) => {
  const { socket } = opened()
  expect(() => socket.close(code)).not.toThrow()
})

test("a reason of 123 bytes is taken, one of 124 or without a code is not", () => {
  expect(() => opened().socket.close(1000, "x".repeat(123))).not.toThrow()
  expect(() => opened().socket.close(1000, "x".repeat(124))).toThrow(
    expect.objectContaining({ name: "SyntaxError" }),
  )
  expect(() => opened().socket.close(undefined, "x")).toThrow()
})

test.each([
  ["hangs up with any code", (link: TestPeer.Link) => link.hangUp(1012, "r "), ["close 1012 r clean"]],
  ["hangs up without a code", (link: TestPeer.Link) => link.hangUp(), ["close 1005 clean"]],
  ["drops the line", (link: TestPeer.Link) => link.drop(), ["close 1006 unclean"]],
  ["breaks the protocol", (link: TestPeer.Link) => link.violate(), ["error", "close 1006 unclean"]],
])("an open socket of which the peer %s is CLOSED, and says nothing more", (_, act, expected) => {
  const { link, log, socket } = opened()
  act(link)
  link.send("late")
  link.drop()
  link.hangUp(1000)
  socket.close()
  expect(log.slice(1)).toEqual(expected)
  expect(socket.readyState).toBe(WebSocket.CLOSED)
})

test("a peer may start to hang up without an event", () => {
  const { link, log, socket } = opened()
  link.startHangingUp()
  expect([socket.readyState, log]).toEqual([WebSocket.CLOSING, ["open"]])
  link.hangUp(1001)
  expect(log).toEqual(["open", "close 1001 clean"])
})

test("what the peer does from inside a listener comes after that listener's event", () => {
  const { link, log, socket } = dial()
  socket.addEventListener("open", () => {
    link.send("hi")
    log.push("listener done")
  })
  link.accept()
  expect(log).toEqual(["open", "listener done", "message"])
})

test("a listener that throws does not stop the others", () => {
  const uncaught: Array<unknown> = []
  const { link, log, socket } = dial({ uncaught: (error) => uncaught.push(error) })
  socket.addEventListener("open", () => {
    throw new Error("oops")
  })
  socket.addEventListener("open", () => log.push("still here"))
  link.accept()
  expect(log).toEqual(["open", "still here"])
  expect(uncaught).toEqual([new Error("oops")])
})

test("listeners are counted, and go by removal, by once and by their signal", () => {
  const { link, peer, socket } = dial()
  const before = peer.listeners
  const listener = () => {}
  const controller = new AbortController()
  socket.addEventListener("message", listener)
  socket.addEventListener("message", listener)
  socket.addEventListener("open", () => {}, { once: true })
  socket.addEventListener("close", { handleEvent: () => {} }, { signal: controller.signal })
  expect(peer.listeners - before).toBe(3)
  link.accept()
  expect(peer.listeners - before).toBe(2)
  controller.abort()
  socket.removeEventListener("message", listener)
  expect(peer.listeners - before).toBe(0)
})

test("the most sockets that were live at once are counted", () => {
  const peer = new Peer()
  peer.construct(request).close()
  peer.construct(request)
  expect(peer.mostLive).toBe(1)
  peer.construct(request)
  expect([peer.live, peer.mostLive]).toEqual([2, 2])
})

test("stand-ins differ from a browser's sockets only where they are asked to", () => {
  const bare = new Peer({ standIn: { withoutRemoval: true, withoutState: true } }).construct(request)
  expect([bare.readyState, bare.removeEventListener]).toEqual([undefined, undefined])
  expect(new Peer({ standIn: { born: 3 } }).construct(request).readyState).toBe(WebSocket.CLOSED)

  const peer = new Peer({ standIn: { closesAtOnce: true } })
  const socket = peer.construct(request)
  peer.latest.accept()
  socket.close(1000)
  expect(socket.readyState).toBe(WebSocket.CLOSED)
})

test("a reused socket is the same while it lives, and dialled again when it has ended", () => {
  const peer = new Peer({ standIn: { reused: true } })
  const socket = peer.construct(request)
  peer.latest.accept()
  expect(peer.construct(request)).toBe(socket)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  peer.latest.drop()
  expect(peer.construct(request)).toBe(socket)
  expect(socket.readyState).toBe(WebSocket.CONNECTING)
})
