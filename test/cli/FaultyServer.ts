/** A server as PROTOCOL.md asks for, of which a test takes something away. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"

interface Entry {
  readonly id: string
  readonly text: string
}

export class FaultyServer {
  readonly pages = new Set<WebSocket>()
  readonly answered = new Set<string>()
  log: Array<Entry> = []
  keep = 5
  epoch = "e1"
  count = 0
  /** Pages that are among the others when these have got the next frame. */
  joining: Array<WebSocket> = []
  /** The subprotocol that it chooses without being asked. */
  protocol: string | undefined
  /** How a restart closes. */
  code = 1012
  readonly #http = createServer((request, response) => this.fetched(request, response))
  readonly #sockets = new WebSocketServer({
    server: this.#http,
    verifyClient: ({ origin }: { origin: string }) => this.allows(origin),
  })

  /** Starts one, with faults in place of what it does. */
  static async start(faults: Partial<FaultyServer>): Promise<FaultyServer> {
    const server = Object.assign(new FaultyServer(), faults)
    server.#sockets.on("headers", (headers) => {
      if (server.protocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${server.protocol}`)
    })
    server.#sockets.on("connection", (page, { url = "" }) => {
      page.on("error", () => {})
      page.on("message", (data) => server.receive(page, String(data)))
      server.join(page, new URL(url, "ws://any").searchParams.get("last-id"))
    })
    await new Promise<void>((resolve) => void server.#http.listen(0, "127.0.0.1", resolve))
    return server
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`
  }

  get newest(): string {
    return `${this.epoch}-${this.count}`
  }

  allows(origin: string): boolean {
    return origin === this.url.replace("ws", "http").slice(0, -1)
  }

  frame({ id, text }: Entry): string {
    return `<!--id:${id}--><ol id="log" hx-swap-oob="beforeend"><li>${text}</li></ol>`
  }

  everything(): string {
    const items = this.log.map(({ text }) => `<li>${text}</li>`)
    return `<!--id:${this.newest}--><ol id="log">${items.join("")}</ol>`
  }

  missing(lastId: string | null): ReadonlyArray<string> {
    const at = this.log.findIndex(({ id }) => id === lastId)
    return at < 0 ? [this.everything()] : this.log.slice(at + 1).map((entry) => this.frame(entry))
  }

  join(page: WebSocket, lastId: string | null): void {
    for (const frame of this.missing(lastId)) page.send(frame)
    this.pages.add(page)
  }

  receive(page: WebSocket, data: string): void {
    if (data === '{"type":"ping"}') this.pinged(page)
    else if (/^\{"text"/.test(data)) {
      const { HEADERS, text } = JSON.parse(data)
      const id = HEADERS["HX-Message-ID"]
      const isAgain = this.knows(id)
      if (!isAgain) this.say(page, text)
      this.answered.add(id)
      this.answer(page, id, isAgain)
    } else this.garbage()
  }

  pinged(page: WebSocket): void {
    page.send('{"type":"pong"}')
  }

  garbage(): void {}

  knows(id: string): boolean {
    return this.answered.has(id)
  }

  say(_page: WebSocket, text: string): void {
    this.count++
    const entry = { id: this.newest, text }
    this.log = [...this.log, entry].slice(-this.keep)
    for (const page of this.pages) page.send(this.frame(entry))
    for (const page of this.joining.splice(0)) this.pages.add(page)
  }

  answer(page: WebSocket, id: string, _isAgain: boolean): void {
    page.send(JSON.stringify({ "HX-Ack": id }))
  }

  fetched({ url }: IncomingMessage, response: ServerResponse): void {
    if (url === "/restart") this.restart()
    response.setHeader("Connection", "close")
    response.setHeader("HX-Last-ID", this.newest).end("<li></li>")
  }

  /** Begins anew, as a process does that has just started. */
  restart(): void {
    this.epoch = this.nextEpoch()
    this.count = 0
    this.log = []
    for (const page of this.pages) page.close(this.code)
    this.pages.clear()
  }

  nextEpoch(): string {
    return "e2"
  }

  close(): void {
    for (const page of this.#sockets.clients) page.terminate()
    this.#http.close()
  }
}
