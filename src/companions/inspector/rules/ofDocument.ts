/** Makes the page that rules check from a document. */
import type { Htmx } from "../../Htmx.ts"
import type { Attribute, HtmxLine, Page, Tag } from "./Page.ts"
import { canonical, spellingOf } from "./spelling.ts"

/** An element of a page. */
interface ElementTag extends Tag {
  readonly element: Element
}

const parentOf = (element: Element): Element | null =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null

export const lineOf = ({ version }: Pick<Htmx, "version">): HtmxLine =>
  version.startsWith("1.") ? "1.9" : version.startsWith("2.") ? "2" : "4"

/** Returns the page of a document, or of a part of it. */
export const pageOf = (htmx: Htmx, root: ParentNode): Page => {
  const spelling = spellingOf(htmx)
  const tags = new Map<Element, ElementTag>()
  const tagOf = (element: Element): ElementTag => {
    const before = tags.get(element)
    if (before !== undefined) return before
    const tag: ElementTag = {
      element,
      name: element.localName,
      get parent() {
        const parent = parentOf(element)
        return parent === null ? undefined : tagOf(parent)
      },
      attributes: Array.from(
        element.attributes,
        ({ name, value }): Attribute => ({ name: canonical(name, spelling), written: name, value }),
      ),
      text: element instanceof HTMLScriptElement ? element.text : "",
    }
    tags.set(element, tag)
    return tag
  }
  const elements = [...(root instanceof Element ? [root] : []), ...root.querySelectorAll("*")]
  const { metaCharacter } = spelling
  return { htmx: lineOf(htmx), metaCharacter, isWhole: true, tags: elements.map(tagOf) }
}

export const elementOf = (tag: Tag): Element => (tag as ElementTag).element
