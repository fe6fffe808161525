/** Frames of HTML: each top-level element is one to swap. */

/** Parses HTML as htmx does, which sees to the scripts in it. */
type Parse = (html: string) => ParentNode

/**
 * The elements of a frame. Rows may come in a bare `<template>`, since a `<tr>` cannot stand alone in HTML; one with an
 * id or a swap of its own is an element like others.
 */
export const elementsOf = (
  fragment: ParentNode,
  parse?: Parse,
  elements: Array<Element> = [],
): Array<Element> => {
  for (const child of fragment.children) {
    if (!(child instanceof HTMLTemplateElement) || child.matches("[id],[hx-swap-oob],[data-hx-swap-oob]"))
      elements.push(child)
    else elementsOf(parse === undefined ? child.content : unwrap(child, parse), parse, elements)
  }
  return elements
}

/** What is in a template. htmx sees to scripts when it parses them, and sees none in a template. */
const unwrap = (template: HTMLTemplateElement, parse: Parse): ParentNode => {
  for (const script of template.content.querySelectorAll("script")) {
    const seen = [...parse(script.outerHTML).children] as Array<HTMLElement>
    // A nonce that is no attribute is lost when htmx clones what it swaps.
    for (const element of seen) if (element.nonce) element.setAttribute("nonce", element.nonce)
    script.replaceWith(...seen)
  }
  return template.content
}
