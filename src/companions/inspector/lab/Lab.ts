/** Simulates bad networks for the sockets of this page. */
import type { Htmx } from "../../Htmx.ts"
import { pageUrl } from "../../pageUrl.ts"
import type { Public } from "../EventLog.ts"
import { LabSocket } from "./LabSocket.ts"
import { isOn, off, type Settings } from "./settings.ts"

type CreateWebSocket = (url: string, protocols?: string | Array<string>) => WebSocket

interface Page extends Htmx {
  createWebSocket?: CreateWebSocket | undefined
}

/** Ends the socket of a connection as if the network had ended it. */
const breakSocket = (socket: WebSocket, code: number): void => {
  if (socket instanceof LabSocket) {
    socket.break(code)
    return
  }
  socket.dispatchEvent(new CloseEvent("close", { code, wasClean: code !== 1006 }))
  // By the prototype: the extension takes a call of `socket.close` for a close by the page, which is final.
  const { close } = Object.getPrototypeOf(socket) as WebSocket
  close.call(socket)
}

export class Lab {
  readonly #htmx: Page
  readonly #connections: () => ReadonlyArray<Public>
  #settings = off
  #restore: (() => void) | undefined

  constructor(htmx: Htmx, connections: () => ReadonlyArray<Public>) {
    this.#htmx = htmx
    this.#connections = connections
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Sets how bad the network is. Dials again if that needs another kind of socket. */
  set(settings: Settings): void {
    const before = this.#settings
    this.#settings = settings
    if (isOn(settings)) this.#restore ??= this.#wrap()
    else {
      this.#restore?.()
      this.#restore = undefined
    }
    if (before.mode !== settings.mode || isOn(before) !== isOn(settings))
      for (const connection of this.#connections()) connection.reconnect?.()
  }

  /** Ends all connections as if the network, or the server, had ended them. */
  break(code: number): void {
    for (const { socket } of this.#connections()) {
      if (socket && socket.readyState < 2) breakSocket(socket, code)
    }
  }

  /** Puts the lab between the page and its sockets. Returns a function that undoes it. */
  #wrap(): () => void {
    const htmx = this.#htmx
    const { createWebSocket } = htmx
    const { fetch } = window
    const dialled = new Set<string>()
    // The extension passes names and other schemes on to a page that makes its own sockets.
    const isDefault = createWebSocket === undefined || /\bwsBinaryType\b/.test(String(createWebSocket))
    const make: CreateWebSocket = (url, protocols) => {
      if (createWebSocket && !(isDefault && protocols?.length))
        return createWebSocket.call(htmx, url, protocols)
      const socket = new WebSocket(url, protocols)
      const { wsBinaryType } = htmx.config
      if (wsBinaryType) socket.binaryType = wsBinaryType as BinaryType
      return socket
    }
    const create: CreateWebSocket = (url, protocols) => {
      const full = isDefault ? pageUrl(url).href.replace(/^http/, "ws") : url
      dialled.add(full.replace(/^ws/, "http"))
      return new LabSocket(
        full,
        () => make(full, protocols),
        () => this.#settings,
      ) as unknown as WebSocket
    }
    const answer: typeof fetch = (input, init) => {
      const url = input instanceof Request ? input.url : pageUrl(input).href
      return this.#settings.mode === "refuse" && dialled.has(url.replace(/^ws/, "http"))
        ? Promise.resolve(new Response("", { status: 401 }))
        : fetch.call(window, input, init)
    }
    htmx.createWebSocket = create
    window.fetch = answer
    return () => {
      if (htmx.createWebSocket === create) htmx.createWebSocket = createWebSocket
      if (window.fetch === answer) window.fetch = fetch
    }
  }
}
