/** Sentences for the developer of a page, on the console and in errors. */
import { inWords } from "../core/inWords.ts"
import { describeElement } from "./elements.ts"

/** Writes a sentence on the console: each once, and no more than 99, since all are remembered. */
export type Report = (sentence: string, write?: (line: string) => void) => void

export const makeReport = (script: "ws" | "hx-ws"): Report => {
  const written = new Set<string>()
  return (sentence, write = console.error) => {
    if (written.size < 99 && written.size < written.add(sentence).size)
      write(`htmx: [${script}] ${sentence.slice(0, 999)}`)
  }
}

/** Returns the sentence that an element sent nothing, and why. */
export const unsent = (element: Element, reason: string): string =>
  `${describeElement(element)} sent nothing: ${reason}`

/** Makes the error of something that threw `cause`. */
export const failure = (what: string, cause: unknown): Error =>
  new Error(`${what}: ${inWords(cause)}`, { cause })

/** Returns the sentence that an element cannot be swapped. It quotes the beginning of its HTML. */
export const unswapped = (element: Element): string => `${element.outerHTML.slice(0, 200)} cannot be swapped`
