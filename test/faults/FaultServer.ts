import { fork } from "node:child_process"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { fileURLToPath } from "node:url"
import { Relay } from "../setup/Relay.ts"
import { Dial, readRequest } from "./Dial.ts"
import { type Fault, type FaultName, faults } from "./faults.ts"

/** When a fault of an open connection happens: in the turn in which it opens, or after the first message of the client. */
export type When = "open" | "message"

export interface Plan {
  /** @default "open" */
  readonly when?: When
  /** How many dials of the path have the fault, before the next ones are served well. @default 1 */
  readonly times?: number
}

/**
 * A server of WebSockets at the level of TCP, on a free port of 127.0.0.1, which fails on command: the URL of a
 * connection says how. It serves the dials after that well: it reads, and sends what the test sends.
 */
export class FaultServer {
  /** Every dial, in order. */
  readonly dials: Array<Dial> = []
  readonly #most = new Map<string, number>()
  readonly #sockets = new Set<Socket>()
  readonly #relays: Array<Relay> = []
  /** Ports on which nobody listens until they are healed, by path. */
  readonly #closedPorts = new Map<string, number>()
  readonly #healed = new Set<string>()
  /** What the next dials meet, by path. */
  readonly #next = new Map<string, FaultName>()
  readonly #main = this.#make()
  /** Those of single paths. */
  readonly #others: Array<Server> = []

  static async start(): Promise<FaultServer> {
    const server = new FaultServer()
    await listen(server.#main, 0)
    return server
  }

  private constructor() {}

  get port(): number {
    return (this.#main.address() as AddressInfo).port
  }

  /** Returns the URL of a path whose first dials have a fault. */
  async url(path: string, name?: FaultName, { when = "open", times = 1 }: Plan = {}): Promise<string> {
    const fault: Fault | undefined = name && faults[name]
    const query = name === undefined ? "" : `?fault=${name}&when=${when}&times=${times}`
    return `ws://127.0.0.1:${await this.#portOf(path, fault)}${path}${query}`
  }

  /** Ends the fault of a path: its next dial is served well, and what was stopped goes on. */
  async heal(path: string): Promise<void> {
    this.#healed.add(path)
    for (const dial of this.dialsTo(path)) {
      dial.signal("SIGCONT")
      dial.startReading()
    }
    const port = this.#closedPorts.get(path)
    this.#closedPorts.delete(path)
    if (port !== undefined) await this.#open(port)
  }

  /** Has a path meet a fault now: its open connection, or, if it takes a new one, its next dial. */
  strike(path: string, name: FaultName): void {
    const { afterOpen, handshake, inProcess } = faults[name]
    const open = this.live(path).at(-1)
    if (afterOpen && !inProcess) {
      if (open) afterOpen(open)
    } else {
      if (handshake || inProcess) this.#next.set(path, name)
      open?.reset()
    }
  }

  dialsTo(path: string): ReadonlyArray<Dial> {
    return this.dials.filter((dial) => dial.path === path)
  }

  /** The connections that are open, as far as the server knows. */
  live(path?: string): ReadonlyArray<Dial> {
    return this.dials.filter((dial) => dial.isLive && (path === undefined || dial.path === path))
  }

  /** The most connections of a path that were open at once. */
  mostLive(path: string): number {
    return this.#most.get(path) ?? 0
  }

  /** The texts received on a path, over all connections, in order of arrival. */
  received(path: string): ReadonlyArray<string> {
    return this.dialsTo(path)
      .flatMap(({ messages }) => messages)
      .sort((a, b) => a.at - b.at)
      .map(({ data }) => data)
  }

  /** Sends a text to every open connection, or to those of one path. */
  send(text: string, path?: string): void {
    for (const dial of this.live(path)) dial.send(text)
  }

  async close(): Promise<void> {
    for (const relay of this.#relays) await relay.close()
    for (const dial of this.dials) dial.signal("SIGKILL")
    for (const socket of this.#sockets) socket.resetAndDestroy()
    // Node waits for ever for a connection that a process had which was killed.
    for (const server of [this.#main, ...this.#others]) server.close()
  }

  /** `await using server = await FaultServer.start()` */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #portOf(path: string, fault: Fault | undefined): Promise<number> {
    if (fault?.network === undefined) return this.port
    if (fault.network !== "refused") {
      const relay = await Relay.start(this.port, fault.network)
      this.#relays.push(relay)
      return relay.port
    }
    const reserved = await this.#open(0)
    const { port } = reserved.address() as AddressInfo
    await new Promise((resolve) => void reserved.close(resolve))
    this.#closedPorts.set(path, port)
    return port
  }

  async #open(port: number): Promise<Server> {
    const server = this.#make()
    this.#others.push(server)
    await listen(server, port)
    return server
  }

  #make(): Server {
    return createServer((socket) => this.#connected(socket))
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on("close", () => this.#sockets.delete(socket))
    socket.on("error", () => {})
    let head = Buffer.alloc(0)
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk])
      const request = readRequest(head)
      if (request === undefined) return
      socket.off("data", onData)
      socket.pause()
      this.#serve(new Dial(request), socket)
    }
    socket.on("data", onData)
  }

  #serve(dial: Dial, socket: Socket): void {
    const fault = this.#faultOf(dial)
    this.dials.push(dial)
    dial.onNote = ({ type }) => {
      if (type === "open")
        this.#most.set(dial.path, Math.max(this.mostLive(dial.path), this.live(dial.path).length))
      const when = dial.parameters.get("when") === "message" ? "message" : "open"
      const isDue = type === when && (type === "open" || dial.messages.length === 1)
      if (isDue) fault?.afterOpen?.(dial)
    }
    if (fault?.inProcess) dial.handOver(fork(serverProcess), socket)
    else {
      dial.serve(socket)
      const handshake = fault?.handshake ?? (() => dial.accept())
      void handshake(dial)
    }
  }

  #faultOf({ path, parameters }: Dial): Fault | undefined {
    const next = this.#next.get(path)
    this.#next.delete(path)
    if (next) return faults[next]
    const isOver = this.#healed.has(path) || this.dialsTo(path).length >= Number(parameters.get("times"))
    return isOver ? undefined : faults[parameters.get("fault") as FaultName]
  }
}

const serverProcess = fileURLToPath(new URL("./serverProcess.ts", import.meta.url))

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve) => void server.listen(port, "127.0.0.1", resolve))
