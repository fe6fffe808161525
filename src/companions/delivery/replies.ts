/** Reads which message a frame answers: `<!--re:ID-->`, `{"HX-Ack": "ID"}`, `{"HX-Nack": "ID"}`, or `"re"` in JSON. */
import { toId } from "../ids.ts"
import { inWords, type Report } from "../notices.ts"

export interface Reply {
  readonly id: string
  /** Why the message was refused; `undefined` if it was not. */
  readonly refusal: string | undefined
}

const jsonIn = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(/^\s*\{/.test(text) && JSON.parse(text))
  } catch {
    return {}
  }
}

const inComments = (text: string): string | undefined =>
  /^\s*(?:<!--id:.*?-->\s*)*<!--re:(.*?)-->/s.exec(text)?.[1]

export const replyIn = (text = "", report: Report): Reply | undefined => {
  const json = jsonIn(text)
  const [first = ""] = Object.keys(json)
  const [key = "re"] = ["HX-Nack", "HX-Ack"].filter((key) => first.startsWith("HX-") && key in json)
  const isGiven = key !== "re" || "content" in json
  const id = toId(isGiven ? json[key] : inComments(text), key, report)
  return id === undefined
    ? undefined
    : { id, refusal: key === "HX-Nack" ? inWords(json.reason ?? "") : undefined }
}
