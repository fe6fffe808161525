/** What is in the visitor's page: sockets that lead to the worker, the network lab, and the log of events. */
import type { Htmx } from "../../../src/companions/Htmx.ts"
import type { Public } from "../../../src/companions/inspector/EventLog.ts"
import { Lab } from "../../../src/companions/inspector/lab/Lab.ts"
import type { Settings } from "../../../src/companions/inspector/lab/settings.ts"
import type { FromPage, Line, ToPage } from "./bridge.ts"

/** From the playground to its frame, after the page. */
export type ToFrame = { readonly lab: Settings } | { readonly break: number }

interface Page extends Htmx {
  createWebSocket?: unknown
}
declare const htmx: Page
declare const playground: MessagePort

const port = playground
const sockets = new Map<number, PortSocket>()
const tell = (message: FromPage): void => port.postMessage(message)

/** A WebSocket whose server is in the worker. */
class PortSocket extends EventTarget {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly extensions = ""
  readonly bufferedAmount = 0
  readonly url: string
  protocol = ""
  binaryType = "blob"
  readyState = 0
  readonly #id = sockets.size

  constructor(url: string, protocols: string | ReadonlyArray<string> = []) {
    super()
    this.url = new URL(url, document.baseURI).href.replace(/^http/, "ws")
    sockets.set(this.#id, this)
    tell({ type: "dial", id: this.#id, url: this.url, protocols: [protocols].flat() })
  }

  send(data: unknown): void {
    if (this.readyState === 1) tell({ type: "send", id: this.#id, data })
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return
    this.readyState = 2
    tell({ type: "close", id: this.#id, ...(code && { code }), ...(reason && { reason }) })
  }

  receive(message: ToPage): void {
    switch (message.type) {
      case "open":
        this.readyState = 1
        this.protocol = message.protocol
        this.dispatchEvent(new Event("open"))
        break
      case "message":
        this.dispatchEvent(new MessageEvent("message", { data: message.data, origin: location.origin }))
        break
      case "error":
        this.dispatchEvent(new Event("error"))
        break
      case "close":
        this.readyState = 3
        this.dispatchEvent(new CloseEvent("close", message))
        break
    }
  }
}

port.onmessage = ({ data }: MessageEvent<ToPage>) => sockets.get(data.id)?.receive(data)
htmx.createWebSocket = (url: string, protocols?: string | Array<string>) => new PortSocket(url, protocols)

const log = (text: string, who: Line["who"] = "page"): void =>
  parent.postMessage({ who, text } satisfies Line, "*")

/** The connections of the page, as events have shown them. */
const connections = new Set<Public>()
const lab = new Lab(htmx, () => [...connections])

type Detail = Record<string, unknown> & { readonly event?: CloseEvent }

/** The events of both generations, in words. */
const sentences: Record<string, (detail: Detail) => string> = {
  wsConnecting: ({ attempt }) => (attempt ? `dials (attempt ${attempt})` : "dials"),
  "ws:before:connection": ({ connection }) => {
    const { attempt } = connection as { readonly attempt: number }
    return attempt ? `dials (attempt ${attempt})` : "dials"
  },
  wsOpen: () => "is open",
  "ws:after:connection": () => "is open",
  wsClose: ({ event }) => `is closed with ${event?.code}`,
  "ws:close": ({ code, reason }) => `is closed with ${code ?? reason}`,
  wsReconnecting: ({ attempt, delay }) =>
    `tries again in ${Math.round(Number(delay))} ms (attempt ${attempt})`,
  "ws:reconnecting": ({ attempt, delay }) =>
    `tries again in ${Math.round(Number(delay))} ms (attempt ${attempt})`,
  wsFailed: () => "gives up",
  "ws:failed": () => "gives up",
  wsDropped: ({ reason }) => `drops a message: ${reason}`,
  "ws:message:dropped": ({ reason }) => `drops a message: ${reason}`,
  wsResumed: () => "has all that it missed",
  "ws:resumed": () => "has all that it missed",
  wsDelivery: ({ reason, state }) => `message ${state}${reason ? ` (${reason})` : ""}`,
  "ws:delivery": ({ reason, state }) => `message ${state}${reason ? ` (${reason})` : ""}`,
}
for (const [name, sentence] of Object.entries(sentences))
  window.addEventListener(`htmx:${name}`, ({ detail }: CustomEventInit<Detail>) => {
    if (detail === undefined) return
    const shown = (detail.socketWrapper ?? detail.connection) as Public | undefined
    if (shown) connections.add(shown)
    log(sentence(detail))
  })

addEventListener("error", ({ message }) => log(message, "error"))
const { error } = console
console.error = (...words) => {
  error(...words)
  log(words.filter((word) => typeof word === "string" || word instanceof Error).join(" "), "error")
}

addEventListener("message", ({ data, source }: MessageEvent<ToFrame>) => {
  if (source !== parent) return
  if ("lab" in data) lab.set(data.lab)
  else lab.break(data.break)
})
