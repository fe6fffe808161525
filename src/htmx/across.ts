/** Upwards from an element, across shadow roots. */

/** What `find` finds first: at the element, or at one around it. */
export const across = <T>(element: Element, find: (at: Element) => T | undefined): T | undefined => {
  for (let node: Node | null = element; node !== null; ) {
    const found = node instanceof Element ? find(node) : undefined
    if (found !== undefined) return found
    node = node instanceof ShadowRoot ? node.host : node.parentNode
  }
  return undefined
}
