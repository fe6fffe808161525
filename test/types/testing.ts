/** The peer for tests, in a program that has the types of DOM. */
import type * as Layer from "effect/Layer"
import { TestPeer } from "../../src/testing/index.ts"

const peer = TestPeer.make({ answer: (link) => link.accept("chat") })

// Where a program takes a WebSocket, it takes these.
export const dials: typeof WebSocket = peer.WebSocket
export const socket: WebSocket = peer.latest.socket
socket.onmessage = (event: MessageEvent) => event.data

export const layer: Layer.Layer<TestPeer.TestPeer> = TestPeer.layer({ answer: "refuse" })

export const ends = peer.log.flatMap((entry) => (entry._tag === "Closed" ? [entry.code, entry.at] : []))

// @ts-expect-error There are three answers by name.
TestPeer.make({ answer: "ignore" })
// @ts-expect-error What travels is text or bytes.
peer.latest.send({ text: "hello" })
// @ts-expect-error A layer takes the time of its fibers.
TestPeer.layer({ now: Date.now })
