/** What a room sends to all that are in it, as its log keeps it, and the frames that are made of it. */
import * as Schema from "effect/Schema"
import { escapeHtml, type Html } from "./html.ts"

/** How HTML gets into a page, in the words of htmx's `hx-swap-oob`. */
const Swap = Schema.Literals(["beforeend", "afterbegin", "innerHTML", "outerHTML", "delete"])

export const Entry = Schema.Union([
  /** HTML for the elements that a selector names. */
  Schema.TaggedStruct("Change", { swap: Swap, target: Schema.String, html: Schema.String }),
  /** HTML that says itself where it belongs. */
  Schema.TaggedStruct("Fragments", { html: Schema.String }),
  Schema.TaggedStruct("Signal", { name: Schema.String, value: Schema.Json }),
])

/** What a room sends to all that are in it. */
export type Entry = typeof Entry.Type

export type Change = Extract<Entry, { _tag: "Change" }>

/** Makes a frame, whose id is that of the place in the log that a page is at when it has applied it. */
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

/** The HTML of a change. htmx takes off the element around what it puts into another. */
export const changeOf = ({ html, swap, target }: Change): string => {
  const attribute = `hx-swap-oob="${escapeHtml(`${swap}:${target}`)}"`
  if (swap === "outerHTML") return html.replace(tag, `$& ${attribute}`)
  const wrapper = wrapperOf(html)
  return `<${wrapper} ${attribute}>${html}</${wrapper}>`
}

const tag = /^\s*<[a-zA-Z][^\s/>]*/

/** Whether HTML begins with an element, which can replace another. */
export const isElement = ({ source }: Html): boolean => tag.test(source)

/** Parts of tables lose their tags anywhere else. */
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
