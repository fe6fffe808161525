/** Removes from a burst the elements that later ones replace. */
import { findAll, idOf } from "../elements.ts"

/** An element of a frame, reduced to what its swap depends on. */
export interface Part {
  readonly id: string
  /** Whether it replaces the element with its id, and does nothing else. */
  readonly isWhole: boolean
  /** The ids of the elements in it. */
  readonly inner: ReadonlyArray<string>
  /** Absent if it was not parsed. */
  readonly element?: Element
}

/**
 * Returns the frames without the elements that a later one with the same id replaces whole. An element is kept if one in
 * between refers to it: by a selector, by an id inside it, or because it contains an element with its id.
 * `removesConnection` returns whether replacing an id removes the connect element.
 */
export const coalesce = (
  frames: ReadonlyArray<ReadonlyArray<Part>>,
  removesConnection: (id: string) => boolean,
): ReadonlyArray<ReadonlyArray<Part>> => {
  /** By id, the position of the next part that replaces it whole, and of the next that has it; counted from the end. */
  const replaced = new Map<string, number>()
  const named = new Map<string, number>()
  let position = 0
  const isKept = ({ id, inner, isWhole }: Part): boolean => {
    position++
    const by = isWhole ? replaced.get(id) : undefined
    if (by !== undefined && inner.every((one) => (named.get(one) ?? 0) <= by)) return false
    if (!isWhole || removesConnection(id)) replaced.clear()
    for (const one of inner) replaced.delete(one)
    named.set(id, position)
    if (isWhole) replaced.set(id, position)
    return true
  }
  const backwards = <A>(list: ReadonlyArray<A>): Array<A> => [...list].reverse()
  return backwards(backwards(frames).map((parts) => backwards(backwards(parts).filter(isKept))))
}

/** Matches one element with nothing but text in it, as most frames of a feed are. */
const plain = /^\s*<([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*="[^"<>&]*")*)\s*>[^<]*<\/\1>\s*$/

/** Matches elements that a parser does not simply insert, or that have an effect. */
const special = /^(?:html|head|body|frame|frameset|image|plaintext|script|style|template|title)$/

/** Returns the parts of a frame. A plain one is not parsed. */
export const partsOf = (
  html: string,
  parse: (html: string) => ReadonlyArray<Element>,
  styleOf: (element: Element) => string | null,
): ReadonlyArray<Part> => {
  const [, tag, attributes = ""] = plain.exec(html) ?? []
  if (tag !== undefined && !special.test(tag)) {
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
