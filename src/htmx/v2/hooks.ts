/** The connections of a page on htmx 1.9 and 2: hooks of htmx become calls of connections. */
import * as Reconnect from "../../core/Reconnect.ts"
import { Bindings } from "../Bindings.ts"
import { ancestors, describeElement, isOnPage } from "../elements.ts"
import { makeReport } from "../notices.ts"
import { Page } from "../Page.ts"
import * as Settings from "../Settings.ts"
import { Status } from "../Status.ts"
import * as Url from "../Url.ts"
import {
  announcedSelector,
  extSelector,
  isHtmx1,
  ownSelector,
  sendSelector,
  statusNames,
} from "./attributes.ts"
import { constructBy } from "./createWebSocket.ts"
import { defaults } from "./defaults.ts"
import { ElementConnection, type Environment } from "./ElementConnection.ts"
import type { Api2, Extension2, Htmx2 } from "./HtmxApi.ts"
import { attributesOf, exposeInternalData } from "./internalData.ts"
import { parse, parse1 } from "./parse.ts"
import { attachSender, type SenderEnvironment } from "./sender.ts"

/** The hooks of the extension, once htmx has passed it its `api`. */
export type Hooks = Pick<Extension2, "onEvent">

/** Makes the hooks of `extension`, whose `onEvent` also identifies it among the extensions of an element. */
export const makeHooks = (htmx: Htmx2, api: Api2, extension: Extension2): Hooks => {
  const { version } = htmx
  const isOld = isHtmx1(version)
  const ours = ownSelector(version)
  const announced = announcedSelector(version)
  const announcements = new WeakMap<Element, string>()
  /** The connect element in which a sender was last processed. */
  const connectElements = new WeakMap<Element, WeakRef<Element>>()
  const report = makeReport("ws")
  const page = new Page(
    (element) => forget(element),
    (element) => handle(element),
  )
  const bindings = new Bindings<ElementConnection>(page)
  const status = new Status(() => statusNames, bindings, report)
  const { construct, isOwn } = constructBy(htmx)
  const settingsOf = (element: Element): Settings.Decoded => {
    const { ws, wsReconnectDelay } = htmx.config
    const around = Settings.sourcesAround(element, (at) => {
      const value = api.getAttributeValue(at, "ws-config")
      return value === null ? undefined : { name: `ws-config of ${describeElement(at)}`, value }
    })
    const page = [
      { name: "htmx.config.wsReconnectDelay", value: Settings.ofReconnectDelay(wsReconnectDelay) },
      { name: "htmx.config.ws", value: ws },
    ]
    return Settings.resolve([...page, ...around], defaults, report)
  }

  /** Returns the words of `hx-ws`: `connect:<url>` and `send`. */
  const legacy = (element: Element): Array<string> =>
    isOld ? [] : (api.getAttributeValue(element, "hx-ws") ?? "").split(/\s+/)

  const sourceOf = (element: Element): string | undefined =>
    api.getAttributeValue(element, "ws-connect") ||
    legacy(element)
      .find((word) => word.startsWith("connect:"))
      ?.slice("connect:".length)

  const isDisabled = (element: Element): boolean => element.closest(htmx.config.disableSelector) !== null

  const isOn = (element: Element): boolean => {
    let on = false
    api.withExtensions(element, ({ onEvent }) => {
      on ||= onEvent === extension.onEvent
    })
    return on && !isDisabled(element)
  }

  const release = (element: Element): void => {
    const bound = bindings.of(element)
    if (bound === undefined) return
    bound.leave()
    if (!bindings.has(bound)) return
    delete api.getInternalData(element).webSocket
    bindings.end(bound)
  }

  /** Releases an element that has left unknown to htmx. If it returns as it is, htmx has to process it again. */
  const forget = (element: Element): void => {
    page.awaitReturn(element)
    release(element)
    delete api.getInternalData(element).initHash
  }

  const connect = (element: Element): void => {
    const source = sourceOf(element)
    if (bindings.of(element)?.source === source) return
    release(element)
    if (!source || !isOnPage(element) || !isOn(element)) return
    let delay: unknown
    let policy: Reconnect.Policy | undefined
    const bound = new ElementConnection(environment, element, source, {
      ...settingsOf(element),
      // A page may set `wsReconnectDelay` at any time.
      get reconnectPolicy() {
        const { wsReconnectDelay } = htmx.config
        if (policy === undefined || delay !== wsReconnectDelay)
          policy = Reconnect.suspend(() => settingsOf(element).reconnectPolicy)
        delay = wsReconnectDelay
        return policy
      },
    })
    bindings.add(bound)
    exposeInternalData(api, bound, isOld ? () => announcements.get(element) : undefined)
    bound.connection.reconnect()
  }

  const isConnected = (element: Element): boolean => api.getInternalData(element).webSocket !== undefined

  const connectElementAround = (element: Element): Element | undefined => {
    for (const at of ancestors(element)) if (isConnected(at)) return at
    return undefined
  }

  const environment: Environment & SenderEnvironment = {
    api,
    bindings,
    report,
    construct,
    log: (...event) => htmx.logger?.(...event),
    resolve: (url) => Url.resolve(url, Url.here(isOwn())),
    parse: (html) => (isOld ? parse1 : parse)(api, html),
    onState: (bound) => status.show(bound),
    isDisabled,
    isOn,
    connectElementOf(sender) {
      const last = connectElements.get(sender)?.deref()
      return connectElementAround(sender) ?? (last && isConnected(last) ? last : undefined)
    },
    // Before 1.9.5, it was the connect element.
    targetOf: (sender, connectElement) =>
      /^1\.9\.[0-4]$/.test(version) ? connectElement : api.getTarget(sender),
  }

  const handle = (element: Element): void => {
    // Most elements that htmx announces bear no attribute of the extension.
    if (!element.matches(ours) && bindings.of(element) === undefined) return
    connect(element)
    if (element.matches(sendSelector) || legacy(element).includes("send")) {
      const connectElement = connectElementAround(element)
      if (connectElement !== undefined) connectElements.set(element, new WeakRef(connectElement))
      attachSender(environment, element)
    }
    status.refresh(element)
  }

  /** Called when htmx is about to process an element, and has removed its handlers. */
  const process = (element: Element): void => {
    // Before 1.9.4 htmx keeps its data, and removes only the handlers.
    if (isOld) delete api.getInternalData(element).wsSend
    handle(element)
    if (isOld && bindings.of(element) !== undefined) announcements.set(element, attributesOf(element))
    if (!isOld && !element.matches(extSelector)) return
    // Those that htmx does not announce, and those that it announced before the extension was on.
    for (const child of element.querySelectorAll(ours)) {
      const isKnown = api.getInternalData(child).initHash !== undefined
      if (isKnown || (isOld && !child.matches(announced))) handle(child)
    }
  }

  return {
    onEvent(name, { detail, target }) {
      // The `target` of an event from a shadow tree is only the host.
      const element = detail.elt ?? target
      if (name === "htmx:beforeCleanupElement") release(element as Element)
      else if (name === "htmx:beforeProcessNode" && element instanceof Element) process(element)
      return true
    },
  }
}
