/** Finds the elements to swap in a frame of HTML. */

/** Parses HTML as htmx does, and applies its rules for scripts. */
type Parse = (html: string) => ParentNode

/**
 * Returns the top-level elements of a frame, and those in bare `<template>`s, which rows need, since a `<tr>` cannot stand
 * alone in HTML. A template with an id or a swap of its own is an element like others.
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

/** Returns the content of a template, its scripts parsed by htmx, which does not look for any inside a template. */
const unwrap = (template: HTMLTemplateElement, parse: Parse): ParentNode => {
  for (const script of template.content.querySelectorAll("script")) {
    const parsed = [...parse(script.outerHTML).children] as Array<HTMLElement>
    // htmx clones what it swaps, and a clone has only a nonce that is an attribute.
    for (const element of parsed) if (element.nonce) element.setAttribute("nonce", element.nonce)
    script.replaceWith(...parsed)
  }
  return template.content
}
