/** An element as a sentence names it: its start tag. */
export const nameOf = (element: Element): string =>
  (element.cloneNode() as Element).outerHTML.replace(/<\/[^>]*>$/, "")
