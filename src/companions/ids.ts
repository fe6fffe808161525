/** What a frame says about itself: `id`, its place in what the server has sent, and `re`, the message that it answers. */
import { controlOf } from "./control.ts"
import type { Report } from "./notices.ts"

/** Whether it can be an id: they are opaque. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.:,~-]{1,128}$/.test(value)

/** `value` if it is an id, and `undefined` otherwise, which is reported unless there was none. */
export const toId = (value: unknown, where: string, report: Report): string | undefined => {
  if (isId(value)) return value
  if (value != null && value !== "")
    report(`${where} is "${value}", expected 1 to 128 letters, digits and _ . : , ~ - (it counts as none)`)
  return undefined
}

const inComments = (text: string, key: string): string | undefined => {
  const [comments = ""] = /^\s*(?:<!--(?:id|re):.*?-->\s*)*/s.exec(text) ?? []
  return RegExp(`<!--${key}:(.*?)-->`, "s").exec(comments)?.[1]
}

/** HTML in JSON, as on htmx 4, has the ids beside it; JSON without HTML is data of the page. */
const besideContent = (text: string): object | undefined => {
  try {
    const json = JSON.parse(text)
    return "content" in json ? json : undefined
  } catch {
    return undefined
  }
}

/** What a frame gives for `key`: in a comment at the start of HTML, in JSON beside `content`, or in a control frame. */
export const givenIn = (text: string | undefined, key: "id" | "re"): unknown => {
  if (text === undefined) return undefined
  if (!/^\s*\{/.test(text)) return inComments(text, key)
  const control = controlOf(text)
  return Object(control instanceof Error ? undefined : (control ?? besideContent(text)))[key]
}
