/** Leads each connection to the next server that is up. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

export class Balancer {
  readonly #sockets = new Set<Socket>()
  readonly #ports: ReadonlyArray<number>
  #turn = 0
  readonly #server = createServer((page) => {
    this.#sockets.add(page)
    page.on("error", () => {})
    page.on("close", () => this.#sockets.delete(page))
    this.#lead(page, this.#ports.length)
  })

  static async start(ports: ReadonlyArray<number>): Promise<Balancer> {
    const balancer = new Balancer(ports)
    await new Promise<void>((resolve) => void balancer.#server.listen(0, "127.0.0.1", resolve))
    return balancer
  }

  private constructor(ports: ReadonlyArray<number>) {
    this.#ports = ports
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #lead(page: Socket, left: number): void {
    if (left === 0) return void page.destroy()
    const server = connect(this.#ports[this.#turn++ % this.#ports.length] ?? 0, "127.0.0.1")
    server.once("connect", () => page.pipe(server).pipe(page))
    server.once("error", () => (server.readyState === "open" ? page.destroy() : this.#lead(page, left - 1)))
    server.on("close", () => server.bytesWritten > 0 && page.destroy())
    page.on("close", () => server.destroy())
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }
}
