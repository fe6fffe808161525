/** What a frame does to a page on htmx 4: all of it through `htmx.swap`. */
import { inWords } from "../core/inWords.ts"
import { elementsOf } from "./Fragments.ts"
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

/** Swaps a frame: HTML, or JSON with HTML in it. Other JSON is data, and swaps nothing. */
export const swap = (
  htmx: Htmx4,
  api: Api4,
  element: Element,
  text: string,
  onDeprecated: () => void,
): Promise<unknown> | undefined => {
  const json = parse(text)
  const html = json === undefined ? text : (json?.content ?? json?.payload)
  if (json?.content === undefined && json?.payload !== undefined) onDeprecated()
  if (html == null) return undefined
  const style = json?.swap || api.attributeValue(element, "hx-swap") || htmx.config.defaultSwap
  return htmx.swap({
    sourceElement: element,
    target: json?.target || api.attributeValue(element, "hx-target") || element,
    swap: /(?:^|\s)swapEmpty(?=[\s:]|$)/.test(style) ? style : `${style} swapEmpty:false`,
    select: json?.select ?? api.attributeValue(element, "hx-select"),
    selectOOB: api.attributeValue(element, "hx-select-oob"),
    text: String(html),
    transition: false,
  } satisfies SwapContext4)
}

/** `undefined` where it is no JSON: an exception takes longer than a look. */
const parse = (text: string): Swap | null | undefined => {
  if (/^\s*</.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Swaps a frame as htmx 2 does: each element out-of-band, by `id` where it does not say how. One that cannot be
 * swapped is reported and skipped.
 */
export const swapOld = (
  htmx: Htmx4,
  element: Element,
  html: string,
  report: (sentence: string, cause: unknown) => void,
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
        report(
          `this part of a message cannot be swapped (${inWords(cause)}): ${part.outerHTML.slice(0, 200)}`,
          cause,
        )
      }
    }),
  )
}

/** What the extension idiomorph called `morph`, htmx 4 does itself. */
const morph = (_: string, where = "outer"): string => `${where}Morph`
