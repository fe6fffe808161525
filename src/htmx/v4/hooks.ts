/** The connections of a page on htmx 4: hooks of htmx become calls of connections. */
import { Bindings } from "../Bindings.ts"
import { ancestors, describeElement, isOnPage } from "../elements.ts"
import { makeReport } from "../notices.ts"
import { Page } from "../Page.ts"
import * as Settings from "../Settings.ts"
import { Status } from "../Status.ts"
import * as Url from "../Url.ts"
import { attributeOf, attributes, type Role } from "./attributes.ts"
import { defaults, written } from "./defaults.ts"
import { ElementConnection, type Environment } from "./ElementConnection.ts"
import type { Api4, Extension4, Htmx4, WsProp4 } from "./HtmxApi.ts"
import { type SenderEnvironment, send } from "./sender.ts"
import { naturalTrigger, preventSubmits } from "./triggers.ts"

/** The hooks of the extension, once htmx has passed it its `api`. */
export type Hooks = Omit<Extension4, "init">

export const makeHooks = (htmx: Htmx4, api: Api4): Hooks => {
  const spelled = attributes(() => htmx.config)
  const report = makeReport("hx-ws")
  const bindings = new Bindings<ElementConnection>(new Page((element) => release(element)))
  const status = new Status(() => spelled().all.status, bindings, report)
  /** Connections that are being released: a listener may cause that again. */
  const leaving = new WeakSet<ElementConnection>()
  /** Elements whose connections were released after they had left the document, unknown to htmx. */
  const gone = new WeakSet<Element>()
  /** The element that a morph is about to tear down and set up again. */
  let morphed: Element | undefined
  let isStarted = false

  const isOld = (element: Element, role: Role): boolean =>
    attributeOf(element, spelled().own[role]) === undefined

  const isIgnored = (element: Element): boolean => element.closest(spelled().ignored) !== null

  const sourceOf = (element: Element): string | undefined =>
    attributeOf(element, spelled().all.connect) || undefined

  const triggerOf = (element: Element) => api.attributeValue(element, "hx-trigger")

  const hasConfig = (element: Element): boolean =>
    element
      .getAttributeNames()
      .some((name) => name.replace(htmx.config.prefix || "hx-", "hx-").startsWith("hx-config"))

  const settingsOf = (element: Element): Record<string, unknown> => {
    const around = Settings.sourcesAround(element, (at) => {
      const value = hasConfig(at) ? api.attributeValue(at, "hx-config") : undefined
      return value === undefined
        ? undefined
        : { name: `hx-config of ${describeElement(at)}`, value, parse: (text) => api.HCON.parse(text).ws }
    })
    const page = { name: "htmx.config.ws", value: htmx.config.ws }
    const fields = [page, ...around].map((source) => Settings.fieldsOf(source, report))
    const config = Object.assign({}, written, ...fields)
    config.reconnectCodes = [...environment.decode(config, element).reconnectCodes]
    return config
  }

  const propOf = (element: Element): WsProp4 => {
    const prop = api.htmxProp(element)
    prop.ws ??= {}
    return prop.ws
  }

  /** Sets `element._htmx.ws.connection`, where public code looks for a connection. */
  const expose = ({ element, view }: ElementConnection): void => {
    propOf(element).connection = view
  }

  const connect = (element: Element): void => {
    const source = sourceOf(element)
    if (bindings.of(element) !== undefined || !source || !isOnPage(element) || isIgnored(element)) return
    const config = settingsOf(element)
    const bound = new ElementConnection(environment, element, source, config, isOld(element, "connect"))
    bindings.add(bound)
    expose(bound)
    bound.connection.reconnect()
  }

  const release = (element: Element): void => {
    const bound = bindings.of(element)
    if (bound === undefined || leaving.has(bound)) return
    leaving.add(bound)
    if (!isOnPage(element)) gone.add(element)
    try {
      bound.leave()
    } finally {
      delete propOf(element).connection
      bindings.end(bound)
    }
  }

  const environment: Environment & SenderEnvironment = {
    htmx,
    api,
    bindings,
    report,
    construct({ protocols: given, url }, { binaryType }) {
      const protocols = given.length > 0 ? [...given] : undefined
      return Object.assign(
        htmx.createWebSocket?.(url, protocols) ?? new WebSocket(url, protocols),
        binaryType && { binaryType },
      )
    },
    resolve: (url) => Url.resolve(url, Url.here(htmx.createWebSocket !== undefined)),
    decode: Settings.memoized((value, element: Element) =>
      Settings.resolve([{ name: `the settings of ${describeElement(element)}`, value }], defaults, report),
    ),
    onState: (bound) => status.show(bound),
    connect,
    release: (bound) => bindings.has(bound) && release(bound.element),
    isIgnored,
    isOld: (element) => isOld(element, "send"),
    around(element) {
      const names = spelled().all.connect
      for (const at of ancestors(element)) {
        const source = attributeOf(at, names)
        if (source !== undefined) return source && (bindings.of(at) ?? environment.resolve(source) ?? source)
      }
      return undefined
    },
  }

  /** Brings a connection into line with the attributes of its element. */
  const update = (bound: ElementConnection): void => {
    const { element, source, trigger } = bound
    if (sourceOf(element) === source) {
      expose(bound)
      bound.configure(settingsOf(element))
      return
    }
    release(element)
    // If a morph has changed the trigger as well, the element waits for the new one.
    if (propOf(element).initialized || triggerOf(element) === trigger) connect(element)
  }

  /** Calls `handler` when the element is triggered. It is attached once, until `mark` is deleted with the handlers. */
  const listen = (
    element: Element,
    role: Role,
    mark: "initialized" | "sendInitialized",
    natural: string,
    handler: (event: Event) => void,
  ): void => {
    if (attributeOf(element, spelled().all[role]) === undefined || propOf(element)[mark]) return
    propOf(element)[mark] = true
    if (isOld(element, role)) report(oldNotice, console.warn)
    api.onTrigger(element, triggerOf(element) || natural, handler)
    if (element.matches("form")) preventSubmits(api.htmxProp(element))
  }

  const handle = (element: Element): void => {
    if (isIgnored(element)) return
    status.refresh(element)
    if (sourceOf(element)) listen(element, "connect", "initialized", "load", () => connect(element))
    if (isOnPage(element) && gone.delete(element)) connect(element)
    listen(element, "send", "sendInitialized", naturalTrigger(element), (event) => {
      // htmx does not prevent submits that it listens for on another element, nor any in 4.0.0.
      if (event.type === "submit" && element.matches("form")) event.preventDefault()
      send(environment, element, event)
    })
  }

  const process = (root: Element): void => {
    isStarted = true
    morphed = undefined
    // While one is released, a listener may end another.
    for (const bound of bindings.within(root)) if (bindings.has(bound)) update(bound)
    const { selector } = spelled()
    if (root.matches(selector)) handle(root)
    root.querySelectorAll(selector).forEach(handle)
  }

  // htmx may have started already: a deferred script, or a module, can be later than its first timer.
  if (document.readyState !== "loading") setTimeout(() => isStarted || process(document.body))

  return {
    htmx_after_process: process,
    htmx_before_cleanup(element) {
      // htmx removes the handlers: delete the marks that say that they are attached.
      const { ws } = api.htmxProp(element)
      delete ws?.initialized
      delete ws?.sendInitialized
      if (!morphed?.contains(element)) release(element)
    },
    // A morph calls this for each attribute that it changes. If one was htmx's own, it then tears down the element and
    // those in it, which all stay in the document.
    htmx_before_morph_attr(element, { attrName }) {
      if (!attrName.startsWith("hx-") && !attrName.startsWith(htmx.config.prefix || "hx-")) return
      morphed = element
      queueMicrotask(() => {
        morphed = undefined
      })
    },
    htmx_before_morph_node() {
      morphed = undefined
    },
  }
}

const oldNotice =
  "ws-connect and ws-send are deprecated, with the wire format of htmx 2; use hx-ws:connect and hx-ws:send instead"
