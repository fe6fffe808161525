/** The message of the page that a frame answers: `<!--re:ID-->`, `{"HX-Ack": "ID"}`, `{"HX-Nack": "ID"}`, or `"re"` in JSON. */
import { controlOf } from "./control.ts"
import { givenIn, toId } from "./ids.ts"
import type { Report } from "./notices.ts"

export interface Reply {
  readonly id: string
  /** Why the message was refused; `undefined` if it was not. */
  readonly refusal: string | undefined
}

export const replyIn = (text: string | undefined, report: Report): Reply | undefined => {
  const control = Object(controlOf(text))
  const [key = "re"] = ["HX-Nack", "HX-Ack"].filter((key) => key in control)
  const id = toId(key === "re" ? givenIn(text, key) : control[key], key, report)
  return id === undefined
    ? undefined
    : { id, refusal: key === "HX-Nack" ? String(control.reason ?? "") : undefined }
}
