/** Analyses a frame before it is applied. */
import { bearing } from "../attributes.ts"
import { idOf } from "../elements.ts"
import type { Htmx } from "../Htmx.ts"
import { isHtmx4 } from "../Htmx.ts"
import { htmxAttribute } from "../htmxAttributes.ts"
import { inWords } from "../notices.ts"
import { nearest } from "./nearest.ts"
import { targetOf } from "./rules/ids.ts"
import { spellingOf } from "./rules/spelling.ts"

/** A target on the page of a part of a frame. */
export interface Place {
  /** `undefined` if the element has neither an id nor a selector. */
  readonly selector: string | undefined
  /** The swap style. */
  readonly style: string
  readonly isFound: boolean
  /** The id on the page that is most similar. */
  readonly nearest: string | undefined
}

export interface Frame {
  readonly kind: "HTML" | "HTML in JSON" | "control frame" | "JSON" | "text" | "binary"
  /** The keys of JSON. */
  readonly keys: ReadonlyArray<string>
  readonly length: number
  /** The beginning of the frame. */
  readonly text: string
  readonly places: ReadonlyArray<Place>
  /** Text that is in no element. */
  readonly loose: string
  /** On htmx 4: elements of the frame that have the id of one on the page, and are not swapped by it. */
  readonly ignoredIds: ReadonlyArray<string>
}

const kept = 10_000

/** Returns whether a connect element receives frames of htmx 2: with `ws-connect`, on every htmx. */
export const isOldWire = (htmx: Htmx, element: Element): boolean =>
  !isHtmx4(htmx) || ["ws-connect", "data-ws-connect"].some((name) => element.hasAttribute(name))

const parse = (html: string): DocumentFragment => {
  const template = document.createElement("template")
  try {
    template.innerHTML = html
  } catch {
    // The page's policy forbids parsing HTML, also for htmx.
  }
  return template.content
}

/** Returns the spellings of an attribute of htmx. */
const spellings = (htmx: Htmx, name: string): Array<string> =>
  ["hx-", spellingOf(htmx).prefix].filter(Boolean).map((prefix) => prefix + name)

const own = (htmx: Htmx, element: Element, name: string): string =>
  spellings(htmx, name)
    .map((one) => element.getAttribute(one))
    .find(Boolean) ?? ""

const idsOf = (root: ParentNode): Array<string> =>
  Array.from(root.querySelectorAll("[id]"), (element) => idOf(element) ?? "")

/** Returns whether a selector of htmx matches something. An extended one (`closest …`) is assumed to. */
export const isOnPage = (selector: string, root: ParentNode = document): boolean => {
  try {
    return root.querySelector(selector) !== null
  } catch {
    return true
  }
}

const placeOf = (selector: string | undefined, style: string): Place => {
  const isFound =
    selector !== undefined &&
    isOnPage(selector.replace(/^#([^\s>+~.:[,]+)$/, (_, id) => `#${CSS.escape(id)}`))
  return {
    selector,
    style,
    isFound,
    nearest: isFound || !selector?.startsWith("#") ? undefined : nearest(selector.slice(1), idsOf(document)),
  }
}

/** Returns the target of an element that is swapped out-of-band. */
const placeOfElement = (htmx: Htmx, element: Element): Place => {
  const oob = own(htmx, element, "swap-oob")
  const style = oob.replace(/:.*/s, "")
  return placeOf(targetOf(idOf(element) ?? "", oob), style === "" || style === "true" ? "outerHTML" : style)
}

/** Returns the elements to swap. Rows are in bare templates. */
const elementsOf = (htmx: Htmx, fragment: ParentNode): Array<Element> =>
  Array.from(fragment.children).flatMap((child) =>
    child instanceof HTMLTemplateElement && child.id === "" && own(htmx, child, "swap-oob") === ""
      ? elementsOf(htmx, child.content)
      : child,
  )

const looseText = (fragment: Node): string =>
  Array.from(fragment.childNodes, (node) => (node instanceof Text ? node.data : ""))
    .join(" ")
    .trim()

type Content = Pick<Frame, "places" | "loose" | "ignoredIds">

/** Reads HTML for `ws-connect`, where each element is swapped by its id. */
const readOldHtml = (htmx: Htmx, html: string): Content => {
  const fragment = parse(html)
  const places = elementsOf(htmx, fragment).map((element) => placeOfElement(htmx, element))
  return { places, loose: looseText(fragment), ignoredIds: [] }
}

/** Reads HTML for `hx-ws:connect`, where a frame has one target, except for elements with a target of their own. */
const readNewHtml = (
  htmx: Htmx,
  element: Element,
  html: string,
  given: { readonly target?: unknown; readonly swap?: unknown },
): Content => {
  const fragment = parse(html)
  const oob = Array.from(fragment.querySelectorAll(bearing(spellings(htmx, "swap-oob"))))
  const partials = Array.from(fragment.querySelectorAll("hx-partial"))
  const elsewhere = [...oob, ...partials]
  const rest = Array.from(fragment.children).filter((child) => !elsewhere.includes(child))
  const setting = (name: string) => htmxAttribute(htmx, element, name)
  const asked = inWords(given.target || setting("target") || "this")
  const style = inWords(given.swap || setting("swap") || htmx.config.defaultSwap || "innerHTML")
  const isHere = asked === "this"
  const main = isHere
    ? { selector: "the element", style, isFound: true, nearest: undefined }
    : placeOf(asked, style)
  const hasMain = rest.length > 0 || (elsewhere.length === 0 && html.trim() !== "")
  return {
    places: [
      ...(hasMain ? [main] : []),
      ...oob.map((one) => placeOfElement(htmx, one)),
      ...partials.map((partial) =>
        placeOf(
          own(htmx, partial, "target") || (partial.id ? `#${partial.id}` : undefined),
          own(htmx, partial, "swap") || "innerHTML",
        ),
      ),
    ],
    loose: "",
    ignoredIds:
      elsewhere.length > 0
        ? []
        : rest
            .map((element) => idOf(element) ?? "")
            .filter(
              (id) =>
                id !== "" &&
                asked !== `#${id}` &&
                !(isHere && idOf(element) === id) &&
                document.getElementById(id),
            ),
  }
}

const jsonOf = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a frame for the connection of an element. */
export const readFrame = (htmx: Htmx, element: Element, data: unknown): Frame => {
  const nothing = { keys: [], places: [], loose: "", ignoredIds: [] }
  if (typeof data !== "string") {
    const { byteLength, size } = Object(data) as { byteLength?: number; size?: number }
    return { ...nothing, kind: "binary", length: byteLength ?? size ?? 0, text: "" }
  }
  const isOld = isOldWire(htmx, element)
  const common = { ...nothing, length: data.length, text: data.slice(0, kept) }
  const json = jsonOf(data)
  if (json !== undefined) {
    const keys = Array.isArray(json) ? [] : Object.keys(json as object)
    if (keys[0]?.startsWith("HX-")) return { ...common, kind: "control frame", keys }
    const { content, payload, ...given } = json as Record<string, unknown>
    const html = content ?? payload
    return !isOld && typeof html === "string"
      ? { ...common, ...readNewHtml(htmx, element, html, given), kind: "HTML in JSON", keys }
      : { ...common, kind: "JSON", keys }
  }
  const kind = /<[a-z!]/i.test(data) ? "HTML" : "text"
  return { ...common, ...(isOld ? readOldHtml(htmx, data) : readNewHtml(htmx, element, data, {})), kind }
}
