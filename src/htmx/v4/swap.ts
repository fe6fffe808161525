/** Swaps frames on htmx 4, by `htmx.swap`. */
import { elementsOf } from "../Fragments.ts"
import { unswapped } from "../notices.ts"
import type { Api4, Htmx4, SwapContext4 } from "./HtmxApi.ts"

/** What a frame of JSON may say about its own swap. Anything else in it is for listeners. */
interface Swap {
  readonly content?: unknown
  /** The name that `content` had before htmx 4.0. */
  readonly payload?: unknown
  readonly target?: string
  readonly swap?: string
  readonly select?: string
}

/**
 * Swaps a frame: the HTML in `json`, or `html` if `json` is `undefined`. Returns `undefined` if there is nothing to swap:
 * JSON without content is data for listeners.
 */
export const swap = (
  htmx: Htmx4,
  api: Api4,
  element: Element,
  json: unknown,
  html: string,
  onDeprecated: () => void,
): Promise<unknown> | undefined => {
  const { content, payload, select, swap, target } = (json ?? {}) as Swap
  if (content === undefined && payload !== undefined) onDeprecated()
  const text = json === undefined ? html : content === undefined ? payload : content
  if (text == null) return undefined
  for (const [name, value] of Object.entries({ content: text, swap: swap || "" })) {
    if (typeof value !== "string")
      return Promise.reject(new TypeError(`the ${name} of a frame must be a string, not ${typeof value}`))
  }
  const style = swap || api.attributeValue(element, "hx-swap") || htmx.config.defaultSwap
  return htmx.swap({
    sourceElement: element,
    target: target || api.attributeValue(element, "hx-target") || element,
    swap: /(?:^|\s)swapEmpty(?=[\s:]|$)/.test(style) ? style : `${style} swapEmpty:false`,
    select: select ?? api.attributeValue(element, "hx-select"),
    selectOOB: api.attributeValue(element, "hx-select-oob"),
    text: text as string,
    transition: false,
  } satisfies SwapContext4)
}

/** Parses a frame. Returns `undefined` if it is not JSON: for HTML without an exception, which is slow. */
export const parseJson = (text: string): unknown => {
  if (/^\s*</.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Swaps a frame as htmx 2 does: each element out-of-band, by its `id` unless `hx-swap-oob` says otherwise. One that cannot
 * be swapped is reported and skipped.
 */
export const swapOld = (
  htmx: Htmx4,
  element: Element,
  html: string,
  report: (what: string, cause: unknown) => void,
): Promise<unknown> => {
  const template = document.createElement("template")
  template.innerHTML = html
  return Promise.all(
    elementsOf(template.content).map(async (part) => {
      const oob = [`${htmx.config.prefix}swap-oob`, "hx-swap-oob"].find((name) => part.hasAttribute(name))
      if (!part.localName.startsWith("hx-")) {
        const style = part.getAttribute(oob ?? "") || "true"
        part.setAttribute(oob ?? "hx-swap-oob", style.replace(/^morph(?::(inner|outer)HTML)?/, morph))
      }
      try {
        await htmx.swap({
          sourceElement: element,
          target: element,
          swap: "none",
          text: part.outerHTML,
          transition: false,
        } satisfies SwapContext4)
      } catch (cause) {
        report(unswapped(part), cause)
      }
    }),
  )
}

/** Returns htmx 4's own name for a swap style of the extension idiomorph. */
const morph = (_: string, where = "outer"): string => `${where}Morph`
