/** Frames of HTML, parsed as `makeFragment` of htmx parses them. */
import type { Api2 } from "./HtmxApi.ts"

/**
 * HTML that is left to htmx's own `makeFragment`: what htmx looks at itself; what differs in a whole document; what is
 * in `<noscript>`, which Firefox takes for text in `innerHTML`; and comments in all their forms, which
 * `Document.parseHTMLUnsafe` drops and other parsers keep.
 */
const leftToHtmx = /<(?:\/?(?:hx-|(?:html|head|body|title|(?:no)?script)\b)|[!?]|\/(?![a-z>]))|shadowroot/i

/**
 * HTML that needs a `<template>`, as htmx has it, since a `<div>` parses it differently: text in front, and elements like
 * rows; and elements that, left open, would swallow the end of that template.
 */
const needsTemplate = /^(?!\s*<[a-z])|<\/?(?:t|col|caption|form|link|meta|bas|bgs|no|style|xmp|iframe|plain)/i

/** An empty `<div>`, cloned for each frame, in a document as htmx's are: inert, without scripting, in quirks mode. */
let blank: Element | undefined

/** The same as `makeFragment` of htmx 2, without a new document for each frame, which is most of what that costs. */
export const parse = (api: Pick<Api2, "makeFragment">, html: string): ParentNode => {
  if (leftToHtmx.test(html)) return api.makeFragment(html)
  blank ??= new DOMParser().parseFromString("<div>", "text/html").querySelector("div") as Element
  const isPlain = !needsTemplate.test(html) && html.trimEnd().endsWith(">")
  const holder = blank.cloneNode() as Element
  // Chromium has a parser for plain HTML that takes a fifth of the time.
  holder.innerHTML = isPlain ? html : `<template>${html}</template></body>`
  return isPlain ? holder : (holder.firstChild as HTMLTemplateElement).content
}

/** The same on htmx 1.9, which does not find a template that comes first: a parser puts it into the head. */
export const parse1 = (api: Pick<Api2, "makeFragment">, html: string): ParentNode =>
  api.makeFragment(/^\s*<template/i.test(html) ? `<body>${html}` : html)
