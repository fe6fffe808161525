/** Finds elements, also across the borders of shadow trees. */

/** Returns the id of an element. `form.id` may be a field of that name. */
export const idOf = (element: Element): string | null => element.getAttribute("id")

/** Returns the tree in which the selectors of an element are looked up: its shadow tree, if it is in one. */
export const rootOf = (element: Element): Document | ShadowRoot =>
  element.isConnected ? (element.getRootNode() as Document | ShadowRoot) : document

/** Returns the parent of an element, or the host if it is at the top of a shadow tree. */
export const parentOf = (element: Element): Element | undefined =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host

/** Returns the nearest element that a selector matches: the element itself, or one around it. */
export const closest = (element: Element, selector: string): Element | undefined => {
  for (let at: Element | undefined = element; at; at = (at.getRootNode() as Partial<ShadowRoot>).host) {
    const found = at.closest(selector)
    if (found) return found
  }
  return undefined
}
