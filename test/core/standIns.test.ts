/** The sockets of our own peer that are stranger than a browser's. */
import { expect, test } from "vitest"
import { Peer } from "../setup/Peer.ts"

const request = { url: "ws://peer.test/", protocols: [] }

test("stand-ins differ from a browser's sockets only where they are asked to", () => {
  const bare = new Peer({ standIn: { withoutRemoval: true, withoutState: true } }).construct(request)
  expect([bare.readyState, bare.removeEventListener]).toEqual([undefined, undefined])
  for (const born of [1, 2, 3])
    expect(new Peer({ standIn: { born } }).construct(request).readyState).toBe(born)

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
