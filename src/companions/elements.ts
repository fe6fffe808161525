/** Elements across the borders of shadow trees, and by id. */

/** The id of an element, also of a form that has a field with this name. */
export const idOf = (element: Element): string | null => element.getAttribute("id")

/** The tree in which the selectors of an element are looked up: its shadow tree, if it is in one. */
export const rootOf = (element: Element): Document | ShadowRoot =>
  element.isConnected ? (element.getRootNode() as Document | ShadowRoot) : document

/** The parent of an element; of one at the top of a shadow tree, the host. */
export const parentOf = (element: Element): Element | undefined =>
  element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host

/** The nearest element that a selector matches: the element itself, or one around it. */
export const closest = (element: Element, selector: string): Element | undefined => {
  for (let at: Element | undefined = element; at; at = (at.getRootNode() as Partial<ShadowRoot>).host) {
    const found = at.closest(selector)
    if (found) return found
  }
  return undefined
}
