/** A room as docs/resume.md asks for: the messages, and the last frames with their ids. */
import type { ServerResponse } from "node:http"
import { accept, refuse } from "../setup/behaviours.ts"
import type { HtmxVersion } from "../setup/pages.ts"
import { html } from "../setup/pages.ts"
import type { TestServer } from "../setup/server.ts"
import type { Visit } from "../setup/Visit.ts"

export interface RoomOptions {
  readonly htmx: HtmxVersion
  /** Whether the page has the attributes of htmx 4, and frames are JSON. */
  readonly isNative?: boolean
  /** How many frames it keeps. */
  readonly keep?: number
  /** What it sends to a page that is too far behind. */
  readonly answer?: "resync" | "everything"
  /** Settings of the page. */
  readonly config?: object
  readonly head?: string
  /** Whether pages of the history are put into the connect element, whose connection stays. */
  readonly stays?: boolean
}

const later = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

export class Room {
  /** What the page shall show. */
  readonly messages: Array<string> = []
  /** How long a frame, and a response, is under way, in milliseconds. */
  latency = { frame: 0, feed: 0 }
  /** How many dials are refused from now on. */
  refusals = 0
  /** The requests for the feed. */
  feeds = 0
  #epoch = 1
  #number = 0
  #frames: Array<{ readonly id: string; readonly frame: string }> = []
  /** The sockets in the room, and what is under way to each. */
  readonly #members = new Map<Visit, Promise<void>>()
  readonly #options: RoomOptions

  constructor(server: TestServer, options: RoomOptions) {
    this.#options = options
    server.route("/", (_, response) => this.#page(response))
    server.route("/away", (_, response) => response.end(`<p id="away">away</p>`))
    server.route("/feed", async (_, response) => {
      this.feeds++
      const [body, cursor] = [this.#list(), this.cursor]
      await later(this.latency.feed)
      response.writeHead(200, { "Content-Type": "text/html", "HX-Last-ID": cursor }).end(body)
    })
    server.webSocket("/room", async (visit) => {
      if (this.refusals > 0) {
        this.refusals--
        await refuse(503)(visit)
        return
      }
      await accept()(visit)
      visit.onMessage(() => this.#post(visit, `{"type":"pong"}`))
      this.#join(visit)
    })
  }

  get cursor(): string {
    return `e${this.#epoch}-${this.#number}`
  }

  get members(): ReadonlyArray<Visit> {
    return [...this.#members.keys()].filter((visit) => visit.isLive)
  }

  /** Says something, and sends it to all that are in the room. */
  say(text: string): void {
    this.messages.push(text)
    this.#number++
    const row = `<li>${text}</li>`
    this.#push(
      this.#options.isNative
        ? JSON.stringify({ id: this.cursor, target: "#log", swap: "beforeend", content: row })
        : `<!--id:${this.cursor}--><ol id="log" hx-swap-oob="beforeend">${row}</ol>`,
    )
  }

  /** Says something by a frame that no page can apply. */
  garble(text: string): void {
    this.messages.push(text)
    this.#number++
    this.#push(
      this.#options.isNative
        ? JSON.stringify({ id: this.cursor, content: 5 })
        : `<!--id:${this.cursor}--><p hx-swap-oob="beforeend:###">${text}</p>`,
    )
  }

  /** Begins a new epoch without the frames of the one before, as a process that starts. */
  restart(): void {
    this.#epoch++
    this.#number = 0
    this.#frames = []
    for (const visit of this.members) visit.close(1012)
    this.#members.clear()
  }

  /** Leaves the connections of the room open, and sends nothing to them any more. */
  silence(): void {
    for (const visit of this.members) visit.stopReading()
    this.#members.clear()
  }

  #push(frame: string): void {
    this.#frames.push({ id: this.cursor, frame })
    this.#frames = this.#frames.slice(Math.max(0, this.#frames.length - (this.#options.keep ?? 5)))
    for (const visit of this.#members.keys()) this.#post(visit, frame)
  }

  #join(visit: Visit): void {
    const lastId = new URL(visit.url, "ws://room").searchParams.get("last-id")
    const at = this.#frames.findIndex(({ id }) => id === lastId)
    this.#members.set(visit, Promise.resolve())
    if (at >= 0 || lastId === this.cursor)
      for (const { frame } of at >= 0 ? this.#frames.slice(at + 1) : []) this.#post(visit, frame)
    else if (this.#options.answer === "everything")
      this.#post(
        visit,
        this.#options.isNative
          ? JSON.stringify({ id: this.cursor, target: "#log", swap: "innerHTML", content: this.#list() })
          : `<!--id:${this.cursor}--><ol id="log">${this.#list()}</ol>`,
      )
    else this.#post(visit, JSON.stringify({ "HX-Resync": true, id: this.cursor }))
  }

  /** Sends after what is under way to the same socket. */
  #post(visit: Visit, frame: string): void {
    const before = this.#members.get(visit)
    if (before === undefined) return
    const { latency } = this
    this.#members.set(
      visit,
      before
        .then(() => later(latency.frame))
        .then(() => {
          if (visit.isLive && this.#members.has(visit)) visit.send(frame)
        }),
    )
  }

  #list(): string {
    return this.messages.map((text) => `<li>${text}</li>`).join("")
  }

  #page(response: ServerResponse): void {
    const { config = {}, head = "", htmx, isNative = false, stays = false } = this.#options
    const prefix = isNative ? "hx-ws:" : "ws-"
    const room = (inside: string) =>
      `<div id="room" ${prefix}connect="/room" ${prefix}resume="${this.cursor}" ${prefix}resync="/feed" hx-target="#log">${inside}</div>`
    const log = `<ol id="log">${this.#list()}</ol>`
    const link = `<a id="leave" hx-get="/away" hx-push-url="true" hx-target="#view">leave</a>`
    const page = html({
      htmx,
      ws: "min",
      head: `<script>htmx.config.ws = ${JSON.stringify(config)}</script><script src="/dist/ws-resume.min.js"></script>${head}`,
      body: stays
        ? room(`<main id="view" hx-history-elt>${log}${link}</main>`)
        : `<main id="view">${room(log)}${link}</main>`,
    })
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(page)
  }
}
