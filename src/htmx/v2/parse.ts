/** Frames of HTML, parsed as `makeFragment` of htmx parses them. */
import type { Api2 } from "./HtmxApi.ts"

/**
 * What htmx looks at itself; what differs in a whole document; and comments in all their forms, which
 * `Document.parseHTMLUnsafe` drops and other parsers keep.
 */
const apart = /<(?:\/?(?:hx-|(?:html|head|body|title|script)\b)|[!?]|\/(?![a-z>]))|shadowroot/i

/**
 * HTML that is parsed differently in a `<template>`, where htmx puts all, and in a `<div>`; and elements that, left open,
 * would swallow the end of that template.
 */
const peculiar = /^(?!\s*<[a-z])|<\/?(?:t|col|caption|form|link|meta|bas|bgs|no|style|xmp|iframe|plain)/i

/** In a document of its own as htmx's are: inert, without scripting, and in quirks mode. */
let inert: Element | undefined

/** The same as `makeFragment` of htmx 2, without a new document for each frame, which is most of what that costs. */
export const parse = (api: Pick<Api2, "makeFragment">, html: string): ParentNode => {
  if (apart.test(html)) return api.makeFragment(html)
  inert ??= new DOMParser().parseFromString("<div>", "text/html").querySelector("div") as Element
  const isPlain = !peculiar.test(html) && html.trimEnd().endsWith(">")
  const holder = inert.cloneNode() as Element
  // Chromium has a parser for plain HTML that takes a fifth of the time.
  holder.innerHTML = isPlain ? html : `<template>${html}</template></body>`
  return isPlain ? holder : (holder.firstChild as HTMLTemplateElement).content
}

/** The same on htmx 1.9, which does not find a template that comes first: a parser puts it into the head. */
export const parse1 = (api: Pick<Api2, "makeFragment">, html: string): ParentNode =>
  api.makeFragment(/^\s*<template/i.test(html) ? `<body>${html}` : html)
