/** What a URL means to a client, in pages of every kind and outside of them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { connect } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"

let peer: TestPeer.Peer

beforeEach(() => {
  peer = TestPeer.make({ answer: "accept" })
  vi.stubGlobal("WebSocket", peer.WebSocket)
})
afterEach(() => void vi.unstubAllGlobals())

const places = {
  page: ["https://a.test/rooms/1", "https://a.test/rooms/1"],
  "page with a base": ["https://a.test/rooms/1", "https://a.test/app/"],
  "page with the base of a CDN": ["https://a.test/rooms/1", "https://cdn.test/x/"],
  "frame of srcdoc": ["about:srcdoc", "https://a.test/rooms/1"],
  worker: ["http://a.test:8080/worker.js", undefined],
  "program outside of pages": [undefined, undefined],
} as const

type Place = keyof typeof places

const enter = (place: Place): void => {
  const [href, base] = places[place]
  if (href !== undefined) vi.stubGlobal("location", { href })
  if (base !== undefined)
    vi.stubGlobal(
      "Text",
      class {
        readonly baseURI = base
      },
    )
}

const rows: ReadonlyArray<readonly [place: Place, url: string, dialled: string]> = [
  ["page", "/ws", "wss://a.test/ws"],
  ["page", "ws", "wss://a.test/rooms/ws"],
  ["page", "../ws?a=b#c", "wss://a.test/ws?a=b"],
  ["page", "//b.test/ws", "wss://b.test/ws"],
  ["page", "ws:/ws", "ws://a.test/ws"],
  ["page", " /ws ", "wss://a.test/ws"],
  ["page with a base", "ws", "wss://a.test/app/ws"],
  ["page with a base", "/ws", "wss://a.test/ws"],
  ["page with the base of a CDN", "ws", "wss://cdn.test/x/ws"],
  ["page with the base of a CDN", "/ws", "wss://a.test/ws"],
  ["frame of srcdoc", "ws", "wss://a.test/rooms/ws"],
  ["frame of srcdoc", "/ws", "wss://a.test/ws"],
  ["worker", "/ws", "ws://a.test:8080/ws"],
  ["worker", "ws", "ws://a.test:8080/ws"],
  ["program outside of pages", "wss://b.test", "wss://b.test/"],
  ["program outside of pages", "https://b.test/ws#d", "wss://b.test/ws"],
]

test.for(rows)("in a %s, %s dials %s", async ([place, url, dialled]) => {
  enter(place)
  await using chat = connect(url)
  await chat.awaitOpen()
  expect(peer.latest.url).toBe(dialled)
})

test.for(["/ws", "ws", "ws:/ws", "//b.test/ws"])("outside of pages, %s is no URL", (url) => {
  expect(() => connect(url)).toThrow(expect.objectContaining({ _tag: "InvalidUrl" }))
})
