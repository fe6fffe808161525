import { expect, test, vi } from "vitest"
import type { WebSocketLike } from "../../../src/core/Socket.ts"
import { adoptCloses } from "../../../src/htmx/v2/adoptCloses.ts"

const connection = (_tag: "Open" | "Ended") => ({ state: { _tag }, adoptClose: vi.fn() })

test("a socket that many elements share refers to no connection of an element that has left", () => {
  const socket: WebSocketLike = { addEventListener: () => {}, send: () => {}, close: () => {} }
  const all = [connection("Open"), connection("Ended"), connection("Open")]
  for (const each of [...all, ...all]) adoptCloses(socket, each)
  socket.close()
  expect(all.map(({ adoptClose }) => adoptClose.mock.calls.length)).toEqual([1, 0, 1])
})
