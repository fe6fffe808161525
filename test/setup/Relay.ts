import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { setTimeout } from "node:timers"

/** What a network does to the bytes of both directions. */
export interface Conditions {
  /** How long all bytes take, in milliseconds. */
  readonly latency?: number
  /** How much longer some of them take, at random. Their order stays. */
  readonly jitter?: number
  readonly bytesPerSecond?: number
  /** The most bytes that are written at once. */
  readonly segment?: number
  /** After how many bytes to the page the first connection is reset. */
  readonly cutAfter?: number
  /** After how many milliseconds without a byte a connection is reset, as proxies do. */
  readonly idleTimeout?: number
}

/** How many bytes a slow line has under way before its sender waits. */
const window = 65_536

/** A network between pages and a server, which a test cuts and stops. */
export class Relay {
  /** Where connections lead. */
  target: number
  /** How many connections there were. */
  connections = 0
  readonly #conditions: Conditions
  readonly #pairs = new Set<readonly [page: Socket, server: Socket]>()
  #isDown = false
  readonly #server = createServer((page) => {
    if (this.#isDown) return void page.resetAndDestroy()
    const server = connect(this.target, "127.0.0.1")
    const pair = [page, server] as const
    this.#pairs.add(pair)
    this.connections++
    const { idleTimeout = 0, cutAfter = Number.POSITIVE_INFINITY } = this.#conditions
    this.#carry(page, server, Number.POSITIVE_INFINITY)
    this.#carry(server, page, this.connections === 1 ? cutAfter : Number.POSITIVE_INFINITY)
    for (const [socket, other] of [pair, [server, page]] as const) {
      socket.setNoDelay(true)
      socket.setTimeout(idleTimeout, () => socket.resetAndDestroy())
      socket.on("error", () => {})
      socket.on("close", () => {
        other.destroy()
        this.#pairs.delete(pair)
      })
    }
  })

  private constructor(target: number, conditions: Conditions) {
    this.target = target
    this.#conditions = conditions
  }

  static async start(target: number, conditions: Conditions = {}): Promise<Relay> {
    const relay = new Relay(target, conditions)
    await new Promise<void>((resolve) => void relay.#server.listen(0, "127.0.0.1", resolve))
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resets every connection, and with `stay` refuses new ones until `up`. */
  cut({ stay = false } = {}): void {
    this.#isDown = stay
    for (const [page, server] of this.#pairs) {
      page.resetAndDestroy()
      server.resetAndDestroy()
    }
  }

  up(): void {
    this.#isDown = false
  }

  /** Has pages read nothing until `flow`. */
  stall(): void {
    for (const [, server] of this.#pairs) server.pause()
  }

  flow(): void {
    for (const [, server] of this.#pairs) server.resume()
  }

  async close(): Promise<void> {
    this.cut({ stay: true })
    await new Promise((resolve) => void this.#server.close(resolve))
  }

  #carry(from: Socket, to: Socket, cutAfter: number): void {
    const {
      latency = 0,
      jitter = 0,
      bytesPerSecond = Number.POSITIVE_INFINITY,
      segment = Number.POSITIVE_INFINITY,
    } = this.#conditions
    if (latency + jitter === 0 && Math.min(bytesPerSecond, cutAfter, segment) === Number.POSITIVE_INFINITY) {
      from.pipe(to)
      return
    }
    const queue: Array<Buffer | "end"> = []
    let carried = 0
    let underWay = 0
    /** When the last byte so far arrives. */
    let last = 0
    const arrive = (): void => {
      const bytes = queue.shift()
      if (bytes === "end") return void to.end()
      if (bytes === undefined || !to.writable) return
      underWay -= bytes.length
      if (underWay < window) from.resume()
      const rest = cutAfter - carried
      carried += bytes.length
      to.write(bytes.subarray(0, rest))
      if (bytes.length >= rest) to.end(() => to.resetAndDestroy())
    }
    const schedule = (bytes: Buffer | "end", size: number): void => {
      queue.push(bytes)
      underWay += size
      const earliest = performance.now() + latency + Math.random() * jitter
      last = Math.max(last + (size / bytesPerSecond) * 1_000, earliest)
      setTimeout(arrive, Math.max(0, last - performance.now()))
    }
    from.on("data", (bytes: Buffer) => {
      // A slow line carries its bytes one after the other.
      const size = Math.min(segment, bytesPerSecond / 10, bytes.length)
      for (let at = 0; at < bytes.length; at += size) {
        const part = bytes.subarray(at, at + size)
        schedule(part, part.length)
      }
      if (underWay >= window) from.pause()
    })
    from.on("end", () => schedule("end", 0))
  }
}
