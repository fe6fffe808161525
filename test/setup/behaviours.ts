import { STATUS_CODES } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { acceptKey } from "./frames.ts"
import type { Visit } from "./Visit.ts"

/** Handles one attempt to open a WebSocket. */
export type Behaviour = (visit: Visit) => void | Promise<void>

/** Opens the socket, and calls `then` as soon as it is open. Sends `protocol` whether it was offered or not. */
export const accept =
  (then: (visit: Visit) => void = () => {}, options: { readonly protocol?: string } = {}): Behaviour =>
  async (visit) => {
    await visit.accept(options.protocol)
    then(visit)
  }

/** Sends every text back to its sender. */
export const echo = (transform: (text: string) => string = (text) => text): Behaviour =>
  accept((visit) => visit.onMessage((data) => visit.send(transform(String(data)))))

/** Responds to the handshake with a plain HTTP response. */
export const refuse =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (visit) => {
    const lines = Object.entries({ ...headers, "Content-Length": "0", Connection: "close" })
    visit.raw(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "?"}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    )
    visit.end()
  }

/** Accepts the TCP connection and never responds. */
export const hang = (): Behaviour => () => {}

/** Responds so slowly that the handshake never completes: one byte every `interval` milliseconds. */
export const trickle =
  (interval = 50): Behaviour =>
  async (visit) => {
    for (const byte of "HTTP/1.1 101 Switching Protocols\r\nX-Padding: ".padEnd(10_000, ".")) {
      if (visit.isGone) return
      visit.raw(byte)
      await pause(interval, undefined, { ref: false })
    }
  }

/** Completes the handshake by hand and writes `bytes` in the same packet. */
export const acceptRaw =
  (
    bytes: Uint8Array | string = "",
    options: { readonly accept?: string; readonly protocol?: string } = {},
  ): Behaviour =>
  (visit) => {
    const key = options.accept ?? acceptKey(visit.headers["sec-websocket-key"] ?? "")
    const protocol = options.protocol ? `Sec-WebSocket-Protocol: ${options.protocol}\r\n` : ""
    const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n${protocol}\r\n`
    visit.raw(Buffer.concat([Buffer.from(head), Buffer.from(bytes as Uint8Array)]))
  }

/** Responds with 101 and a wrong `Sec-WebSocket-Accept`. */
export const wrongAccept = () => acceptRaw("", { accept: "wrong" })

/** Drops the connection without a response. */
export const reset = (): Behaviour => (visit) => visit.reset()

const after = (delay: number, visit: Visit, act: () => void) => {
  if (delay === 0) act()
  else visit.later(delay, act)
}

/** Opens, and closes with `code` after `delay` milliseconds; without a code the close frame has no status. */
export const closeAfter = (delay: number, code?: number, reason?: string): Behaviour =>
  accept((visit) => after(delay, visit, () => visit.close(code, reason)))

/** Opens, and after `delay` milliseconds drops the connection without a close frame, by FIN or by RST. */
export const dropAfter = (delay: number, how: "end" | "reset" = "reset"): Behaviour =>
  accept((visit) => after(delay, visit, () => visit[how]()))

/** Opens, then reads nothing: the client's buffer fills, and a close frame gets no reply. */
export const stopReading = (): Behaviour => accept((visit) => visit.stopReading())

/** Uses one behaviour per attempt, in order; the last one is repeated. */
export const inTurn = (...behaviours: [Behaviour, ...Array<Behaviour>]): Behaviour => {
  let attempt = 0
  return (visit) => {
    const behaviour = behaviours[Math.min(attempt++, behaviours.length - 1)] as Behaviour
    return behaviour(visit)
  }
}
