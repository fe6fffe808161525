/**
 * The extension for htmx 1.9 and 2: hooks of htmx in, calls of connections out. What connections tell comes back
 * through `Owner2`.
 */
import * as Result from "effect/Result"
import * as Reconnect from "../core/Reconnect.ts"
import type { Request, WebSocketLike } from "../core/Socket.ts"
import { Bindings } from "./Bindings.ts"
import { collect, encode } from "./Form.ts"
import type { Api2, Extension2, Htmx2, InternalWebSocket } from "./HtmxApi.ts"
import { Owner2 } from "./Owner2.ts"
import { Page } from "./Page.ts"
import * as Settings from "./Settings.ts"
import { Status } from "./Status.ts"
import type { WsConfig } from "./WsConfig.ts"

export type { Message, SocketWrapper } from "./SocketWrapper.ts"
export type { StateName } from "./Status.ts"
export type { WsConfig, WsDelay, WsDuration } from "./WsConfig.ts"

/** What holds where nothing is given. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 1000,
  reconnectMaxDelay: 64_000,
  reconnectJitter: "full",
  pauseOnBackground: false,
  queueCapacity: 1000,
}

/** Registers the extension under the name `ws`, as the script does. `settings` go into `htmx.config.ws`. */
export const register = (htmx: Htmx2, settings?: WsConfig): void => {
  if (settings !== undefined) htmx.config.ws = { ...(htmx.config.ws as WsConfig | undefined), ...settings }
  htmx.defineExtension("ws", extension(htmx))
}

/** The extension as a value, for `htmx.defineExtension`. */
export const extension = (htmx: Htmx2): Extension2 => {
  // 1.9 asks extensions for no selectors, and has an `hx-ws` of its own.
  const isHtmx1 = htmx.version.startsWith("1.")
  const selectors = spellings("ws-connect", "ws-send", "ws-status", ...(isHtmx1 ? [] : ["hx-ws"]))

  const bindings = new Bindings<Owner2>(new Page((element) => release(element)))
  const status = new Status("ws-status", (element) => bindings.around(element), bindings)
  const told = new Set<string>()
  const announcedAs = new WeakMap<Element, string>()
  let api: Api2
  let coreCreates: Htmx2["createWebSocket"]

  const report = (sentence: string): void => {
    if (!told.has(sentence)) console.error(sentence)
    told.add(sentence)
  }

  /** Whether the extension is on for an element, announced or not. */
  const isOn = (element: Element): boolean => {
    let on = false
    api.withExtensions(element, ({ onEvent }) => {
      on ||= onEvent === self.onEvent
    })
    return on && element.closest(htmx.config.disableSelector) === null
  }

  /** The words of `hx-ws`: `connect:<url>` and `send`. */
  const legacy = (element: Element): Array<string> =>
    isHtmx1 ? [] : (api.getAttributeValue(element, "hx-ws") ?? "").split(/\s+/)

  const sourceOf = (element: Element): string | undefined =>
    api.getAttributeValue(element, "ws-connect") ||
    legacy(element)
      .find((word) => word.startsWith("connect:"))
      ?.slice("connect:".length)

  const settingsOf = (element: Element): Settings.Decoded => {
    const { ws, wsReconnectDelay } = htmx.config
    const sources: Array<Settings.Source> = []
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const value = api.getAttributeValue(at, "ws-config")
      if (value !== null) sources.unshift({ name: `ws-config of ${nameOf(at)}`, value })
    }
    const page = [
      { name: "htmx.config.wsReconnectDelay", value: Settings.ofReconnectDelay(wsReconnectDelay) },
      { name: "htmx.config.ws", value: ws },
    ]
    return Settings.resolve([...page, ...sources], defaults, report)
  }

  const construct = ({ protocols, url }: Request, { binaryType }: Settings.Decoded): WebSocketLike => {
    const offers = protocols.length > 0
    const create = offers && htmx.createWebSocket === coreCreates ? createWebSocket : htmx.createWebSocket
    const socket = (offers ? create?.call(htmx, url, protocols) : create?.call(htmx, url)) as WebSocketLike
    if (binaryType !== undefined) Object.assign(socket, { binaryType })
    return socket
  }

  const createWebSocket = (url: string, protocols: ReadonlyArray<string> = []): WebSocketLike => {
    const socket = new WebSocket(url, [...protocols])
    socket.binaryType = htmx.config.wsBinaryType ?? "blob"
    return socket
  }

  const connect = (element: Element): void => {
    const source = sourceOf(element)
    const before = bindings.of(element)
    if (before !== undefined && before.source === source) return
    if (before !== undefined) release(element)
    if (!source || !element.isConnected || !isOn(element)) return
    const settings = settingsOf(element)
    const reconnectPolicy = Reconnect.suspend(() => settingsOf(element).connection.reconnectPolicy)
    const owner = new Owner2(host, element, source, {
      ...settings,
      connection: { ...settings.connection, reconnectPolicy },
    })
    bindings.add(owner)
    expose(owner)
    owner.connection.reconnectUnsafe()
  }

  /** Where public code looks for the connection, and 1.9 for what it shall close. */
  const expose = ({ connection, element, wrapper }: Owner2): void => {
    const { reconnect, send, sendImmediately } = wrapper
    const webSocket: InternalWebSocket = {
      send,
      sendImmediately,
      init: reconnect,
      close: () => {
        const close = () => connection.closeUnsafe()
        if (!isHtmx1 || isAnnounced(element)) close()
        else queueMicrotask(() => isAnnounced(element) || close())
      },
      get socket() {
        const { state } = connection
        return ("socket" in state ? state.socket?.webSocket : undefined) ?? null
      },
    }
    // Not enumerable: htmx deletes the keys that it finds when an attribute of the element has changed.
    Object.defineProperty(api.getInternalData(element), "webSocket", { value: webSocket, configurable: true })
  }

  /**
   * Whether htmx knows the attributes that an element has. When it sees that they have changed, 1.9 first closes
   * what it finds at the element, and then announces the element again in the same turn: no reason to close.
   */
  const isAnnounced = (element: Element): boolean => announcedAs.get(element) === attributesOf(element)

  const release = (element: Element): void => {
    const owner = bindings.of(element)
    if (owner === undefined) return
    delete api.getInternalData(element).webSocket
    bindings.end(owner)
  }

  const attach = (element: Element): void => {
    const data = api.getInternalData(element)
    if (data.wsSend !== undefined || !isOn(element)) return
    // htmx forgets this with the handlers. A poll may outlive both: it sends no more.
    const attached = {}
    data.wsSend = attached
    for (const spec of api.getTriggerSpecs(element)) {
      api.addTriggerHandler(element, spec, data, (_, event) => {
        if (api.getInternalData(element).wsSend === attached && isOn(element)) send(element, event)
      })
    }
  }

  const send = (element: Element, event: Event | undefined): void => {
    const fail = (sentence: string): void =>
      api.triggerErrorEvent(element, "htmx:wsError", {
        error: new Error(`${nameOf(element)}: ${sentence}; nothing was sent.`),
        socketWrapper: owner?.wrapper,
      })
    const owner = bindings.around(element)
    if (owner === undefined) {
      fail("there is no connection around it")
      return
    }
    const config = { ...collect(api, element, event), socketWrapper: owner.wrapper }
    if (!api.triggerEvent(element, "htmx:wsConfigSend", config)) return
    if (config.errors?.length > 0) {
      api.triggerEvent(element, "htmx:validation:halted", config.errors)
      return
    }
    const body = config.messageBody === undefined ? encode(config) : Result.succeed(config.messageBody)
    if (Result.isFailure(body)) fail(body.failure)
    else owner.wrapper.send(body.success, element)
  }

  const handle = (element: Element): void => {
    connect(element)
    if (isHtmx1 && bindings.of(element) !== undefined) announcedAs.set(element, attributesOf(element))
    if (element.matches(sendSelector) || legacy(element).includes("send")) attach(element)
    status.refresh(element)
  }

  const host = {
    get api() {
      return api
    },
    construct,
    isBound: (owner: Owner2) => bindings.has(owner),
    release: (owner: Owner2) => bindings.has(owner) && release(owner.element),
    onState: (owner: Owner2) => status.show(owner),
  }

  const self: Extension2 = {
    init(internalApi) {
      api = internalApi
      coreCreates = htmx.createWebSocket
      htmx.createWebSocket ??= createWebSocket
    },
    getSelectors: () => selectors,
    onEvent(name, event) {
      const element = event.target
      if (!(element instanceof Element)) return true
      if (name === "htmx:beforeCleanupElement") release(element)
      else if (name === "htmx:beforeProcessNode") {
        handle(element)
        if (isHtmx1) {
          for (const child of element.querySelectorAll(selectors.join())) {
            if (!child.matches(announced)) handle(child)
          }
        }
      }
      return true
    },
  }
  return self
}

const spellings = (...names: ReadonlyArray<string>): Array<string> =>
  names.flatMap((name) => [`[${name}]`, `[data-${name}]`])

const sendSelector = spellings("ws-send").join()

/** What htmx 1.9 announces one by one. */
const announced = [
  ...spellings("hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"),
  ...spellings("hx-trigger", "hx-ext", "hx-sse", "hx-ws", "hx-on"),
  "form",
  "[type='submit']",
].join()

const attributesOf = (element: Element): string =>
  Array.from(element.attributes, ({ name, value }) => `${name}=${value}`).join()

/** An element as a sentence names it: its start tag. */
const nameOf = (element: Element): string => (element.cloneNode() as Element).outerHTML.replace(/<\/.*$/, "")
