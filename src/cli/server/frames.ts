/** Reads the frames of a server as pages do. */
import { controlOf } from "../../companions/control.ts"
import { replyIn } from "../../companions/delivery/replies.ts"
import { idIn, isId } from "../../companions/ids.ts"
import type { Frame, Place } from "../../companions/inspector/frame.ts"
import { checkFrame } from "../../companions/inspector/rules/frames.ts"
import { targetOf } from "../../companions/inspector/rules/ids.ts"
import { attributeOf, type Tag } from "../../companions/inspector/rules/Page.ts"
import { defaultSpelling } from "../../companions/inspector/rules/spelling.ts"
import { readTemplate } from "../template.ts"

/** What a server did wrong. */
export interface Fault {
  readonly fault: string
}

export type Wire = "html" | "htmx 4"

/** Returns the id of a frame, if it has one. */
export const idOf = (frame: string): string | undefined => {
  const id = idIn(frame)
  return isId(id) ? id : undefined
}

/** Returns the object of a control frame. */
export const control = (frame: string): Readonly<Record<string, unknown>> | undefined => {
  const read = controlOf(frame)
  return read instanceof Error ? undefined : read
}

/** Returns a frame for a sentence, shortened if it is long. */
export const shown = (frame: string): string => (frame.length > 80 ? `${frame.slice(0, 80)}…` : frame)

/** Returns the state of a message, if the frame is the answer to it. */
export const answerTo = (frame: string, message: string): "acked" | "failed" | undefined => {
  const reply = replyIn(frame, () => {})
  const isShown = readTemplate("", frame, defaultSpelling).tags.some(
    (tag) => attributeOf(tag, "ws-message")?.value === message,
  )
  if (isShown) return "acked"
  if (reply?.id !== message) return undefined
  return reply.refusal === undefined ? "acked" : "failed"
}

/** Returns whether the frame reports to a page that has resumed that everything was sent. */
export const isEnd = (frame: string): boolean => control(frame)?.["HX-Resync"] === false

/** Returns whether the frame asks the page to fetch the state. */
export const isResync = (frame: string): boolean => control(frame)?.["HX-Resync"] === true

/** Returns why pages do not read the id in a frame; `undefined` if they do, or there is none. */
export const wrongId = (frame: string): string | undefined => {
  if (idOf(frame) !== undefined) return undefined
  const id = idIn(frame)
  if (id !== undefined && id !== null && id !== "")
    return `its id is ${JSON.stringify(id)}, expected 1 to 128 letters, digits and _ . : , ~ -`
  if (/<!--\s*id:/.test(frame)) return "its id is in no comment like <!--id:7f-42--> at the very start"
  if (/^\s*\{\s*"id".*"HX-/s.test(frame)) return "its first key is id, expected one that begins with HX-"
  return undefined
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isTemplate = (tag: Tag | undefined): boolean =>
  tag?.name === "template" && attributeOf(tag, "id") === undefined && !attributeOf(tag, "hx-swap-oob")

/** Returns the elements of HTML that are swapped: top-level ones, and those in top-level templates. */
const elementsIn = (html: string): ReadonlyArray<Tag> =>
  readTemplate("", html, defaultSpelling).tags.filter(
    (tag) => !isTemplate(tag) && (tag.parent === undefined || (isTemplate(tag.parent) && !tag.parent.parent)),
  )

const withoutComments = (html: string): string => html.replace(/<!--.*?-->/gs, "").trim()

const placeOf = (tag: Tag): Place => ({
  selector: targetOf(attributeOf(tag, "id")?.value ?? "", attributeOf(tag, "hx-swap-oob")?.value ?? ""),
  style: "",
  isFound: true,
  nearest: undefined,
})

/** Makes the frame that rules of the inspector check. Nothing is known about its page. */
const read = (text: string, wire: Wire): Frame => {
  const nothing = { keys: [], places: [], loose: "", ignoredIds: [], length: text.length, text: shown(text) }
  const json = jsonOf(text)
  if (json !== undefined && json !== null && typeof json === "object") {
    const keys = Object.keys(json)
    if (keys[0]?.startsWith("HX-")) return { ...nothing, kind: "control frame", keys }
    return { ...nothing, kind: wire === "htmx 4" && keys.includes("content") ? "HTML in JSON" : "JSON", keys }
  }
  const html = withoutComments(text)
  const elements = elementsIn(html)
  const loose = elements.length === 0 ? html : ""
  if (wire === "htmx 4") return { ...nothing, kind: html === "" ? "text" : "HTML" }
  return { ...nothing, kind: loose === "" ? "HTML" : "text", places: elements.map(placeOf), loose }
}

/** Returns whether a frame may change what a page shows. */
export const changes = (text: string, wire: Wire): boolean => {
  const { kind, places } = read(text, wire)
  if (kind === "HTML in JSON") return true
  return kind === "HTML" && (wire === "htmx 4" || places.some(({ selector }) => selector !== undefined))
}

/** Returns whether a frame adds to what the page shows. One that replaces it may contain everything. */
export const adds = (text: string): boolean =>
  /(?:hx-swap-oob|"swap")\s*[=:]\s*["']?(?:beforeend|afterbegin|beforebegin|afterend)/.test(text)

/** Returns what is wrong with a frame on any page. */
export const problemOf = (text: string, wire: Wire): string | undefined => {
  const [problem] = checkFrame(read(text, wire), wire === "html")
  return problem && `${problem.sentence}. ${problem.fix}`
}
