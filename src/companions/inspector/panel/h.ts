type Child = Node | string

/** Makes an element with properties, attributes (names that are no property of it) and children. */
export const h = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  props: { readonly [prop: string]: unknown } = {},
  ...children: ReadonlyArray<Child>
): HTMLElementTagNameMap[Name] => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(props))
    if (key in element) Reflect.set(element, key, value)
    else element.setAttribute(key, String(value))
  element.append(...children)
  return element
}

/** Sets the text of an element unless it is the same: a selection stays, and nothing is read out twice. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}
