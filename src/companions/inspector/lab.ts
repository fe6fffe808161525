/** Bad networks on demand, for the sockets of this page. */

import type { Htmx } from "../Htmx.ts"
import { pageUrl } from "../pageUrl.ts"
import type { Public } from "./EventLog.ts"

export const modes = {
  off: "Off",
  hang: "Hang the handshake",
  refuse: "Refuse with 401",
  "half-open": "Half-open",
  slow: "One frame a second",
} as const

export interface Settings {
  readonly mode: keyof typeof modes
  /** In ms. */
  readonly latency: number
  readonly jitter: number
}

export const isOn = ({ jitter, latency, mode }: Settings): boolean => mode !== "off" || latency + jitter > 0

export const describeLab = ({ jitter, latency, mode }: Settings): string =>
  [
    mode === "off" ? "" : modes[mode].toLowerCase(),
    latency + jitter > 0 ? `latency ${latency} ± ${jitter} ms` : "",
  ]
    .filter(Boolean)
    .join(", ")

type CreateWebSocket = (url: string, protocols?: string | Array<string>) => WebSocket

interface Page extends Htmx {
  createWebSocket?: CreateWebSocket | undefined
}

/** Messages in one direction, each as late as the network is, in order. */
class Lane {
  #last = 0

  deliver(delay: number, gap: number, act: () => void): void {
    const now = performance.now()
    const due = Math.max(now + delay, this.#last + gap)
    this.#last = due
    if (due <= now) act()
    else setTimeout(act, due - now)
  }
}

/** A socket behind a bad network. */
class LabSocket extends EventTarget {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly url: string
  readyState = 0
  readonly #settings: () => Settings
  readonly #socket: WebSocket | undefined
  readonly #incoming = new Lane()
  readonly #outgoing = new Lane()
  #binaryType: BinaryType = "blob"

  constructor(url: string, make: () => WebSocket, settings: () => Settings) {
    super()
    this.url = url
    this.#settings = settings
    const { mode } = settings()
    if (mode === "refuse") setTimeout(() => this.break(1006))
    if (mode === "refuse" || mode === "hang") return
    const socket = make()
    this.#socket = socket
    const pass = (type: string, copy: (event: never) => Event): void =>
      socket.addEventListener(type, (event) => this.#receive(copy(event as never)))
    pass("open", () => new Event("open"))
    pass("message", ({ data, origin }: MessageEvent) => new MessageEvent("message", { data, origin }))
    pass("error", () => new Event("error"))
    pass("close", (event: CloseEvent) => new CloseEvent("close", event))
  }

  get binaryType(): BinaryType {
    return this.#socket?.binaryType ?? this.#binaryType
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type
    if (this.#socket) this.#socket.binaryType = type
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  get extensions(): string {
    return this.#socket?.extensions ?? ""
  }

  get protocol(): string {
    return this.#socket?.protocol ?? ""
  }

  send(data: Parameters<WebSocket["send"]>[0]): void {
    if (this.readyState === 0) throw new DOMException("The socket is still connecting", "InvalidStateError")
    if (this.readyState !== 1 || this.#settings().mode === "half-open") return
    this.#outgoing.deliver(this.#delay(), 0, () => {
      if (this.#socket?.readyState === 1) this.#socket.send(data)
    })
  }

  close(code?: number, reason?: string): void {
    if (this.readyState > 1) return
    const wasOpen = this.readyState === 1
    this.readyState = 2
    // After what was sent before it. Nobody answers on a half-open connection, or where there is no server.
    this.#outgoing.deliver(this.#delay(), 0, () => this.#socket?.close(code, reason))
    if (!wasOpen && this.#socket === undefined) setTimeout(() => this.break(1006))
  }

  /** Ends as if the network had ended it. */
  break(code: number): void {
    if (this.readyState === 3) return
    const wasOpen = this.readyState === 1
    this.readyState = 3
    this.#socket?.close()
    if (!wasOpen) this.#dispatch(new Event("error"))
    this.#dispatch(new CloseEvent("close", { code, wasClean: code !== 1006 }))
  }

  #delay(): number {
    const { jitter, latency } = this.#settings()
    return Math.max(0, latency + jitter * (2 * Math.random() - 1))
  }

  #receive(event: Event): void {
    const { mode } = this.#settings()
    if (mode === "half-open" && event.type !== "open") return
    this.#incoming.deliver(this.#delay(), mode === "slow" && event.type === "message" ? 1000 : 0, () => {
      if (this.readyState === 3) return
      if (event.type === "open") this.readyState = 1
      if (event.type === "close") this.readyState = 3
      this.#dispatch(event)
    })
  }

  #dispatch(event: Event): void {
    this.dispatchEvent(event)
    const handler = Reflect.get(this, `on${event.type}`)
    if (typeof handler === "function") handler.call(this, event)
  }
}

/** Ends the socket of a connection as if the network had ended it. */
const breakSocket = (socket: WebSocket, code: number): void => {
  if (socket instanceof LabSocket) {
    socket.break(code)
    return
  }
  socket.dispatchEvent(new CloseEvent("close", { code, wasClean: code !== 1006 }))
  // The extension takes a close by the page for final.
  WebSocket.prototype.close.call(socket)
}

export class Lab {
  readonly #htmx: Page
  readonly #connections: () => ReadonlyArray<Public>
  #settings: Settings = { mode: "off", latency: 0, jitter: 0 }
  #restore: (() => void) | undefined

  constructor(htmx: Htmx, connections: () => ReadonlyArray<Public>) {
    this.#htmx = htmx
    this.#connections = connections
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Sets how bad the network is, and dials anew where another kind of socket is needed. */
  set(settings: Settings): void {
    const before = this.#settings
    this.#settings = settings
    if (isOn(settings)) this.#restore ??= this.#wrap()
    else {
      this.#restore?.()
      this.#restore = undefined
    }
    if (before.mode !== settings.mode || isOn(before) !== isOn(settings))
      for (const connection of this.#connections()) connection.reconnect?.()
  }

  /** Ends all connections as if the network, or the server, had ended them. */
  break(code: number): void {
    for (const { socket } of this.#connections()) {
      if (socket && socket.readyState < 2) breakSocket(socket, code)
    }
  }

  /** Puts the lab between the page and its sockets. Returns what undoes it. */
  #wrap(): () => void {
    const htmx = this.#htmx
    const { createWebSocket } = htmx
    const { fetch } = window
    const dialled = new Set<string>()
    // The extension leaves names and schemes of its own to a page that makes its sockets.
    const isDefault = createWebSocket === undefined || /\bwsBinaryType\b/.test(String(createWebSocket))
    const make: CreateWebSocket = (url, protocols) => {
      if (createWebSocket && !(isDefault && protocols?.length))
        return createWebSocket.call(htmx, url, protocols)
      const socket = new WebSocket(url, protocols)
      const { wsBinaryType } = htmx.config
      if (wsBinaryType) socket.binaryType = wsBinaryType as BinaryType
      return socket
    }
    const create: CreateWebSocket = (url, protocols) => {
      const full = isDefault ? pageUrl(url).href.replace(/^http/, "ws") : url
      dialled.add(full.replace(/^ws/, "http"))
      return new LabSocket(
        full,
        () => make(full, protocols),
        () => this.#settings,
      ) as unknown as WebSocket
    }
    const answer: typeof fetch = (input, init) => {
      const url = input instanceof Request ? input.url : pageUrl(input).href
      return this.#settings.mode === "refuse" && dialled.has(url.replace(/^ws/, "http"))
        ? Promise.resolve(new Response("", { status: 401 }))
        : fetch.call(window, input, init)
    }
    htmx.createWebSocket = create
    window.fetch = answer
    return () => {
      if (htmx.createWebSocket === create) htmx.createWebSocket = createWebSocket
      if (window.fetch === answer) window.fetch = fetch
    }
  }
}
