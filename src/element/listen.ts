/** Listens for events at an element, by their names; answers how to stop that. */
export const listen = (
  element: Element,
  listeners: Readonly<Record<string, (event: CustomEvent) => void>>,
): (() => void) => {
  const entries = Object.entries(listeners) as Array<[string, (event: Event) => void]>
  for (const [name, listener] of entries) element.addEventListener(name, listener)
  return () => {
    for (const [name, listener] of entries) element.removeEventListener(name, listener)
  }
}
