/** Leaves out the elements of a burst that a later one replaces. */
import { findAll, idOf } from "../elements.ts"

/** An element of a frame, as far as its swap is concerned. */
export interface Part {
  readonly id: string
  /** Whether it takes the place of the element with its id, and does nothing else. */
  readonly isWhole: boolean
  /** The ids of what is in it. */
  readonly inner: ReadonlyArray<string>
  /** Absent if it was not parsed. */
  readonly element?: Element
}

/**
 * The frames without the elements that a later one replaces whole: one with the same id, unless something in between
 * refers to the first, by a selector, by an id in it, or because it has such an element in itself.
 * `removesConnection` returns whether replacing this id removes the connect element.
 */
export const coalesce = (
  frames: ReadonlyArray<ReadonlyArray<Part>>,
  removesConnection: (id: string) => boolean,
): ReadonlyArray<ReadonlyArray<Part>> => {
  /** By id, the place of the next that replaces it whole, and of the next that replaces it at all; counted from the end. */
  const replaced = new Map<string, number>()
  const named = new Map<string, number>()
  let place = 0
  const isKept = ({ id, inner, isWhole }: Part): boolean => {
    place++
    const by = isWhole ? replaced.get(id) : undefined
    if (by !== undefined && inner.every((one) => (named.get(one) ?? 0) <= by)) return false
    if (!isWhole || removesConnection(id)) replaced.clear()
    for (const one of inner) replaced.delete(one)
    named.set(id, place)
    if (isWhole) replaced.set(id, place)
    return true
  }
  const backwards = <A>(list: ReadonlyArray<A>): Array<A> => [...list].reverse()
  return backwards(backwards(frames).map((parts) => backwards(backwards(parts).filter(isKept))))
}

/** One element with text in it: most frames of a feed. */
const plain = /^\s*<([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*="[^"<>&]*")*)\s*>[^<]*<\/\1>\s*$/

/** Elements that a parser does not simply insert, or that do something. */
const peculiar = /^(?:html|head|body|frame|frameset|image|plaintext|script|style|template|title)$/

/** The parts of a frame. */
export const partsOf = (
  html: string,
  parse: (html: string) => ReadonlyArray<Element>,
  styleOf: (element: Element) => string | null,
): ReadonlyArray<Part> => {
  const [, tag, attributes = ""] = plain.exec(html) ?? []
  if (tag !== undefined && !peculiar.test(tag)) {
    const style = /\s(?:data-)?hx-swap-oob="([^"]*)"/.exec(attributes)?.[1]
    return [partOf(/\sid="([^"]*)"/.exec(attributes)?.[1], style, [])]
  }
  return parse(html).map((element) => ({
    ...partOf(idOf(element), styleOf(element), Array.from(findAll(element, "[id]"), idOf)),
    element,
  }))
}

const partOf = (id = "", style: string | null = "", inner: ReadonlyArray<string>): Part => ({
  id,
  isWhole: id !== "" && /^(?:true|outerHTML)?$/.test(style ?? ""),
  inner,
})
