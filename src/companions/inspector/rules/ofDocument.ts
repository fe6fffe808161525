/** A document as rules see it. */
import type { Htmx } from "../../Htmx.ts"
import type { Attribute, HtmxLine, Page, Tag } from "./Page.ts"

/** An element of a page. */
interface ElementTag extends Tag {
  readonly element: Element
}

const parentOf = (element: Element): Element | null =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null

export const lineOf = ({ version }: Pick<Htmx, "version">): HtmxLine =>
  version.startsWith("1.") ? "1.9" : version.startsWith("2.") ? "2" : "4"

/** The name of an attribute as it is by default. */
const canonical = (written: string, { config }: Htmx): string => {
  const { metaCharacter, prefix } = config
  const bare = written.replace(/^data-(?=hx-|ws-)/, "")
  const named = prefix && bare.startsWith(String(prefix)) ? `hx-${bare.slice(String(prefix).length)}` : bare
  return metaCharacter && named.startsWith("hx-") ? named.replaceAll(String(metaCharacter), ":") : named
}

/** The tags of a document, or of a part of it. */
export const pageOf = (htmx: Htmx, root: ParentNode): Page => {
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
        ({ name, value }): Attribute => ({ name: canonical(name, htmx), written: name, value }),
      ),
      get text() {
        return element instanceof HTMLScriptElement ? element.text : ""
      },
    }
    tags.set(element, tag)
    return tag
  }
  const elements = [...(root instanceof Element ? [root] : []), ...root.querySelectorAll("*")]
  return { htmx: lineOf(htmx), isWhole: true, tags: elements.map(tagOf) }
}

export const elementOf = (tag: Tag): Element => (tag as ElementTag).element
