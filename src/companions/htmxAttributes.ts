/** Reads the attributes of htmx itself that companions respect. */
import { rootOf } from "./elements.ts"
import { type Htmx, isHtmx4 } from "./Htmx.ts"

/** An attribute that applies to an element, and the element that bears it. */
interface Found {
  readonly bearer: Element
  readonly value: string
}

const read = ({ config }: Htmx, element: Element, name: string): string | undefined => {
  for (const prefix of ["hx-", "data-hx-", config.prefix || "hx-"]) {
    const value = element.getAttribute(prefix + name)
    if (value !== null) return value
  }
  return undefined
}

/**
 * Returns the values of an attribute for an element, the nearest first. On htmx 1.9 and 2 it is inherited unless
 * `hx-disinherit` says otherwise, or only if `hx-inherit` says so. On htmx 4 it is inherited with `:inherited`, and
 * `:append` adds to what would be inherited.
 */
const found = (htmx: Htmx, element: Element, name: string): Array<Found> => {
  const { disableInheritance, implicitInheritance, metaCharacter } = htmx.config
  const mark = metaCharacter || ":"
  const found: Array<Found> = []
  for (let bearer: Element | null = element; bearer; bearer = bearer.parentElement) {
    const isOwn = bearer === element
    const get = (name: string): string | undefined => read(htmx, bearer as Element, name)
    const isListed = (list: string): boolean => {
      const names = ` ${get(list)} `
      return names === " * " || names.includes(` hx-${name} `)
    }
    const first = (isPlain: unknown, ending = ""): string | undefined =>
      (isPlain ? get(name + ending) : undefined) ?? get(`${name}${mark}inherited${ending}`)
    if (!isOwn && !isHtmx4(htmx) && !disableInheritance && isListed("disinherit")) break
    const isInherited = isHtmx4(htmx) ? implicitInheritance : !disableInheritance || isListed("inherit")
    const whole = first(isOwn || isInherited)
    const value = whole ?? first(isOwn, `${mark}append`)
    if (value) found.push({ bearer, value })
    // On htmx 1.9 and 2, an empty attribute counts as absent.
    if (isHtmx4(htmx) ? whole !== undefined : whole) break
  }
  return found
}

/** Returns the value of an attribute for an element. */
export const htmxAttribute = (htmx: Htmx, element: Element, name: string): string | undefined =>
  found(htmx, element, name)[0]?.value

/** Returns the request of an element: its own `hx-post`, or that of another verb. */
export const requestOf = (
  htmx: Htmx,
  element: Element,
): { readonly verb: string; readonly path: string } | undefined => {
  for (const verb of ["get", "post", "put", "patch", "delete"]) {
    const path = read(htmx, element, verb)
    if (path !== undefined) return { verb, path }
  }
  return undefined
}

/** Returns the elements that an attribute such as `hx-indicator` selects. Throws if a selector is invalid. */
export const elementsBy = (htmx: Htmx, element: Element, name: string): Array<Element> =>
  found(htmx, element, name)
    .flatMap(({ bearer, value }) =>
      value.split(/,(?![^([]*[)\]])/).flatMap((part) => elementsOf(htmx, element, bearer, name, part.trim())),
    )
    .filter((found) => found instanceof Element)

const elementsOf = (
  htmx: Htmx,
  element: Element,
  bearer: Element,
  name: string,
  selector: string,
): ReadonlyArray<unknown> => {
  const root = rootOf(element)
  const [, word = selector, rest = ""] = /^(closest|find|next|previous)(?: +(.+))?$/.exec(selector) ?? []
  const beside = (side: number): Array<Element> =>
    Array.from(root.querySelectorAll(rest)).filter((it) => element.compareDocumentPosition(it) === side)
  switch (word) {
    case "this":
      return [bearer]
    case "host":
      return [(root as Partial<ShadowRoot>).host]
    case "inherit":
      return bearer.parentElement ? elementsBy(htmx, bearer.parentElement, name) : []
    case "closest":
      return [element.closest(rest)]
    case "find":
      return [element.querySelector(rest)]
    case "next":
      return [rest ? beside(Node.DOCUMENT_POSITION_FOLLOWING)[0] : element.nextElementSibling]
    case "previous":
      return [rest ? beside(Node.DOCUMENT_POSITION_PRECEDING).at(-1) : element.previousElementSibling]
    default:
      return Array.from(root.querySelectorAll(selector))
  }
}
