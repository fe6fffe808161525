import { readFile } from "node:fs/promises"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { assetOf } from "./assets.ts"
import { accept, type Behaviour } from "./behaviours.ts"
import { Visit } from "./Visit.ts"

export type Headers = Record<string, string>

/**
 * A real HTTP and WebSocket server on a free port of 127.0.0.1. Serves the pages of tests, the scripts under test and
 * third-party scripts, and handles each WebSocket path as the test defines.
 */
export class TestServer {
  /** Changes each document before it is served, for an engine that cannot run a script before those of a page. */
  documents = (html: string): string => html
  /** Every attempt to open a WebSocket, in order. */
  readonly visits: Array<Visit> = []
  readonly #routes = new Map<string, RequestListener>()
  readonly #behaviours = new Map<string, Behaviour>()
  readonly #sockets = new Set<Socket>()
  readonly #http = createServer((request, response) => {
    const path = (request.url ?? "/").replace(/\?.*$/, "")
    const route = this.#routes.get(path) ?? serveAsset(path)
    route(request, response)
  })
  #port = 0

  static async start(): Promise<TestServer> {
    const server = new TestServer()
    await server.up()
    return server
  }

  private constructor() {
    this.#http.on("connection", (socket) => {
      this.#sockets.add(socket)
      socket.on("close", () => this.#sockets.delete(socket))
    })
    this.#http.on("upgrade", async (request, socket, head) => {
      const visit = new Visit(request, socket as Socket, head)
      this.visits.push(visit)
      const behaviour = this.#behaviours.get(visit.path) ?? this.#behaviours.get("*") ?? accept()
      await behaviour(visit)
    })
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`
  }

  url(path: string) {
    return this.origin + path
  }

  wsUrl(path: string) {
    return this.origin.replace("http", "ws") + path
  }

  /** Serves `html` under `path` and returns its URL. */
  page(path: string, html: string, headers: Headers = {}): string {
    return this.route(path, (request, response) => {
      const isDocument = /^(document|iframe)$/.test(String(request.headers["sec-fetch-dest"]))
      response
        .writeHead(200, { "Content-Type": "text/html; charset=utf-8", ...headers })
        .end(isDocument ? this.documents(html) : html)
    })
  }

  /** Serves a script under `path` and returns its URL. */
  script(path: string, code: string): string {
    return this.route(path, (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/javascript; charset=utf-8" }).end(code)
    })
  }

  /** Handles plain HTTP requests to `path`. */
  route(path: string, listener: RequestListener): string {
    this.#routes.set(path, listener)
    return this.url(path)
  }

  /** Sets how WebSockets to `path`, or with `*` to all other paths, are handled from now on. @default `accept()` */
  webSocket(path: string, behaviour: Behaviour) {
    this.#behaviours.set(path, behaviour)
  }

  visitsTo(path: string) {
    return this.visits.filter((visit) => visit.path === path)
  }

  /** Returns the sockets that are open. */
  live(path?: string) {
    return this.visits.filter((visit) => visit.isLive && (path === undefined || visit.path === path))
  }

  /** Sends to every open socket, or to those of one path. */
  send(data: string | Uint8Array, path?: string) {
    for (const visit of this.live(path)) visit.send(data)
  }

  /** Returns every text received on `path`, over all connections, in order of arrival. */
  received(path: string): ReadonlyArray<string> {
    return this.visitsTo(path)
      .flatMap(({ messages }) => messages)
      .sort((a, b) => a.at - b.at)
      .map(({ data }) => data.toString())
  }

  /** Resets every connection and refuses new ones until `up`, as if the process were killed. */
  async down(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve))
    for (const socket of this.#sockets) socket.resetAndDestroy()
    await closed
  }

  /** Listens again, on the same port. */
  up(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once("error", reject)
      this.#http.listen(this.#port, "127.0.0.1", () => {
        this.#http.off("error", reject)
        this.#port = (this.#http.address() as AddressInfo).port
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    if (this.#http.listening) await this.down()
  }

  /** `await using server = await TestServer.start()` */
  [Symbol.asyncDispose]() {
    return this.close()
  }
}

const serveAsset =
  (path: string): RequestListener =>
  async (_request, response) => {
    const file = assetOf(path)
    const body = file && (await readFile(file).catch(() => undefined))
    if (!body) return void response.writeHead(404).end()
    const type = path.endsWith(".js") ? "text/javascript" : "application/json"
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8` }).end(body)
  }
