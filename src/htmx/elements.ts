/** What is asked of elements, whatever names a page gives to its fields and images. */

/** Returns a member of a node from its prototype: `form.parentNode` may be a field, and a member of `document` an image. */
const memberOf = <N extends Node, K extends keyof N>(node: N, name: K): N[K] =>
  Reflect.get(Object.getPrototypeOf(node), name, node)

export const parentOf = (node: Node): ParentNode | null => memberOf(node, "parentNode")

/** Returns the elements in a document or an element that match a selector. */
export const findAll = (root: Document | Element, selector: string): Iterable<Element> =>
  memberOf(root, "querySelectorAll").call(root, selector)

/** Yields the element itself and those around it, the nearest first, across shadow roots. */
export function* ancestors(element: Element): Generator<Element, undefined> {
  for (let node: Node | null = element; node !== null; ) {
    if (node instanceof Element) yield node
    node = node instanceof ShadowRoot ? node.host : parentOf(node)
  }
}

/** Returns whether an element is in this document. It may have moved to that of a frame. */
export const isOnPage = (element: Element): boolean => element.getRootNode({ composed: true }) === document

/** Returns the id of an element, `""` if it has none. `form.id` may be a field of that name. */
export const idOf = (element: Element): string => element.getAttribute("id") ?? ""

/** Returns whether the page is hidden. `document.hidden` may be an `<img name=hidden>`. */
export const isHidden = (): boolean => document.hidden === true

/** Returns the start tag of an element, by which sentences name it. */
export const describeElement = (element: Element): string =>
  document.importNode(element).outerHTML.replace(/<\/[^<>]*>$/, "")

/** Returns a selector of the elements that have any of these attributes. */
export const selectorOf = (names: ReadonlyArray<string>): string =>
  names.map((name) => `[${name.replace(/[^\w-]/g, "\\$&")}]`).join()
