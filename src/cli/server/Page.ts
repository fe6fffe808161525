/** A page without a browser: it dials with the headers of one, and collects the frames. */
import * as http from "node:http"
import * as https from "node:https"

/** The global WebSocket of Node takes headers, which that of browsers does not. */
type NodeWebSocket = new (url: string, options: { readonly headers: Headers }) => WebSocket

export type Headers = Readonly<Record<string, string>>

export interface Close {
  readonly code: number
  readonly reason: string
}

/** The answer to a handshake. */
export interface Handshake {
  readonly status: number
  readonly protocol: string | undefined
}

/** Makes a handshake, and drops the connection. Rejects if there is no answer. */
export const handshake = (url: string, headers: Headers, wait: number): Promise<Handshake> =>
  new Promise((resolve, reject) => {
    const { request } = url.startsWith("wss:") ? https : http
    const asked = request(url.replace(/^ws/, "http"), {
      headers: {
        ...headers,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": btoa("a key of 16 byte"),
      },
      signal: AbortSignal.timeout(wait),
    })
    const settle = ({ headers, statusCode = 0 }: http.IncomingMessage) => {
      resolve({ status: statusCode, protocol: headers["sec-websocket-protocol"] })
      asked.destroy()
    }
    asked.on("upgrade", settle)
    asked.on("response", settle)
    asked.on("error", reject)
    asked.end()
  })

export class Page {
  readonly frames: Array<string> = []
  isOpen = false
  closed: Close | undefined
  readonly #socket: WebSocket
  readonly #waiting = new Set<() => void>()

  constructor(url: string, headers: Headers) {
    this.#socket = new (WebSocket as unknown as NodeWebSocket)(url, { headers })
    this.#socket.binaryType = "arraybuffer"
    this.#socket.addEventListener("open", () => {
      this.isOpen = true
      this.#wake()
    })
    this.#socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.frames.push(data)
      this.#wake()
    })
    this.#socket.addEventListener("close", ({ code, reason }) => {
      this.isOpen = false
      this.closed = { code, reason }
      this.#wake()
    })
    // A close follows.
    this.#socket.addEventListener("error", () => {})
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }

  send(message: string): void {
    if (this.isOpen) this.#socket.send(message)
  }

  close(): void {
    this.#socket.close()
  }

  /** Waits for a condition that a frame or a close may fulfil. Resolves with whether it was fulfilled in time. */
  until(condition: () => boolean, wait: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (is: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(is)
      }
      const look = () => condition() && end(true)
      const timer = setTimeout(end, wait, false)
      this.#waiting.add(look)
    })
  }

  /** Waits until no frame has arrived for `wait` milliseconds. */
  async quiet(wait: number): Promise<void> {
    for (let count = -1; count !== this.frames.length; ) {
      count = this.frames.length
      await this.until(() => this.frames.length !== count, wait)
    }
  }
}
