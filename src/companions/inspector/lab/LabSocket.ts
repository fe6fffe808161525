import type { Settings } from "./settings.ts"

/** Delivers messages in one direction, in order, each with the delay of the network. */
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

/** A WebSocket behind a simulated network. */
export class LabSocket extends EventTarget {
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
    // After the messages before it. No one answers on a half-open connection, or without a server.
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
