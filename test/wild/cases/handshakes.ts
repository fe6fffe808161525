/** A server that leaves some handshakes unanswered. Chromium dials it for one WebSocket at a time, in all its pages. */
import { accept, hang } from "../../setup/behaviours.ts"
import { TestServer } from "../../setup/server.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { Chromium } from "../Tab.ts"
import { pageOf } from "./page.ts"

// A tenth of the defaults, as the delays are.
const connectTimeout = 1500
const config = { connectTimeout, reconnectDelay: 100, reconnectMaxDelay: 6400 }
const numbers = [1, 2, 3, 4, 5, 6]

export const handshakes = async (): Promise<ReadonlyArray<string>> => {
  await using server = await TestServer.start()
  server.webSocket("/hangs", hang())
  for (const n of numbers) {
    server.webSocket(`/good${n}`, accept())
    const elements = ["/hangs", `/good${n}`].map((path) => `<div ws-connect="${path}"></div>`)
    server.page(`/${n}`, pageOf(elements.join(""), config))
  }
  /** Waits until each page has opened a connection since then. Returns how long that took, in multiples of the limit. */
  const openings = async (since: ReadonlyArray<number>): Promise<ReadonlyArray<number>> => {
    const openedAt = (n: number, from: number): number | undefined =>
      server
        .visitsTo(`/good${n}`)
        .map((visit) => visit.openedAt)
        .find((at = 0) => at > from)
    const found = await waitFor(() => {
      const times = numbers.map((n, at) => openedAt(n, since[at] ?? 0))
      return times.every((time) => time !== undefined) ? times : undefined
    }, 60 * connectTimeout)
    return found.map((time, at) => (time - (since[at] ?? 0)) / connectTimeout)
  }

  await using chromium = await Chromium.launch()
  const loads: Array<number> = []
  for (const n of numbers) {
    loads.push(performance.now())
    await chromium.open(server.url(`/${n}`))
  }
  const first = await openings(loads)
  const again: Array<number> = []
  for (let restart = 0; restart < 3; restart++) {
    const now = performance.now()
    for (const visit of server.live()) visit.close(1012)
    again.push(...(await openings(numbers.map(() => now))))
  }
  return [
    `In six pages with a hanging element each, Chromium opened the good ones ${range(first)} times \`connectTimeout\` after their load,`,
    `and ${range(again)} times that after three restarts of the server, half of them within ${middle(again)}.`,
  ]
}

const sorted = (times: ReadonlyArray<number>): ReadonlyArray<string> =>
  times.toSorted((a, b) => a - b).map((time) => time.toFixed(1))
const range = (times: ReadonlyArray<number>): string => `${sorted(times)[0]} to ${sorted(times).at(-1)}`
const middle = (times: ReadonlyArray<number>): string | undefined =>
  sorted(times)[Math.ceil(times.length / 2) - 1]
