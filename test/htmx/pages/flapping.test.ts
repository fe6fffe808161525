/** How often servers that flap are dialled, with the defaults of each htmx. */
import { describe, expect, test } from "vitest"
import type { FakeSocket } from "../kit/FakeSocket.ts"
import { onBoth } from "../kit/onBoth.ts"
import { openPage4 } from "../kit/openPage4.ts"

/** What a server does to the nth connection, a few milliseconds after it has opened. */
const servers: Record<string, (socket: FakeSocket, n: number) => void> = {
  "sends a greeting, then crashes": (socket) => {
    socket.message("<p id=none></p>")
    socket.drop()
  },
  "closes with two codes in turn": (socket, n) => socket.end(n % 2 === 0 ? 1012 : 1011),
  "closes with the same code": (socket) => socket.end(1012),
}

interface Flapping {
  readonly window: { readonly Math: Math }
  readonly sockets: ReadonlyArray<FakeSocket>
  readonly clock: { readonly advance: (millis: number) => void }
}

/** Returns the number of dials in eight seconds. */
const dials = async (page: Flapping, flap: (socket: FakeSocket, n: number) => void): Promise<number> => {
  page.window.Math.random = () => 0.5
  let seen = 0
  for (let passed = 0; passed < 8000; passed += 10) {
    const socket = page.sockets[seen]
    if (socket !== undefined) {
      socket.open()
      page.clock.advance(5)
      flap(socket, seen++)
    }
    page.clock.advance(10)
    await undefined
  }
  return page.sockets.length
}

for (const [title, flap] of Object.entries(servers)) {
  describe(`a server that ${title}`, () => {
    onBoth((open) => {
      test("is dialled at most 6 times in 8 s", async () => {
        using page = await open({ body: `<div id="c" ws-connect="/ws"></div>` })
        const count = await dials(page, flap)
        expect([count >= 3, count <= 6, count]).toEqual([true, true, count])
      })
    })

    test("is dialled at most 6 times in 8 s on htmx 4", async () => {
      using page = await openPage4({ body: `<div id="c" hx-ws:connect="/ws"></div>` })
      const count = await dials(page, flap)
      expect([count >= 3, count <= 6, count]).toEqual([true, true, count])
    })
  })
}
