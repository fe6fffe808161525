/** Parses frames of HTML, with the result of `makeFragment` of htmx. */
import type { Api2 } from "./HtmxApi.ts"

/**
 * Matches HTML that is left to htmx's own `makeFragment`: tags that htmx itself handles; those that a whole document
 * handles differently; `<noscript>`, whose content Firefox takes for text in `innerHTML`; and comments in all their forms,
 * which `Document.parseHTMLUnsafe` drops and other parsers keep.
 */
const leftToHtmx = /<(?:\/?(?:hx-|(?:html|head|body|title|(?:no)?script)\b)|[!?]|\/(?![a-z>]))|shadowroot/i

/**
 * Matches HTML that has to be parsed inside a `<template>`, as htmx does, since a `<div>` would parse it differently: text
 * at the start, and elements such as rows; and elements that, left open, swallow the end tag of htmx's template.
 */
const needsTemplate = /^(?!\s*<[a-z])|<\/?(?:t|col|caption|form|link|meta|bas|bgs|no|style|xmp|iframe|plain)/i

/** An empty `<div>`, cloned for each frame, in a document as htmx's are: inert, without scripting, in quirks mode. */
let blank: Element | undefined

/** Returns what `makeFragment` of htmx 2 does, but makes no document for each frame, which is most of the cost. */
export const parse = (api: Pick<Api2, "makeFragment">, html: string): ParentNode => {
  if (leftToHtmx.test(html)) return api.makeFragment(html)
  blank ??= new DOMParser().parseFromString("<div>", "text/html").querySelector("div") as Element
  const isPlain = !needsTemplate.test(html) && html.trimEnd().endsWith(">")
  const holder = blank.cloneNode() as Element
  // Chromium has a parser for plain HTML that takes a fifth of the time.
  holder.innerHTML = isPlain ? html : `<template>${html}</template></body>`
  return isPlain ? holder : (holder.firstChild as HTMLTemplateElement).content
}

/** Returns what `makeFragment` of htmx 1.9 does, but finds a template at the start, too, which a parser puts into the head. */
export const parse1 = (api: Pick<Api2, "makeFragment">, html: string): ParentNode =>
  api.makeFragment(/^\s*<template/i.test(html) ? `<body>${html}` : html)
