/** The entries of a room's log, and their frames. */
import * as Schema from "effect/Schema"
import { escapeHtml, type Html } from "./html.ts"

/** How HTML is swapped into a page: values of htmx's `hx-swap-oob`. */
const Swap = Schema.Literals(["beforeend", "afterbegin", "innerHTML", "outerHTML", "delete"])

export const Entry = Schema.Union([
  /** HTML for the elements that a selector matches. */
  Schema.TaggedStruct("Change", { swap: Swap, target: Schema.String, html: Schema.String }),
  /** HTML whose elements say themselves where they belong. */
  Schema.TaggedStruct("Fragments", { html: Schema.String }),
  Schema.TaggedStruct("Signal", { name: Schema.String, value: Schema.Json }),
])

/** What a room sends to all its pages. */
export type Entry = typeof Entry.Type

export type Change = Extract<Entry, { _tag: "Change" }>

/** Makes a frame. Its id names the place in the log up to which a page has applied everything. */
export const toFrame = (entry: Entry, id: string): string => {
  switch (entry._tag) {
    case "Change":
      return withId(id, changeOf(entry))
    case "Fragments":
      return withId(id, entry.html)
    case "Signal":
      return signalFrame(entry.name, entry.value, id)
  }
}

export const withId = (id: string, html: string): string => `<!--id:${id}-->${html}`

export const signalFrame = (name: string, value: Schema.Json, id?: string): string =>
  JSON.stringify({ "HX-Trigger": { [name]: value }, ...(id === undefined ? {} : { id }) })

/** Returns the HTML of a change. htmx swaps the content of the element around it. */
export const changeOf = ({ html, swap, target }: Change): string => {
  const attribute = `hx-swap-oob="${escapeHtml(`${swap}:${target}`)}"`
  if (swap === "outerHTML") return html.replace(tag, `$& ${attribute}`)
  const wrapper = wrapperOf(html)
  return `<${wrapper} ${attribute}>${html}</${wrapper}>`
}

const tag = /^\s*<[a-zA-Z][^\s/>]*/

/** Returns whether HTML begins with an element, which can replace another. */
export const isElement = ({ source }: Html): boolean => tag.test(source)

/** By tag name, the elements around parts of tables, which a parser drops anywhere else. */
const wrappers: Readonly<Record<string, string>> = {
  tr: "tbody",
  td: "tr",
  th: "tr",
  tbody: "table",
  thead: "table",
  tfoot: "table",
  caption: "table",
  colgroup: "table",
  col: "colgroup",
}

const wrapperOf = (html: string): string =>
  wrappers[/^\s*<([a-zA-Z]+)/.exec(html)?.[1]?.toLowerCase() ?? ""] ?? "div"
