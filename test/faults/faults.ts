/** Everything that goes wrong on a connection, by name. A new entry gets every case by itself. */
import { STATUS_CODES } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { frame, opcode } from "../setup/frames.ts"
import type { Conditions } from "../setup/Relay.ts"
import type { Dial } from "./Dial.ts"

export interface Fault {
  /** What it does, in a sentence. */
  readonly does: string
  /**
   * The close code that a client sees; `"none"` if the connection stays. A browser does not tell a page why a connection
   * failed (WHATWG WebSockets), so that it is 1006 for all that is no close frame.
   */
  readonly code: number | "none"
  /** The code in Node, if that differs. */
  readonly codeInNode?: number | "none"
  /** What the server does instead of accepting. */
  readonly handshake?: (dial: Dial) => void | Promise<void>
  /** What it does once the connection is open. */
  readonly afterOpen?: (dial: Dial) => void
  /** Whether the connection is served by a process of its own, which `afterOpen` may kill or stop. */
  readonly inProcess?: true
  /** What lies between client and server, or that nobody listens on the port until the server is healed. */
  readonly network?: Conditions | "refused"
  /** What a client may need to find out: a limit for the handshake or for silence, or a message that it cannot send. */
  readonly foundBy?: "connectTimeout" | "heartbeat" | "sending"
  /** Whether it keeps a client so busy that nothing else can be judged beside it. */
  readonly isHeavy?: true
  /** What a client must offer for it. */
  readonly protocols?: ReadonlyArray<string>
}

const refuse =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  (dial: Dial): void => {
    const lines = Object.entries({ ...headers, "Content-Length": "0", Connection: "close" })
    dial.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    )
    dial.end()
  }

const statuses = [200, 301, 302, 400, 401, 403, 404, 426, 429, 500, 503] as const
const elsewhere = {
  301: { Location: "/elsewhere" },
  302: { Location: "/elsewhere" },
  426: { Upgrade: "h2c" },
}

/** Codes that Node's WebSocket accepts as a browser does; it fails the connection at others that nobody may use (RFC 6455 §7.4). */
const usable = (code: number): boolean => (code >= 1000 && code !== 1004 && code <= 1014) || code >= 3000

/** Codes that reach a page as they are. */
const codes = [
  ...[0, 999, 1000, 1001, 1002, 1003, 1004, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1016, 2999, 3000],
  ...[4000, 4401, 4999],
] as const
/** Codes that must not be in a frame, which fails the connection. */
const unsendable = [1005, 1006, 1015] as const

const eachOf = <Key extends number, Prefix extends string>(
  prefix: Prefix,
  keys: ReadonlyArray<Key>,
  fault: (key: Key) => Fault,
) =>
  Object.fromEntries(keys.map((key) => [`${prefix}-${key}`, fault(key)])) as Record<`${Prefix}-${Key}`, Fault>

/** A text of so many bytes. */
const long = (bytes: number): string => "x".repeat(bytes)
/** Two bytes, three and four for a character. */
const wide = "é€😀".repeat(20)

const table = {
  // No connection comes about.
  refused: { does: "Nobody listens on the port.", code: 1006, network: "refused" },
  "reset-in-handshake": {
    does: "Resets the connection when it has read the request.",
    code: 1006,
    handshake: (dial) => dial.reset(),
  },
  "end-in-handshake": {
    does: "Ends the connection when it has read the request.",
    code: 1006,
    handshake: (dial) => dial.end(),
  },
  ...eachOf("status", statuses, (status) => ({
    does: `Responds with ${status} ${STATUS_CODES[status]}.`,
    code: 1006,
    // Node's WebSocket asks again by itself.
    ...(status === 401 && { codeInNode: "none" }),
    handshake: refuse(status, { ...elsewhere }[status as 301]),
  })),
  hang: {
    does: "Accepts the TCP connection, and never responds.",
    code: 1006,
    handshake: () => {},
    foundBy: "connectTimeout",
  },
  "slow-loris": {
    does: "Responds byte by byte, and never completely.",
    code: 1006,
    handshake: async (dial) => {
      const head = "HTTP/1.1 101 Switching Protocols\r\nX-Padding: "
      for (let at = 0; !dial.isGone; at++) {
        dial.write(head[at] ?? ".")
        await pause(20, undefined, { ref: false })
      }
    },
    foundBy: "connectTimeout",
  },
  "half-response": {
    does: "Sends half of the response, and nothing more.",
    code: 1006,
    handshake: (dial) => dial.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso"),
    foundBy: "connectTimeout",
  },
  "half-response-end": {
    does: "Sends half of the response, and ends the connection.",
    code: 1006,
    handshake: (dial) => {
      dial.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso")
      dial.end()
    },
  },
  "not-http": {
    does: "Responds with bytes that are no HTTP.",
    code: 1006,
    handshake: (dial) => {
      dial.write("SSH-2.0-OpenSSH_9.7\r\n")
      dial.end()
    },
  },
  "wrong-accept": {
    does: "Responds with 101 and a wrong `Sec-WebSocket-Accept`.",
    code: 1006,
    handshake: (dial) => dial.accept({ accept: "wrong" }),
  },
  "unknown-subprotocol": {
    does: "Chooses a subprotocol that was not offered.",
    code: 1006,
    handshake: (dial) => dial.accept({ protocol: "unknown" }),
  },
  "no-subprotocol": {
    does: "Chooses none of the subprotocols that were offered.",
    code: 1006,
    handshake: (dial) => dial.accept({ protocol: "" }),
    protocols: ["one", "two"],
  },
  "open-and-gone": {
    does: "Responds with 101, and resets the connection in the same turn.",
    code: 1006,
    handshake: (dial) => {
      dial.accept()
      dial.reset()
    },
  },
  "frame-with-handshake": {
    does: "Sends a message in the packet of the response.",
    code: "none",
    handshake: (dial) =>
      dial.inOnePacket(() => {
        dial.accept()
        dial.send("early")
      }),
  },
  "close-with-handshake": {
    does: "Sends a message and a close frame with 1012 in the packet of the response.",
    code: 1012,
    handshake: (dial) =>
      dial.inOnePacket(() => {
        dial.accept()
        dial.send("early")
        dial.close(1012)
      }),
  },

  // The connection ends without a close frame, or only seems to go on.
  killed: {
    does: "The server's process is killed (`kill -9`).",
    code: 1006,
    inProcess: true,
    afterOpen: (dial) => dial.signal("SIGKILL"),
  },
  stopped: {
    does: "The server's process is stopped (`SIGSTOP`), and goes on when the client has left (`SIGCONT`).",
    code: 1006,
    inProcess: true,
    afterOpen: (dial) => dial.signal("SIGSTOP"),
    foundBy: "heartbeat",
  },
  "half-open": {
    does: "Reads and writes nothing any more, while TCP stays up.",
    code: 1006,
    afterOpen: (dial) => dial.stopReading(),
    foundBy: "heartbeat",
  },
  end: {
    does: "Ends the connection without a close frame (FIN).",
    code: 1006,
    afterOpen: (dial) => dial.end(),
  },
  reset: { does: "Resets the connection (RST).", code: 1006, afterOpen: (dial) => dial.reset() },

  // It ends with a close frame.
  ...eachOf("close", codes, (code) => ({
    does: `Closes with ${code}.`,
    code,
    ...(!usable(code) && { codeInNode: 1006 }),
    afterOpen: (dial) => dial.close(code),
  })),
  ...eachOf("close", unsendable, (code) => ({
    does: `Closes with ${code}, which no frame may have.`,
    code: 1006,
    afterOpen: (dial) => dial.close(code),
  })),
  "close-without-code": { does: "Closes without a code.", code: 1005, afterOpen: (dial) => dial.close() },
  "close-long-reason": {
    does: "Closes with 1013 and the longest reason there is, 123 bytes.",
    code: 1013,
    afterOpen: (dial) => dial.close(1013, long(123)),
  },
  "close-one-byte": {
    does: "Closes with half of a code.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { opcode: opcode.close })),
  },
  "close-bad-reason": {
    does: "Closes with a reason that is no UTF-8.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame(Buffer.from([0x03, 0xe8, 0xff, 0xfe]), { opcode: opcode.close })),
  },
  "close-twice": {
    does: "Closes with 1012, and again with 1000.",
    code: 1006,
    // Node's WebSocket reads nothing after a close frame.
    codeInNode: 1012,
    afterOpen: (dial) => {
      dial.close(1012)
      dial.close(1000)
    },
  },
  "close-and-end": {
    does: "Closes with 1012, and ends TCP without waiting for an answer.",
    code: 1012,
    afterOpen: (dial) => {
      dial.close(1012)
      dial.end()
    },
  },
  "close-unanswered": {
    does: "Closes with 1012, and leaves TCP open when the client has answered.",
    // Node's WebSocket waits for the end of TCP without limit.
    code: 1012,
    codeInNode: 1006,
    foundBy: "sending",
    afterOpen: (dial) => {
      dial.close(1012)
      dial.stopReading()
    },
  },
  "data-after-close": {
    does: "Closes with 1012, and sends a message after that.",
    code: 1006,
    // Node's WebSocket reads nothing after a close frame.
    codeInNode: 1012,
    afterOpen: (dial) => {
      dial.close(1012)
      dial.write(frame("late"))
    },
  },

  // Frames that no peer may send: they fail the connection (RFC 6455 §5, §8.1).
  "invalid-utf8": {
    does: "Sends a text that is no UTF-8.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame(Buffer.from([0xff, 0xfe]))),
  },
  rsv1: {
    does: "Sets RSV1 without an extension.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { rsv1: true })),
  },
  "reserved-opcode": {
    does: "Sends a frame with a reserved opcode.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { opcode: opcode.reserved })),
  },
  masked: {
    does: "Sends a masked frame, as only clients may.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { masked: true })),
  },
  "fragmented-ping": {
    does: "Sends half of a ping.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { opcode: opcode.ping, fin: false })),
  },
  "long-ping": {
    does: "Sends a ping of 126 bytes.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame(long(126), { opcode: opcode.ping })),
  },
  "lone-continuation": {
    does: "Continues a message that has not begun.",
    code: 1006,
    afterOpen: (dial) => dial.write(frame("x", { opcode: opcode.continuation })),
  },
  "message-in-message": {
    does: "Begins a message within another one.",
    code: 1006,
    afterOpen: (dial) => dial.write(Buffer.concat([frame("a", { fin: false }), frame("b")])),
  },
  "half-frame": {
    does: "Sends half of a frame, and ends the connection.",
    code: 1006,
    afterOpen: (dial) => {
      dial.write(frame(long(1_000)).subarray(0, 500))
      dial.end()
    },
  },

  // Unusual frames that are as they should be: all arrive, and the connection stays.
  "empty-frames": {
    does: "Sends 1,000 empty messages.",
    code: "none",
    afterOpen: (dial) => flood(dial, 1_000, ""),
  },
  "many-frames": {
    does: "Sends 100,000 messages at once.",
    code: "none",
    isHeavy: true,
    afterOpen: (dial) => flood(dial, 100_000, "."),
  },
  "long-message": {
    does: "Sends a message of 16 MB.",
    code: "none",
    isHeavy: true,
    afterOpen: (dial) => dial.send(long(16_000_000)),
  },
  "split-characters": {
    does: "Sends a message in frames of one byte, which cut its characters.",
    code: "none",
    afterOpen: (dial) => {
      const bytes = Buffer.from(wide)
      dial.sent.push(wide)
      for (let at = 0; at < bytes.length; at++)
        dial.write(
          frame(bytes.subarray(at, at + 1), {
            opcode: at === 0 ? opcode.text : opcode.continuation,
            fin: at === bytes.length - 1,
          }),
        )
    },
  },
  "ping-in-message": {
    does: "Sends a ping between the frames of a message.",
    code: "none",
    afterOpen: (dial) => {
      dial.sent.push("before")
      dial.write(frame("be", { fin: false }))
      dial.write(frame("?", { opcode: opcode.ping }))
      dial.write(frame("fore", { opcode: opcode.continuation }))
    },
  },
  "ping-flood": {
    does: "Sends 10,000 pings at once, and a message.",
    code: "none",
    afterOpen: (dial) => {
      dial.write(Buffer.concat(Array(10_000).fill(frame("", { opcode: opcode.ping }))))
      dial.send("after the pings")
    },
  },
  "lone-pong": {
    does: "Sends a pong that nobody has asked for, and a message.",
    code: "none",
    afterOpen: (dial) => {
      dial.write(frame("", { opcode: opcode.pong }))
      dial.send("after the pong")
    },
  },

  // A network that is slow, or cuts.
  latency: {
    does: "Every byte takes 300 ms, each way.",
    code: "none",
    network: { latency: 300 },
    afterOpen: (dial) => count(dial),
  },
  jitter: {
    does: "Every byte takes up to 200 ms, each way.",
    code: "none",
    network: { jitter: 200 },
    afterOpen: (dial) => count(dial),
  },
  slow: {
    does: "The line carries 1 KB a second, each way.",
    code: "none",
    network: { bytesPerSecond: 1_000 },
    afterOpen: (dial) => count(dial),
  },
  segments: {
    does: "The line carries segments of 7 bytes, which cut frames and characters.",
    code: "none",
    network: { segment: 7 },
    afterOpen: (dial) => {
      count(dial)
      dial.send(wide)
    },
  },
  "cut-in-frame": {
    does: "The line is cut in the middle of a frame.",
    code: 1006,
    network: { cutAfter: 2_000 },
    afterOpen: (dial) => dial.write(frame(long(4_000))),
  },
  idle: {
    does: "A proxy resets connections that are silent for two seconds, and a heartbeat keeps them.",
    code: "none",
    network: { idleTimeout: 2_000 },
    foundBy: "heartbeat",
  },
} satisfies Record<string, Fault>

/** Sends numbered messages. */
const count = (dial: Dial): void => {
  for (let number = 1; number <= 10; number++) dial.send(`number ${number}`)
}

const flood = (dial: Dial, times: number, text: string): void => {
  const one = frame(text)
  for (let sent = 0; sent < times; sent++) dial.sent.push(text)
  dial.write(Buffer.concat(Array(times).fill(one)))
}

export type FaultName = keyof typeof table
export const faults: Readonly<Record<FaultName, Fault>> = table
export const faultNames = Object.keys(table) as ReadonlyArray<FaultName>
