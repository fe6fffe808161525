/**
 * The extension for htmx 1.9 and 2: hooks of htmx in, calls of connections out. What connections tell comes back
 * through `ElementConnection`.
 */
import * as Reconnect from "../../core/Reconnect.ts"
import { Bindings } from "../Bindings.ts"
import { across, describeElement, selectorOf } from "../elements.ts"
import { isOnPage, Page } from "../Page.ts"
import * as Settings from "../Settings.ts"
import { Status } from "../Status.ts"
import * as Url from "../Url.ts"
import type { WsConfig } from "../WsConfig.ts"
import { constructBy } from "./createWebSocket.ts"
import { ElementConnection, type Environment } from "./ElementConnection.ts"
import type { Api2, Extension2, Htmx2 } from "./HtmxApi.ts"
import { Announcement, exposeInternalData } from "./internalData.ts"
import { parse, parse1 } from "./parse.ts"
import { attachSender } from "./sender.ts"

export type { StateName } from "../Status.ts"
export type { WsConfig, WsDelay, WsDuration } from "../WsConfig.ts"
export type { Message, SocketWrapper } from "./SocketWrapper.ts"

/** What holds where nothing is given. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 1000,
  reconnectMaxDelay: 64_000,
  reconnectJitter: "full",
  pauseOnBackground: false,
}

/**
 * Registers the extension under the name `ws`, as the script does. `settings` go into `htmx.config.ws`. On other
 * versions of htmx it does nothing but say so on the console.
 */
export const register = (htmx: Htmx2, settings?: WsConfig): void => {
  if (!/^(1\.9|2)\./.test(htmx.version)) {
    console.error(
      `htmx: [ws] there is no ws for htmx ${htmx.version}: this script is for 1.9.0 and later 1.9, and for 2.0.0 and later 2.`,
    )
    return
  }
  if (settings !== undefined) htmx.config.ws = { ...(htmx.config.ws as WsConfig | undefined), ...settings }
  htmx.defineExtension("ws", extension(htmx))
}

/**
 * The extension as a value, for `htmx.defineExtension`. There is one for each htmx, whatever loads it again: what the
 * page has by then goes on as it is.
 */
export const extension = (htmx: Htmx2): Extension2 => {
  const page: Htmx2 & { [extensionKey]?: Extension2 } = htmx
  page[extensionKey] ??= makeExtension(htmx)
  return page[extensionKey]
}

/** Known to other copies of this script. */
const extensionKey = Symbol.for("htmx-ext-effect-ws")

const makeExtension = (htmx: Htmx2): Extension2 => {
  // 1.9 asks extensions for no selectors, and has an `hx-ws` of its own.
  const isHtmx1 = htmx.version.startsWith("1.")
  const ours = selectorOf(spellings("ws-connect", "ws-send", "ws-status", ...(isHtmx1 ? [] : ["hx-ws"])))
  const announced = announcedBy(htmx.version)
  // The target of a message was its connect element before 1.9.5.
  const targetOf = (element: Element, home: Element): Element | null | undefined =>
    /^1\.9\.[0-4]$/.test(htmx.version) ? home : api.getTarget(element)
  // One for all: htmx puts them together for each element that it processes.
  const selectors = [ours]

  const page = new Page(
    (element) => forget(element),
    (element) => handle(element),
  )
  const bindings = new Bindings<ElementConnection>(page)
  const around = (element: Element): ElementConnection | undefined => bindings.around(element)
  const statusNames = spellings("ws-status")
  const status = new Status(
    () => statusNames,
    around,
    bindings,
    (sentence) => report(sentence),
  )
  const announcements = new WeakMap<Element, Announcement>()
  /** The connect elements in which senders were processed. */
  const homes = new WeakMap<Element, WeakRef<Element>>()
  const told = new Set<string>()
  let api: Api2
  let environment: Environment

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
    return on && !isDisabled(element)
  }

  const isDisabled = (element: Element): boolean => element.closest(htmx.config.disableSelector) !== null

  const connected = (at: Element): Element | undefined =>
    api.getInternalData(at).webSocket === undefined ? undefined : at

  /** Looked up at each sending: a form may be in another connection by now, or in none: moved to the end of the body. */
  const homeOf = (sender: Element): Element | undefined => {
    const home = homes.get(sender)?.deref()
    return across(sender, connected) ?? (home && connected(home))
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
    const sources = Settings.sourcesAround(element, (at) => {
      const value = api.getAttributeValue(at, "ws-config")
      return value === null ? undefined : { name: `ws-config of ${describeElement(at)}`, value }
    })
    const page = [
      { name: "htmx.config.wsReconnectDelay", value: Settings.ofReconnectDelay(wsReconnectDelay) },
      { name: "htmx.config.ws", value: ws },
    ]
    return Settings.resolve([...page, ...sources], defaults, report)
  }

  const connect = (element: Element): void => {
    const source = sourceOf(element)
    if (bindings.of(element)?.source === source) return
    release(element)
    if (!source || !isOnPage(element) || !isOn(element)) return
    let delay: unknown
    let policy: Reconnect.Policy | undefined
    const owner = new ElementConnection(environment, element, source, {
      ...settingsOf(element),
      // Pages set it whenever they like.
      get reconnectPolicy() {
        const { wsReconnectDelay } = htmx.config
        if (policy === undefined || delay !== wsReconnectDelay)
          policy = Reconnect.suspend(() => settingsOf(element).reconnectPolicy)
        delay = wsReconnectDelay
        return policy
      },
    })
    bindings.add(owner)
    exposeInternalData(api, owner, isHtmx1 ? () => announcements.get(element) : undefined)
    owner.connection.reconnect()
  }

  const release = (element: Element): void => {
    const owner = bindings.of(element)
    if (owner === undefined) return
    owner.leave()
    if (!bindings.has(owner)) return
    delete api.getInternalData(element).webSocket
    bindings.end(owner)
  }

  /**
   * Like `release`, of an element that left without htmx's knowledge: it may come back as it is, and processed again it
   * is to be announced.
   */
  const forget = (element: Element): void => {
    page.expect(element)
    release(element)
    delete api.getInternalData(element).initHash
  }

  const handle = (element: Element): void => {
    // Most of what htmx announces is none of ours.
    if (!element.matches(ours) && bindings.of(element) === undefined) return
    connect(element)
    if (element.matches(sendSelector) || legacy(element).includes("send")) {
      const home = across(element, connected)
      if (home !== undefined) homes.set(element, new WeakRef(home))
      attachSender({ api, isDisabled, isOn, homeOf, targetOf }, element)
    }
    status.refresh(element)
  }

  const self: Extension2 = {
    init(internalApi) {
      api ??= internalApi
      const { construct, isOwn } = constructBy(htmx)
      environment ??= {
        api,
        construct,
        log: (...said) => htmx.logger?.(...said),
        resolve: (url) => Url.resolve(url, Url.here(isOwn())),
        parse: (html) => (isHtmx1 ? parse1 : parse)(api, html),
        isBound: (owner) => bindings.has(owner),
        release: (owner) => bindings.has(owner) && forget(owner.element),
        onState: (owner) => status.show(owner),
      }
    },
    getSelectors: () => selectors,
    onEvent(name, { detail, target }) {
      // An event that comes out of a shadow tree has its target no more.
      const element = detail.elt ?? target
      if (name === "htmx:beforeCleanupElement") release(element as Element)
      else if (name === "htmx:beforeProcessNode" && element instanceof Element) {
        // It has just taken the handlers away; before 1.9.4 it remembers all else.
        if (isHtmx1) delete api.getInternalData(element).wsSend
        handle(element)
        if (isHtmx1 && bindings.of(element) !== undefined)
          announcements.set(element, new Announcement(element))
        if (!isHtmx1 && !element.matches(bearsExtensions)) return true
        // What htmx does not announce, and what it has announced before the extension was on.
        for (const child of element.querySelectorAll(ours)) {
          const isKnown = api.getInternalData(child).initHash !== undefined
          if (isKnown || (isHtmx1 && !child.matches(announced))) handle(child)
        }
      }
      return true
    },
  }
  return self
}

const spellings = (...names: ReadonlyArray<string>): Array<string> =>
  names.flatMap((name) => [name, `data-${name}`])

const sendSelector = selectorOf(spellings("ws-send"))
const bearsExtensions = selectorOf(spellings("hx-ext"))

/** What htmx 1.9 announces one by one. */
const announcedBy = (version: string): string =>
  [
    selectorOf(spellings("hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch")),
    selectorOf(spellings("hx-trigger", "hx-ext", "hx-sse", "hx-ws", "hx-on")),
    ...(/^1\.9\.[0-3]$/.test(version) ? [] : ["form", "[type='submit']"]),
  ].join()
