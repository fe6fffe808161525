/** What a frame is for, before it is applied. */
import type { Htmx } from "../Htmx.ts"
import { isHtmx4 } from "../Htmx.ts"
import { nearest } from "./nearest.ts"
import { targetOf } from "./rules/rules.ts"

/** A place on the page that a part of a frame is for. */
export interface Place {
  /** `undefined`: the element has no id, and does not say. */
  readonly selector: string | undefined
  /** How it is swapped, in htmx's words. */
  readonly style: string
  readonly isFound: boolean
  /** The id on the page that is like it. */
  readonly nearest: string | undefined
}

export interface Frame {
  readonly kind: "HTML" | "HTML in JSON" | "control frame" | "JSON" | "text" | "binary"
  /** The keys of JSON. */
  readonly keys: ReadonlyArray<string>
  readonly length: number
  /** The first part of it. */
  readonly text: string
  readonly places: ReadonlyArray<Place>
  /** Text that is in no element. */
  readonly loose: string
  /** On htmx 4: elements of the frame that have the id of one on the page, and are not swapped by it. */
  readonly ignoredIds: ReadonlyArray<string>
}

const kept = 10_000

/** Frames of htmx 2: those of `ws-connect`, on every htmx. */
export const isOldWire = (htmx: Htmx, element: Element): boolean =>
  !isHtmx4(htmx) || ["ws-connect", "data-ws-connect"].some((name) => element.hasAttribute(name))

const parse = (html: string): DocumentFragment => {
  const template = document.createElement("template")
  try {
    template.innerHTML = html
  } catch {
    // The page's policy forbids it, as it will htmx.
  }
  return template.content
}

const getAttribute = (element: Element, name: string): string =>
  element.getAttribute(name) ?? element.getAttribute(`data-${name}`) ?? ""

const idsOf = (root: ParentNode): Array<string> => Array.from(root.querySelectorAll("[id]"), ({ id }) => id)

/** Whether a selector of htmx finds something. What is no plain selector (`closest …`) is taken to. */
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

/** The place of an element that is swapped out-of-band. */
const placeOfElement = (element: Element): Place => {
  const oob = getAttribute(element, "hx-swap-oob")
  const style = oob.replace(/:.*/s, "")
  return placeOf(targetOf(element.id, oob), style === "" || style === "true" ? "outerHTML" : style)
}

/** Rows come in bare templates. */
const elementsOf = (fragment: ParentNode): Array<Element> =>
  Array.from(fragment.children).flatMap((child) =>
    child instanceof HTMLTemplateElement && !child.matches("[id],[hx-swap-oob],[data-hx-swap-oob]")
      ? elementsOf(child.content)
      : child,
  )

const looseText = (fragment: Node): string =>
  Array.from(fragment.childNodes, (node) => (node instanceof Text ? node.data : ""))
    .join(" ")
    .trim()

const readOldHtml = (html: string): Pick<Frame, "places" | "loose" | "ignoredIds"> => {
  const fragment = parse(html)
  return { places: elementsOf(fragment).map(placeOfElement), loose: looseText(fragment), ignoredIds: [] }
}

const readHtml4 = (
  htmx: Htmx,
  element: Element,
  html: string,
  given: { readonly target?: unknown; readonly swap?: unknown },
): Pick<Frame, "places" | "loose" | "ignoredIds"> => {
  const fragment = parse(html)
  const oob = Array.from(fragment.querySelectorAll("[hx-swap-oob],[data-hx-swap-oob]"))
  const partials = Array.from(fragment.querySelectorAll("hx-partial"))
  const rest = Array.from(fragment.children).filter(
    (child) => !oob.includes(child) && !partials.includes(child),
  )
  const asked = String(given.target || inherited(element, "hx-target") || "this")
  const style = String(given.swap || inherited(element, "hx-swap") || htmx.config.defaultSwap || "innerHTML")
  const target = asked === "this" ? element : null
  const isMain = rest.length > 0 || (oob.length + partials.length === 0 && html.trim() !== "")
  return {
    places: [
      ...(isMain
        ? [
            target
              ? { selector: "the element", style, isFound: true, nearest: undefined }
              : placeOf(asked, style),
          ]
        : []),
      ...oob.map(placeOfElement),
      ...partials.map((partial) =>
        placeOf(
          getAttribute(partial, "hx-target") || undefined,
          getAttribute(partial, "hx-swap") || "innerHTML",
        ),
      ),
    ],
    loose: "",
    ignoredIds:
      oob.length + partials.length > 0
        ? []
        : rest
            .map(({ id }) => id)
            .filter(
              (id) => id !== "" && asked !== `#${id}` && target?.id !== id && document.getElementById(id),
            ),
  }
}

/** The value of an attribute of an element or, inherited, of one around it. */
const inherited = (element: Element, name: string): string | undefined =>
  getAttribute(element, name) ||
  element.closest(`[${CSS.escape(`${name}:inherited`)}]`)?.getAttribute(`${name}:inherited`) ||
  undefined

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
      ? { ...common, ...readHtml4(htmx, element, html, given), kind: "HTML in JSON", keys }
      : { ...common, kind: "JSON", keys }
  }
  const kind = /<[a-z!]/i.test(data) ? "HTML" : "text"
  return { ...common, ...(isOld ? readOldHtml(data) : readHtml4(htmx, element, data, {})), kind }
}
