import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { opcode } from "./frames.ts"

export type Received = {
  readonly at: number
  readonly data: string | Buffer
}

export type Closed = {
  readonly at: number
  readonly code: number
  readonly reason: string
}

/** One attempt of a client to open a WebSocket, from its request to its end, with everything that came of it. */
export class Visit {
  readonly url: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The subprotocols that the client offered. */
  readonly protocols: ReadonlyArray<string>
  /** `performance.now()` of the request; all times of the log are of this clock. */
  readonly at = performance.now()
  readonly messages: Array<Received> = []
  /** How many messages it was sent. */
  sent = 0
  /** Whether the server has begun to end it. */
  ending = false
  /** When the handshake was done. */
  openedAt: number | undefined
  /** How the socket ended as the server saw it: 1006 where no close frame came. */
  closed: Closed | undefined

  #webSocket: WebSocket | undefined
  #timers = new Set<NodeJS.Timeout>()
  readonly #socket: Socket
  readonly #request: IncomingMessage
  /** What came before the handshake was accepted, if it ever was. */
  readonly #early: Array<Buffer>

  constructor(request: IncomingMessage, socket: Socket, head: Buffer) {
    this.#request = request
    this.#socket = socket
    this.#early = [head]
    this.url = request.url ?? "/"
    this.path = this.url.replace(/\?.*$/, "")
    this.headers = request.headers
    this.protocols = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/).filter(Boolean)
    socket.on("data", this.#onEarly)
    socket.on("error", () => {})
    socket.on("end", () => socket.destroy())
    socket.on("close", () => {
      for (const timer of this.#timers) clearTimeout(timer)
      // An accepted WebSocket tells its own end, a moment later and with the code.
      if (!this.#webSocket) this.closed = { at: performance.now(), code: 1006, reason: "" }
    })
  }

  /** Open as far as the server knows. */
  get isLive() {
    return this.openedAt !== undefined && !this.isGone
  }

  get isGone() {
    return this.closed !== undefined || this.#socket.destroyed
  }

  /** The texts received, in order. */
  get texts(): ReadonlyArray<string> {
    return this.messages.map(({ data }) => data).filter((data) => typeof data === "string")
  }

  accept(protocol?: string): Promise<void> {
    const server = new WebSocketServer({
      noServer: true,
      ...(protocol === undefined ? {} : { handleProtocols: () => protocol }),
    })
    this.#socket.off("data", this.#onEarly)
    return new Promise((resolve) => {
      server.handleUpgrade(this.#request, this.#socket, Buffer.concat(this.#early), (webSocket) => {
        this.#webSocket = webSocket
        this.openedAt = performance.now()
        webSocket.on("error", () => {})
        webSocket.on("message", (bytes: Buffer, isBinary) => {
          this.messages.push({ at: performance.now(), data: isBinary ? bytes : bytes.toString() })
        })
        webSocket.on("close", (code, reason) => {
          this.closed = { at: performance.now(), code, reason: reason.toString() }
        })
        resolve()
      })
    })
  }

  onMessage(listener: (data: string | Buffer) => void) {
    this.#open.on("message", (bytes: Buffer, isBinary) => listener(isBinary ? bytes : bytes.toString()))
  }

  send(data: string | Uint8Array) {
    this.sent++
    this.#open.send(data)
  }

  close(code?: number, reason?: string) {
    this.ending = true
    this.#open.close(code, reason)
  }

  /** Writes bytes as they are, before or after the handshake. */
  raw(bytes: string | Uint8Array) {
    this.#socket.write(bytes)
  }

  /** FIN, without a close frame. */
  end() {
    this.ending = true
    this.#socket.end(() => this.#socket.destroy())
  }

  /** RST. */
  reset() {
    this.ending = true
    this.#socket.resetAndDestroy()
  }

  /** Half-open: the TCP connection stays, nothing is read from it any more. */
  stopReading() {
    this.#webSocket?.pause()
    this.#socket.pause()
  }

  startReading() {
    this.#webSocket?.resume()
    this.#socket.resume()
  }

  /** Runs `act` after `delay` milliseconds unless the connection has ended by then. */
  later(delay: number, act: () => void) {
    this.#timers.add(setTimeout(act, delay))
  }

  // A socket that nobody reads never tells its end; and a client that was sent a raw close frame waits for ours.
  readonly #onEarly = (chunk: Buffer) => {
    this.#early.push(chunk)
    if (((chunk[0] ?? 0) & 0x0f) === opcode.close) this.end()
  }

  get #open() {
    if (!this.#webSocket) throw new Error(`${this.url} was not accepted`)
    return this.#webSocket
  }
}
