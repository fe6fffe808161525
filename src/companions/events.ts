/** The events of the main scripts and of htmx, and those of companions. */
import { type Htmx, isHtmx4 } from "./Htmx.ts"

/** The names of an event, on htmx 1.9 and 2, and on htmx 4. */
export type Names = readonly [onHtmx2: string, onHtmx4: string]

export const beforeDial: Names = ["wsConfigConnect", "ws:before:connection"]
export const beforeFrame: Names = ["wsBeforeMessage", "ws:before:message:incoming"]
export const opened: Names = ["wsOpen", "ws:after:connection"]
export const reconnecting: Names = ["wsReconnecting", "ws:reconnecting"]
export const failed: Names = ["wsFailed", "ws:failed"]
export const afterFrame: Names = ["wsAfterMessage", "ws:after:message:incoming"]
export const onError: Names = ["wsError", "ws:error"]
export const closed: Names = ["wsClose", "ws:close"]
export const unsent: Names = ["wsUnsent", "ws:unsent"]
export const sent: Names = ["wsAfterSend", "ws:after:message:outgoing"]
export const dropped: Names = ["wsDropped", "ws:message:dropped"]
/** Dispatched before a message of an element is made, and on htmx 4 also before one is sent again. */
export const beforeMessage: Names = ["wsConfigSend", "ws:before:message:outgoing"]

/** An event of the main script. */
export interface WsEvent extends CustomEvent {
  readonly target: Element
  readonly detail: Readonly<Record<string, unknown>>
}

/** Returns the name of an event of htmx, with the `metaCharacter` of htmx 4. */
export const spelled = (htmx: Htmx, name: string): string =>
  name.replaceAll(":", String((isHtmx4(htmx) && htmx.config.metaCharacter) || ":"))

export const nameOf = (htmx: Htmx, [onHtmx2, onHtmx4]: Names): string =>
  spelled(htmx, `htmx:${isHtmx4(htmx) ? onHtmx4 : onHtmx2}`)

/**
 * Calls `listener` with an event, wherever on the page it is dispatched: after the page's own listeners, or with `isFirst`
 * before them. The last events of an element that has left the document reach only listeners `at` the element itself.
 */
export const listen = (
  htmx: Htmx,
  names: Names,
  listener: (event: WsEvent) => void,
  isFirst = false,
  at: EventTarget = window,
): void => at.addEventListener(nameOf(htmx, names), listener as (event: Event) => void, isFirst)

/** Dispatches an event of a companion. Returns whether no listener has cancelled it. */
export const dispatch = (htmx: Htmx, element: Element, names: Names, detail: object): boolean =>
  htmx.trigger(element, nameOf(htmx, names), detail)

/** Returns the element of an event, also if it is in a shadow tree. */
export const elementOf = (event: Event): Element => event.composedPath()[0] as Element

/** Returns the text of a frame; `undefined` if it is not text. `message` is that of an event. */
export const textOf = (message: unknown): string | undefined => {
  const data = typeof message === "object" && message !== null ? Reflect.get(message, "data") : message
  return typeof data === "string" ? data : undefined
}
