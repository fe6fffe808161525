/** The ids of frames, and of messages of the page. */
import { controlOf } from "./control.ts"
import { inWords, type Report } from "./notices.ts"

/** Returns whether a value can be an id. Ids are opaque. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.:,~-]{1,128}$/.test(value)

/** Returns `value` if it can be an id, and `undefined` otherwise. Reports an invalid one. */
export const toId = (value: unknown, where: string, report: Report): string | undefined => {
  if (isId(value)) return value
  if (value != null && value !== "")
    report(
      `${where} is "${inWords(value)}", expected 1 to 128 letters, digits and _ . : , ~ - (it counts as none)`,
    )
  return undefined
}

const inComments = (text: string): string | undefined => {
  const [comments = ""] = /^\s*(?:<!--(?:id|re):.*?-->\s*)*/s.exec(text) ?? []
  return /<!--id:(.*?)-->/s.exec(comments)?.[1]
}

/** Parses JSON with HTML in it, as on htmx 4, whose id is beside `content`. JSON without HTML is data for the page. */
const besideContent = (text: string): object | undefined => {
  try {
    const json = JSON.parse(text)
    return "content" in json ? json : undefined
  } catch {
    return undefined
  }
}

/** Returns the `id` of a frame: in a comment at the start of HTML, in JSON beside `content`, or in a control frame. */
export const idIn = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  if (!/^\s*\{/.test(text)) return inComments(text)
  const control = controlOf(text)
  return Object(control instanceof Error ? undefined : (control ?? besideContent(text))).id
}
