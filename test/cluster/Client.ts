/** A page without a browser: dials again, resumes, and sends again, under the same id, what was not answered. */
import WebSocket from "ws"

export class Client {
  /** What its page shows. */
  shown: Array<string> = []
  dials = 0
  /** How many frames have come, and how many of these had the whole state. */
  frames = 0
  wholes = 0
  /** How many messages were sent again. */
  retries = 0
  readonly #unanswered = new Map<string, string>()
  #lastId: string | undefined
  #socket: WebSocket | undefined
  #isOver = false
  readonly #port: number

  constructor(port: number) {
    this.#port = port
    this.#dial()
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN
  }

  /** Whether every message was answered. */
  get isDone(): boolean {
    return this.#unanswered.size === 0
  }

  /** Says something: now, or when it has a connection. */
  say(text: string): void {
    const message = JSON.stringify({ text, HEADERS: { "HX-Message-ID": text } })
    this.#unanswered.set(text, message)
    if (this.isOpen) this.#socket?.send(message)
  }

  close(): void {
    this.#isOver = true
    this.#socket?.terminate()
  }

  #dial(): void {
    if (this.#isOver) return
    this.dials++
    const query = this.#lastId === undefined ? "" : `?last-id=${this.#lastId}`
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/chat${query}`, { handshakeTimeout: 5_000 })
    this.#socket = socket
    socket.on("error", () => {})
    socket.on("open", () => {
      for (const message of this.#unanswered.values()) {
        this.retries++
        socket.send(message)
      }
    })
    socket.on("message", (data) => this.#receive(String(data)))
    socket.on("close", () => setTimeout(() => this.#dial(), 50 + Math.random() * 200))
  }

  #receive(frame: string): void {
    this.frames++
    if (frame.startsWith('{"HX-Ack"')) this.#unanswered.delete(JSON.parse(frame)["HX-Ack"])
    const [, id, swap, content = ""] =
      /^<!--id:(.*?)--><div hx-swap-oob="(\w+):#log">(.*)<\/div>$/.exec(frame) ?? []
    if (swap === undefined) return
    this.#lastId = id
    const texts = textsOf(content)
    if (swap === "innerHTML") {
      this.wholes++
      this.shown = texts
    } else this.shown.push(...texts)
  }
}

export const textsOf = (html: string): Array<string> =>
  [...html.matchAll(/<li>(.*?)<\/li>/g)].map(([, text = ""]) => text)
