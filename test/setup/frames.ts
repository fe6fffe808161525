import { createHash } from "node:crypto"

/** Builds frames of RFC 6455 §5.2, also invalid ones, for tests that decide what a server sends. */
export interface Frame {
  readonly opcode?: number
  readonly fin?: boolean
  readonly rsv1?: boolean
  readonly masked?: boolean
}

export const opcode = {
  continuation: 0,
  text: 1,
  binary: 2,
  reserved: 3,
  close: 8,
  ping: 9,
  pong: 10,
} as const

const lengthOf = (size: number, mask: number) => {
  if (size < 126) return Buffer.from([mask | size])
  const wide = size > 0xffff
  const bytes = Buffer.alloc(wide ? 9 : 3)
  bytes[0] = mask | (wide ? 127 : 126)
  if (wide) bytes.writeBigUInt64BE(BigInt(size), 1)
  else bytes.writeUInt16BE(size, 1)
  return bytes
}

export const frame = (payload: string | Uint8Array, options: Frame = {}): Buffer => {
  const { opcode: code = opcode.text, fin = true, rsv1 = false, masked = false } = options
  const body = Buffer.from(payload as Uint8Array)
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | code
  // A mask of zeros leaves the payload readable.
  const mask = masked ? Buffer.alloc(4) : Buffer.alloc(0)
  return Buffer.concat([Buffer.from([first]), lengthOf(body.length, masked ? 0x80 : 0), mask, body])
}

/** Builds a close frame with any code, including those that must not be sent. */
export const closeFrame = (code: number, reason = ""): Buffer => {
  const body = Buffer.alloc(2 + Buffer.byteLength(reason))
  body.writeUInt16BE(code)
  body.write(reason, 2)
  return frame(body, { opcode: opcode.close })
}

/** Returns the `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key` (RFC 6455 §4.2.2). */
export const acceptKey = (key: string) =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64")

/** A frame as it was read. */
export interface ReadFrame {
  readonly opcode: number
  readonly fin: boolean
  readonly payload: Buffer
}

/** Reads the frames of a client, which are masked, from the bytes of its connection. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0)

  /** Returns the frames that are whole now. */
  push(chunk: Buffer): Array<ReadFrame> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const frames: Array<ReadFrame> = []
    for (let read = this.#next(); read !== undefined; read = this.#next()) frames.push(read)
    return frames
  }

  #next(): ReadFrame | undefined {
    const bytes = this.#bytes
    const [first = 0, second = 0] = bytes
    const short = second & 0x7f
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
    const isMasked = (second & 0x80) !== 0
    const head = 2 + lengthBytes + (isMasked ? 4 : 0)
    if (bytes.length < head) return undefined
    const length =
      lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : lengthBytes === 2 ? bytes.readUInt16BE(2) : short
    if (bytes.length < head + length) return undefined
    const payload = Buffer.from(bytes.subarray(head, head + length))
    if (isMasked) {
      const mask = bytes.subarray(head - 4, head)
      for (let at = 0; at < length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0)
    }
    this.#bytes = bytes.subarray(head + length)
    return { opcode: first & 0x0f, fin: (first & 0x80) !== 0, payload }
  }
}
