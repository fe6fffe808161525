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

/** One attempt of a client to open a WebSocket, from its request to its end, with a log of all that happened. */
export class Visit {
  readonly url: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The subprotocols that the client offered. */
  readonly protocols: ReadonlyArray<string>
  /** `performance.now()` at the request. All times in the log use this clock. */
  readonly at = performance.now()
  readonly messages: Array<Received> = []
  /** The number of messages sent to it. */
  sent = 0
  /** Whether the server has begun to end it. */
  ending = false
  /** When the handshake was completed. */
  openedAt: number | undefined
  /** How the socket ended as the server saw it, with 1006 if no close frame arrived. */
  closed: Closed | undefined

  #webSocket: WebSocket | undefined
  #timers = new Set<NodeJS.Timeout>()
  readonly #socket: Socket
  readonly #request: IncomingMessage
  /** The bytes received before the handshake was accepted. */
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
      // An accepted WebSocket reports its end itself, a little later and with the code.
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

  /** Returns the received texts, in order. */
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

  /** Writes raw bytes, before or after the handshake. */
  raw(bytes: string | Uint8Array) {
    this.#socket.write(bytes)
  }

  /** Sends a FIN, without a close frame. */
  end() {
    this.ending = true
    this.#socket.end(() => this.#socket.destroy())
  }

  /** Sends an RST. */
  reset() {
    this.ending = true
    this.#socket.resetAndDestroy()
  }

  /** Makes the connection half-open: TCP stays up, and nothing is read from it any more. */
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

  // An unread socket never reports its end, and a client that got a raw close frame waits for our FIN.
  readonly #onEarly = (chunk: Buffer) => {
    this.#early.push(chunk)
    if (((chunk[0] ?? 0) & 0x0f) === opcode.close) this.end()
  }

  get #open() {
    if (!this.#webSocket) throw new Error(`${this.url} was not accepted`)
    return this.#webSocket
  }
}
