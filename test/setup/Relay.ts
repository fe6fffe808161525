import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** A network between pages and a server, which a test cuts and stops. */
export class Relay {
  /** Where connections lead. */
  target: number
  readonly #pairs = new Set<readonly [page: Socket, server: Socket]>()
  #isDown = false
  readonly #server = createServer((page) => {
    if (this.#isDown) return void page.resetAndDestroy()
    const server = connect(this.target, "127.0.0.1")
    const pair = [page, server] as const
    this.#pairs.add(pair)
    page.pipe(server).pipe(page)
    for (const [socket, other] of [pair, [server, page]] as const) {
      socket.on("error", () => {})
      socket.on("close", () => {
        other.destroy()
        this.#pairs.delete(pair)
      })
    }
  })

  private constructor(target: number) {
    this.target = target
  }

  static async start(target: number): Promise<Relay> {
    const relay = new Relay(target)
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
}
