/** The worker: a TestPeer that a visitor programs, and whose sockets the page gets through a port. */
import * as Effect from "effect/Effect"
import { html } from "../../../dist/server/html.js"
import { TestPeer } from "../../../dist/testing/index.js"
import type { FromPage, Line, ToPage } from "./bridge.ts"

const peer = TestPeer.make({ answer: "accept" })

/** The messages of a page, as the values of its forms. Pings are answered, and are none. */
async function* messages(link: TestPeer.Link): AsyncGenerator<Record<string, unknown>> {
  for (;;) {
    const next = await Effect.runPromise(Effect.result(link.next))
    if (next._tag === "Failure") return
    const message = JSON.parse(String(next.success))
    if (message.type === "ping") link.send('{"type":"pong"}')
    else yield message
  }
}

/** Runs what the visitor has written. Top-level `await` is allowed. */
const run = async (source: string): Promise<void> => {
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
  await new AsyncFunction("peer", "messages", "html", source)(peer, messages, html)
}

/** Gives the sockets of the peer to the page behind a port. */
const serve = (port: MessagePort): void => {
  const sockets = new Map<number, WebSocket>()
  const tell = (message: ToPage): void => port.postMessage(message)
  port.onmessage = ({ data }: MessageEvent<FromPage>) => {
    const { id } = data
    if (data.type === "dial") {
      const socket = new peer.WebSocket(data.url, [...data.protocols])
      sockets.set(id, socket)
      socket.onopen = () => tell({ type: "open", id, protocol: socket.protocol })
      socket.onmessage = ({ data }) => tell({ type: "message", id, data })
      socket.onerror = () => tell({ type: "error", id })
      socket.onclose = ({ code, reason, wasClean }) => {
        sockets.delete(id)
        tell({ type: "close", id, code, reason, wasClean })
      }
    } else if (data.type === "send") sockets.get(id)?.send(data.data as string)
    else sockets.get(id)?.close(data.code, data.reason)
  }
}

const log = (who: Line["who"], text: string): void => self.postMessage({ who, text } satisfies Line)

const failed = (error: unknown): void => log("error", `The server: ${error}`)
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault()
  failed(event.reason)
})
self.addEventListener("error", (event) => {
  event.preventDefault()
  failed(event.message)
})

const short = (data: unknown): string => {
  const text = typeof data === "string" ? data : "bytes"
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

const inWords = (entry: TestPeer.Entry): string | undefined => {
  switch (entry._tag) {
    case "Accepted":
      return "accepts"
    case "Refused":
      return "refuses"
    case "Received":
      return `receives ${short(entry.data)}`
    case "Sent":
      return `sends ${short(entry.data)}`
    case "ClosingSent":
      return `closes with ${entry.code ?? "no code"}`
    default:
      return undefined
  }
}

let told = 0
setInterval(() => {
  for (const entry of peer.log.slice(told)) {
    const text = inWords(entry)
    if (text !== undefined) log("server", text)
  }
  told = peer.log.length
}, 50)

self.onmessage = ({ data }: MessageEvent<{ readonly port: MessagePort; readonly source: string }>) => {
  serve(data.port)
  run(data.source).catch(failed)
}
