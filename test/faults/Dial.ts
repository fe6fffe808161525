import type { ChildProcess } from "node:child_process"
import type { Socket } from "node:net"
import { acceptKey, closeFrame, FrameReader, frame, opcode } from "../setup/frames.ts"

/** The request of a WebSocket handshake. */
export interface Request {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Accepting {
  /** The subprotocol to choose, offered or not; empty for none. By default the first that was offered. */
  readonly protocol?: string
  /** The `Sec-WebSocket-Accept` instead of the right one. */
  readonly accept?: string
}

/** What the server notes of a dial. A server in a process of its own reports it to that of the test. */
export type Note =
  | { readonly type: "open" }
  | { readonly type: "message"; readonly data: string }
  | { readonly type: "close"; readonly code: number; readonly reason: string }
  | { readonly type: "gone" }

/** A client's heartbeat, and the answer to it. Neither is noted. */
const ping = `{"type":"ping"}`
export const pong = `{"type":"pong"}`

/** Reads the head of a handshake; `undefined` while it is not whole. */
export const readRequest = (bytes: Buffer): Request | undefined => {
  const end = bytes.indexOf("\r\n\r\n")
  if (end < 0) return undefined
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n")
  const headers = lines.map((line) => {
    const [name = "", ...value] = line.split(":")
    return [name.toLowerCase(), value.join(":").trim()] as const
  })
  return { url: first.split(" ")[1] ?? "/", headers: Object.fromEntries(headers) }
}

/** One dial of a client, from its request to its end. The frames are written and read by hand, so that they may be wrong. */
export class Dial {
  readonly request: Request
  readonly path: string
  readonly parameters: URLSearchParams
  /** The subprotocols that were offered. */
  readonly protocols: ReadonlyArray<string>
  /** `performance.now()` at the request, as all times here. */
  readonly at = performance.now()
  /** The texts of the client, in order. */
  readonly messages: Array<{ readonly at: number; readonly data: string }> = []
  /** The whole texts that were sent to it, in order. */
  readonly sent: Array<string> = []
  openedAt: number | undefined
  /** The close frame of the client. */
  closed: { readonly at: number; readonly code: number; readonly reason: string } | undefined
  /** When its connection ended. */
  goneAt: number | undefined
  /** Called after each note. */
  onNote: (note: Note) => void = () => {}
  #socket: Socket | undefined
  #process: ChildProcess | undefined
  readonly #reader = new FrameReader()
  /** The fragments of a message so far. */
  #fragments: Array<Buffer> = []
  /** Whether a close frame was written. */
  #closing = false

  constructor(request: Request) {
    this.request = request
    const { pathname, searchParams } = new URL(request.url, "ws://any")
    this.path = pathname
    this.parameters = searchParams
    this.protocols = (request.headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/).filter(Boolean)
  }

  /** Serves it in this process. */
  serve(socket: Socket): void {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on("error", () => {})
    socket.on("data", (bytes: Buffer) => {
      for (const { opcode, fin, payload } of this.#reader.push(bytes)) this.#read(opcode, fin, payload)
    })
    socket.on("end", () => socket.end())
    socket.on("close", () => this.note({ type: "gone" }))
    socket.resume()
  }

  /** Has a process serve it, which opens it at once. */
  handOver(child: ChildProcess, socket: Socket): void {
    this.#process = child
    child.on("message", (note) => this.note(note as Note))
    child.on("exit", () => this.note({ type: "gone" }))
    child.send(this.request, socket)
  }

  get isLive(): boolean {
    return this.openedAt !== undefined && this.goneAt === undefined && this.closed === undefined
  }

  get isGone(): boolean {
    return this.goneAt !== undefined
  }

  get texts(): ReadonlyArray<string> {
    return this.messages.map(({ data }) => data)
  }

  /** Takes note of something, which another process may have seen. */
  note(note: Note): void {
    const at = performance.now()
    if (note.type === "open") this.openedAt = at
    else if (note.type === "message") this.messages.push({ at, data: note.data })
    else if (note.type === "close") this.closed ??= { at, code: note.code, reason: note.reason }
    else this.goneAt ??= at
    this.onNote(note)
  }

  /** Opens the WebSocket. */
  accept({ protocol = this.protocols[0], accept }: Accepting = {}): void {
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept ?? acceptKey(this.request.headers["sec-websocket-key"] ?? "")}`,
      ...(!protocol ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ]
    this.write(`${lines.join("\r\n")}\r\n\r\n`)
    if (accept === undefined) this.note({ type: "open" })
  }

  /** Has all that is written meanwhile leave in one packet. */
  inOnePacket(write: () => void): void {
    this.#socket?.cork()
    write()
    this.#socket?.uncork()
  }

  /** Writes bytes as they are. */
  write(bytes: string | Uint8Array): void {
    // A process that was just killed takes nothing.
    if (this.#process?.connected)
      this.#process.send(Buffer.from(bytes as Uint8Array).toString("base64"), () => {})
    else if (this.#socket?.writable) this.#socket.write(bytes)
  }

  /** Sends a text. */
  send(text: string): void {
    this.sent.push(text)
    this.write(frame(text))
  }

  /** Sends a close frame with any code; without one, if it is `undefined`. */
  close(code?: number, reason = ""): void {
    this.#closing = true
    this.write(code === undefined ? frame("", { opcode: opcode.close }) : closeFrame(code, reason))
  }

  /** Sends a FIN. */
  end(): void {
    this.#socket?.end()
  }

  /** Sends an RST. */
  reset(): void {
    this.#socket?.resetAndDestroy()
  }

  /** Sends a signal to the process that serves it. */
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(signal)
  }

  /** Reads nothing more: TCP stays up, until its buffers are full. */
  stopReading(): void {
    this.#socket?.pause()
  }

  startReading(): void {
    this.#socket?.resume()
  }

  #read(code: number, fin: boolean, payload: Buffer): void {
    if (code === opcode.close) {
      const hasCode = payload.length >= 2
      this.note({
        type: "close",
        code: hasCode ? payload.readUInt16BE(0) : 1005,
        reason: payload.subarray(2).toString(),
      })
      if (!this.#closing) this.write(frame(payload, { opcode: opcode.close }))
      // The server closes TCP first (RFC 6455 §7.1.1).
      this.end()
    } else if (code === opcode.ping) this.write(frame(payload, { opcode: opcode.pong }))
    else if (code !== opcode.pong) {
      this.#fragments.push(payload)
      if (!fin) return
      const data = Buffer.concat(this.#fragments).toString()
      this.#fragments = []
      if (data === ping) this.write(frame(pong))
      else this.note({ type: "message", data })
    }
  }
}
