/** Applies changes to the content of an element: HTML in, HTML out, without a document. */
import type { Entry } from "./Entry.ts"

/** Returns the content of the element that `target` selects, after an entry. */
export const contentAfter = (inside: string, target: string, entry: Entry): string => {
  if (entry._tag !== "Change") return inside
  const { html, swap } = entry
  if (entry.target !== target) {
    const [, id] = /^#([\w-]+)$/.exec(entry.target) ?? []
    const element = id !== undefined && inside.includes(id) ? find(inside, id) : undefined
    return element === undefined ? inside : spliced(inside, element, swap, html)
  }
  switch (swap) {
    case "beforeend":
      return inside + html
    case "afterbegin":
      return html + inside
    case "innerHTML":
      return html
    case "outerHTML": {
      const [element] = elementsIn(html)
      return element === undefined ? "" : html.slice(element.open.end, element.close.start)
    }
    case "delete":
      return ""
  }
}

interface Tag {
  readonly start: number
  readonly end: number
}

/** An element in HTML: `open` and `close` are its tags, both the same if it has no end tag. */
interface Element {
  readonly attributes: string
  readonly open: Tag
  readonly close: Tag
}

type Swap = Extract<Entry, { _tag: "Change" }>["swap"]

const spliced = (inside: string, { close, open }: Element, swap: Swap, html: string): string => {
  const put = (from: number, to: number): string => inside.slice(0, from) + html + inside.slice(to)
  switch (swap) {
    case "beforeend":
      return put(close.start, close.start)
    case "afterbegin":
      return put(open.end, open.end)
    case "innerHTML":
      return put(open.end, close.start)
    case "outerHTML":
      return put(open.start, close.end)
    case "delete":
      return inside.slice(0, open.start) + inside.slice(close.end)
  }
}

const find = (html: string, id: string): Element | undefined =>
  elementsIn(html).find(({ attributes }) => idOf(attributes) === id)

const idOf = (attributes: string): string | undefined => {
  const [, double, single, bare] =
    /(?:^|\s)id\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes) ?? []
  return double ?? single ?? bare
}

const tags = /<!--[\s\S]*?-->|<(\/?)([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi
const isVoid = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i

/** Returns the elements of HTML, each with its tags. An omitted end tag is at that of the parent, or at the end. */
const elementsIn = (html: string): ReadonlyArray<Element> => {
  const elements: Array<Element> = []
  const opened: Array<{ readonly name: string; readonly attributes: string; readonly open: Tag }> = []
  const close = (tag: Tag): void => {
    const last = opened.pop()
    if (last !== undefined) elements.push({ ...last, close: tag })
  }
  for (const { 0: text, 1: slash, 2: name = "", 3: attributes = "", index: start } of html.matchAll(tags)) {
    if (text.startsWith("<!")) continue
    const tag = { start, end: start + text.length }
    if (slash === "") {
      opened.push({ name: name.toLowerCase(), attributes, open: tag })
      if (isVoid.test(name) || attributes.endsWith("/")) close(tag)
      continue
    }
    const at = opened.map((one) => one.name).lastIndexOf(name.toLowerCase())
    // Elements that are open inside it end before its end tag.
    while (at >= 0 && opened.length > at + 1) close({ start, end: start })
    if (at >= 0) close(tag)
  }
  while (opened.length > 0) close({ start: html.length, end: html.length })
  return elements.sort((a, b) => a.open.start - b.open.start)
}
