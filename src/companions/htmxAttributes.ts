/** The attributes of htmx itself that companions obey, and what they name. */
import { type Htmx, isHtmx4 } from "./Htmx.ts"

/** An attribute that holds for an element, and the element that bears it. */
interface Found {
  readonly bearer: Element
  readonly value: string
}

/** An attribute of htmx on an element, or inherited: on htmx 4 only where that says so. */
export const htmxAttribute = (htmx: Htmx, element: Element, name: string): Found | undefined => {
  const { implicitInheritance, metaCharacter, prefix } = htmx.config
  const inherited = `${metaCharacter || ":"}inherited`
  for (let bearer: Element | null = element; bearer; bearer = bearer.parentElement) {
    const endings = !isHtmx4(htmx)
      ? [""]
      : bearer === element || implicitInheritance
        ? ["", inherited]
        : [inherited]
    for (const start of ["hx-", "data-hx-", String(prefix || "hx-")])
      for (const ending of endings) {
        const value = bearer.getAttribute(start + name + ending)
        if (value !== null) return { bearer, value }
      }
  }
  return undefined
}

const verbs = ["get", "post", "put", "patch", "delete"]

/** The request of an element: its own `hx-post`, or another verb. */
export const requestOf = (
  htmx: Htmx,
  element: Element,
): { readonly verb: string; readonly path: string } | undefined => {
  for (const verb of verbs) {
    const found = htmxAttribute(htmx, element, verb)
    if (found?.bearer === element) return { verb, path: found.value }
  }
  return undefined
}

/** The elements that `hx-indicator`, say, names for an element by htmx's selectors. Throws if they are none. */
export const elementsBy = (htmx: Htmx, element: Element, name: string): Array<Element> => {
  const { bearer, value } = htmxAttribute(htmx, element, name) ?? { bearer: element, value: "unset" }
  return value === "unset"
    ? []
    : value.split(/,(?![^([]*[)\]])/).flatMap((part) => oneOf(element, bearer, part.trim()))
}

const oneOf = (element: Element, bearer: Element, selector: string): Array<Element> => {
  const [, word = "", rest = ""] = /^(this|closest|find|next|previous|inherit)\b\s*(.*)$/.exec(selector) ?? []
  const only = (found: Element | null | undefined): Array<Element> => (found ? [found] : [])
  const on = (side: number): Array<Element> =>
    Array.from(document.querySelectorAll(rest)).filter(
      (other) => element.compareDocumentPosition(other) & side,
    )
  switch (word) {
    case "this":
      return [bearer]
    case "closest":
      return only(element.closest(rest))
    case "find":
      return only(element.querySelector(rest))
    case "next":
      return only(rest ? on(Node.DOCUMENT_POSITION_FOLLOWING)[0] : element.nextElementSibling)
    case "previous":
      return only(rest ? on(Node.DOCUMENT_POSITION_PRECEDING).at(-1) : element.previousElementSibling)
    case "inherit":
      return []
    default:
      return Array.from(document.querySelectorAll(selector))
  }
}
