/** What we ask of elements. */

/** What `find` finds first: at the element, or at one around it. */
export const across = <T>(element: Element, find: (at: Element) => T | undefined): T | undefined => {
  for (let node: Node | null = element; node !== null; ) {
    const found = node instanceof Element ? find(node) : undefined
    if (found !== undefined) return found
    node = node instanceof ShadowRoot ? node.host : node.parentNode
  }
  return undefined
}

/** An element as a sentence names it: its start tag. */
export const describeElement = (element: Element): string =>
  (element.cloneNode() as Element).outerHTML.replace(/<\/[^>]*>$/, "")

const known = new Map<string, string>()

/** The selector of elements that bear any of these attributes. A page spells them in one way or two. */
export const selectorOf = (names: ReadonlyArray<string>): string => {
  const key = names.join()
  let selector = known.get(key)
  if (selector === undefined) {
    selector = names.map((name) => `[${name.replace(/[^\w-]/g, "\\$&")}]`).join()
    known.set(key, selector)
  }
  return selector
}
