/**
 * The extension for htmx 4: hooks of htmx in, calls of connections out. What connections tell comes back through
 * `ElementConnection`.
 */
import * as Reconnect from "../../core/Reconnect.ts"
import { Bindings } from "../Bindings.ts"
import { across, describeElement } from "../elements.ts"
import { isOnPage, Page } from "../Page.ts"
import * as Settings from "../Settings.ts"
import { Status } from "../Status.ts"
import * as Url from "../Url.ts"
import type { WsConfig } from "../WsConfig.ts"
import { attributeOf, attributes, type Role } from "./attributes.ts"
import { ElementConnection, type Environment } from "./ElementConnection.ts"
import type { Api4, Extension4, Htmx4, HtmxProp4 } from "./HtmxApi.ts"
import { send } from "./sender.ts"

export type { StateName } from "../Status.ts"
export type { WsConfig, WsDelay, WsDuration } from "../WsConfig.ts"
export type { Incoming, Outgoing, Queued, WsConnection } from "./WsConnection.ts"

/** What holds where nothing is given. */
export const defaults: Settings.Defaults = {
  reconnectDelay: 500,
  reconnectMaxDelay: 60_000,
  reconnectJitter: 0.3,
  pauseOnBackground: 0,
  queueCapacity: 100,
}

/** The same as `connection.config` shows it. */
const written = {
  reconnect: true,
  reconnectCodes: Reconnect.defaultCodes,
  reconnectDelay: defaults.reconnectDelay,
  reconnectMaxDelay: defaults.reconnectMaxDelay,
  reconnectMaxAttempts: Infinity,
  reconnectJitter: defaults.reconnectJitter,
  pauseOnBackground: true,
  maxOutgoingMessagesQueueSize: defaults.queueCapacity,
}

/** Registers the extension under the name `ws`, as the script does. `settings` go into `htmx.config.ws`. */
export const register = (htmx: Htmx4, settings?: WsConfig): void => {
  if (!htmx.version.startsWith("4.")) {
    console.error(
      `htmx: [hx-ws] there is no hx-ws for htmx ${htmx.version}: this script is for 4.0.0 and later 4.`,
    )
    return
  }
  // A page may hold the object already.
  htmx.config.ws = Object.assign(htmx.config.ws ?? {}, settings)
  htmx.registerExtension("ws", extension(htmx))
}

/** The extension as a value, for `htmx.registerExtension`. */
export const extension = (htmx: Htmx4): Extension4 => {
  const spelled = attributes(() => htmx.config)
  const bindings = new Bindings<ElementConnection>(new Page((element) => release(element)))
  const status = new Status(
    () => spelled().all.status,
    (element) => bindings.around(element),
    bindings,
    (sentence) => report(sentence),
  )
  const told = new Set<string>()
  const leaving = new WeakSet<ElementConnection>()
  /** Elements that have left the document with their connections, unknown to htmx. */
  const gone = new WeakSet<Element>()
  /** The element that a morph is about to tear down and set up again. */
  let morphed: Element | undefined
  let isStarted = false
  let api: Api4
  let environment: Environment

  const report = (sentence: string, write: (sentence: string) => void = console.error): void => {
    if (!told.has(sentence)) write(sentence)
    told.add(sentence)
  }

  /** Whether an attribute stands as htmx 2 had it, and not as htmx 4 has it. */
  const isOld = (element: Element, role: Role): boolean =>
    attributeOf(element, spelled().own[role]) === undefined

  const isIgnored = (element: Element): boolean => element.closest(spelled().ignored) !== null

  const resolve = (url: string): string | undefined =>
    Url.resolve(url, Url.here(htmx.createWebSocket !== undefined))

  const sourceOf = (element: Element): string | undefined =>
    attributeOf(element, spelled().all.connect) || undefined

  const bearsConfig = (element: Element): boolean =>
    element
      .getAttributeNames()
      .some((name) => name.replace(htmx.config.prefix || "hx-", "hx-").startsWith("hx-config"))

  const settingsOf = (element: Element): Record<string, unknown> => {
    const sources = Settings.sourcesAround(element, (at) => {
      const value = bearsConfig(at) ? api.attributeValue(at, "hx-config") : undefined
      return value === undefined
        ? undefined
        : { name: `hx-config of ${describeElement(at)}`, value, parse: (text) => api.HCON.parse(text).ws }
    })
    const page = { name: "htmx.config.ws", value: htmx.config.ws }
    const fields = [page, ...sources].map((source) => Settings.fieldsOf(source, report))
    const config = Object.assign({}, written, ...fields)
    config.reconnectCodes = [...decode(config, element).reconnectCodes]
    return config
  }

  const decode = Settings.memoized((value, element: Element) =>
    Settings.resolve([{ name: `the settings of ${describeElement(element)}`, value }], defaults, report),
  )

  const connect = (element: Element): void => {
    const source = sourceOf(element)
    if (bindings.of(element) !== undefined || !source || !isOnPage(element) || isIgnored(element)) return
    const config = settingsOf(element)
    const owner = new ElementConnection(environment, element, source, config, isOld(element, "connect"))
    bindings.add(owner)
    expose(owner)
    owner.connection.reconnect()
  }

  /** `element._htmx.ws.connection`: where public code looks for a connection. */
  const expose = ({ element, view }: ElementConnection): void => {
    propOf(element).connection = view
  }

  const propOf = (element: Element) => {
    const prop = api.htmxProp(element)
    prop.ws ??= {}
    return prop.ws
  }

  const release = (element: Element): void => {
    const owner = bindings.of(element)
    // A listener of the end may bring it about again.
    if (owner === undefined || leaving.has(owner)) return
    leaving.add(owner)
    if (!isOnPage(element)) gone.add(element)
    try {
      owner.leave()
    } finally {
      delete propOf(element).connection
      bindings.end(owner)
    }
  }

  const triggerOf = (element: Element) => api.attributeValue(element, "hx-trigger")

  /** Brings a connection into line with what its element has become. */
  const review = (owner: ElementConnection): void => {
    const { element, source, trigger } = owner
    if (sourceOf(element) === source) {
      expose(owner)
      owner.configure(settingsOf(element))
      return
    }
    release(element)
    // One that a morph has given another trigger as well waits for that.
    if (propOf(element).initialized || triggerOf(element) === trigger) connect(element)
  }

  const handle = (element: Element): void => {
    if (isIgnored(element)) return
    status.refresh(element)
    if (sourceOf(element)) listen(element, "connect", "initialized", "load", () => connect(element))
    if (isOnPage(element) && gone.delete(element)) connect(element)
    listen(element, "send", "sendInitialized", naturalTrigger(element), (event) => {
      // Here and not at htmx, which prevents no submit that it hears of elsewhere, and none at all in 4.0.0.
      if (event.type === "submit" && element.matches("form")) event.preventDefault()
      if (!isIgnored(element)) send({ api, around, isOld: (at) => isOld(at, "send") }, element, event)
    })
  }

  /** Has an element triggered, once. htmx forgets `mark` together with the handlers. */
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

  const around = (element: Element) => {
    const names = spelled().all.connect
    return across(element, (at) => {
      const source = attributeOf(at, names)
      return source && (bindings.of(at) ?? resolve(source) ?? source)
    })
  }

  const self: Extension4 = {
    init(internalApi) {
      api = internalApi
      htmx.config.ws ??= {}
      environment = {
        htmx,
        api,
        construct: ({ protocols: given, url }, { binaryType }) => {
          const protocols = given.length > 0 ? [...given] : undefined
          return Object.assign(
            htmx.createWebSocket?.(url, protocols) ?? new WebSocket(url, protocols),
            binaryType && { binaryType },
          )
        },
        resolve,
        decode,
        isBound: (owner) => bindings.has(owner),
        release: (owner) => bindings.has(owner) && release(owner.element),
        renew: ({ element }) => connect(element),
        onState: (owner) => status.show(owner),
      }
      // htmx may have started already: a deferred script, or a module, can be later than its first timer.
      if (document.readyState !== "loading") {
        setTimeout(() => isStarted || self.htmx_after_process(document.body))
      }
    },
    htmx_after_process(root) {
      isStarted = true
      morphed = undefined
      // A listener that hears of the end of one may end another.
      for (const owner of bindings.within(root)) if (bindings.has(owner)) review(owner)
      const { selector } = spelled()
      if (root.matches(selector)) handle(root)
      root.querySelectorAll(selector).forEach(handle)
    },
    htmx_before_cleanup(element) {
      // Together with the handlers goes what tells that they are there.
      const { ws } = api.htmxProp(element)
      delete ws?.initialized
      delete ws?.sendInitialized
      if (!morphed?.contains(element)) release(element)
    },
    // A morph tells of each attribute that it changes, and then tears down the element and what is in it if one
    // was htmx's own. Both stay in the document.
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
  return self
}

const oldNotice =
  "htmx: [hx-ws] ws-connect and ws-send are deprecated: they speak the wire of htmx 2; hx-ws:connect and hx-ws:send speak that of htmx 4"

/** Prevents the submits of triggers that wait, which htmx hands on when it is too late. */
const preventSubmits = ({ listeners, triggerSpecs }: HtmxProp4): void => {
  for (const spec of triggerSpecs) {
    let { timeout } = spec
    // htmx has heard of the event just before, and has kept it here if it is one that counts.
    const handler = (event: Event): void => {
      if (spec.timeout !== timeout || spec.throttledEvent === event) event.preventDefault()
      timeout = spec.timeout
    }
    for (const { eventName, fromElt } of spec.listeners) {
      if (eventName !== "submit") continue
      fromElt.addEventListener(eventName, handler)
      listeners.push({ fromElt, eventName, handler })
    }
  }
}

/** What triggers an element that does not say so itself. */
const naturalTrigger = (element: Element): string =>
  element.matches("form")
    ? "submit"
    : element.matches("input:not([type=button]):not([type=submit]),select,textarea")
      ? "change"
      : "click"
