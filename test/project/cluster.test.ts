/**
 * Three servers with one log in Redis behind a balancer, while they are restarted, one is killed, and Redis loses its
 * connections: the program of docs/server.md, with its log in Redis. Reads `dist`: build first.
 */
import { spawnSync } from "node:child_process"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import { expect, test } from "vitest"
import WebSocket from "ws"
import { shown } from "../server/kit.ts"
import { Program, programOf } from "../setup/Program.ts"
import { RedisServer } from "../setup/redis.ts"
import { waitFor } from "../setup/waitFor.ts"

const source = (url: string) =>
  programOf("docs/server.md")
    .replace("{ NodeHttpServer, NodeRuntime }", "{ NodeHttpServer, NodeRedis, NodeRuntime }")
    .replace("{ html, Peer, Room }", "{ html, Peer, RedisLog, Room }")
    .replace(
      "  Layer.launch,",
      `  Layer.provide(RedisLog.layer().pipe(Layer.provide(NodeRedis.layer({ url: "${url}" })))),\n  Layer.launch,`,
    )

/** Leads each connection to the next server that is up. */
const balance = async (ports: ReadonlyArray<number>) => {
  let turn = 0
  const sockets = new Set<Socket>()
  const lead = (page: Socket, left: number): void => {
    if (left === 0) return void page.destroy()
    const server = connect(ports[turn++ % ports.length] ?? 0, "127.0.0.1")
    server.once("connect", () => page.pipe(server).pipe(page))
    server.once("error", () => (server.readyState === "open" ? page.destroy() : lead(page, left - 1)))
    server.on("close", () => server.bytesWritten > 0 && page.destroy())
    page.on("close", () => server.destroy())
  }
  const balancer = createServer((page) => {
    sockets.add(page)
    page.on("error", () => {})
    lead(page, ports.length)
  })
  await new Promise<void>((resolve) => void balancer.listen(0, "127.0.0.1", resolve))
  return {
    port: (balancer.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      balancer.close()
    },
  }
}

/** A page without a browser, which dials again and resumes. */
class Client {
  readonly frames: Array<string> = []
  readonly said: Array<string> = []
  #lastId: string | undefined
  #socket: WebSocket | undefined
  #isOver = false
  readonly #port: number

  constructor(port: number) {
    this.#port = port
    this.#dial()
  }

  #dial(): void {
    if (this.#isOver) return
    const query = this.#lastId === undefined ? "" : `?last-id=${this.#lastId}`
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/chat${query}`, { handshakeTimeout: 2_000 })
    this.#socket = socket
    socket.on("error", () => {})
    socket.on("close", () => setTimeout(() => this.#dial(), 50))
    socket.on("message", (data) => {
      const frame = String(data)
      this.frames.push(frame)
      this.#lastId = /^<!--id:(.*?)-->/.exec(frame)?.[1] ?? this.#lastId
      if (frame.startsWith('{"HX-Ack"')) this.said.push(JSON.parse(frame)["HX-Ack"])
    })
  }

  /** Says something, once, if it has a connection. */
  say(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify({ text, HEADERS: { "HX-Message-ID": text } }))
  }

  get log(): string {
    return shown(this.frames)
  }

  close(): void {
    this.#isOver = true
    this.#socket?.terminate()
  }
}

test("every page shows the log, nothing lost and nothing doubled, after restarts, a kill, and cuts of Redis", async ({
  onTestFinished,
}) => {
  const redis = await RedisServer.start()
  onTestFinished(() => redis.down())
  const programs = await Promise.all([1, 2, 3].map(() => Program.start(source(redis.url))))
  for (const program of programs) onTestFinished(() => program.close())
  const balancer = await balance(programs.map(({ port }) => port))
  onTestFinished(() => balancer.close())
  const clients = Array.from({ length: 20 }, () => new Client(balancer.port))
  for (const client of clients) onTestFinished(() => client.close())
  await waitFor(() => clients.every(({ frames }) => frames.length > 0), 10_000)

  let isTalking = true
  const talk = async () => {
    for (let number = 0; isTalking; number++) {
      clients[number % clients.length]?.say(`m${number}`)
      await pause(30)
    }
  }
  const talking = talk()
  for (const program of programs) {
    await program.down("SIGTERM")
    await program.up()
  }
  for (const type of ["normal", "pubsub"])
    spawnSync("redis-cli", ["-p", String(redis.port), "CLIENT", "KILL", "TYPE", type])
  await programs[0]?.down("SIGKILL")
  await programs[0]?.up()
  isTalking = false
  await talking

  // Everybody is there, and hears the end.
  let last = 0
  await waitFor(
    () => {
      clients[0]?.say(`end${last++}`)
      return clients[0]?.said.some((text) => text.startsWith("end"))
    },
    15_000,
    { every: 300 },
  )
  await waitFor(() => new Set(clients.map(({ log }) => log)).size === 1, 15_000)
  const log = clients[0]?.log.split(" ") ?? []
  expect(new Set(log).size).toBe(log.length)
  const lost = clients.flatMap(({ said }) => said).filter((text) => !log.includes(text))
  expect(lost).toEqual([])
  expect(log.length).toBeGreaterThan(20)

  const late = new Client(balancer.port)
  onTestFinished(() => late.close())
  await waitFor(() => late.log === clients[0]?.log, 10_000)
}, 90_000)
