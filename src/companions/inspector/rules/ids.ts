/** Rules about the targets of elements in frames. */
import type { Said } from "./Rule.ts"

/** Returns the selector of an element's target, if it has one. */
export const targetOf = (id: string, oob: string): string | undefined => {
  const at = oob.indexOf(":")
  if (at > 0) return oob.slice(at + 1)
  return id === "" ? undefined : `#${id}`
}

export const unknownId = (selector: string, nearest: string | undefined): Said => ({
  sentence: `A frame is for ${selector.slice(0, 200)}, which is not on the page`,
  fix: nearest
    ? `Is it #${nearest}? Write the same id in the frame and on the page.`
    : `Put an element with id="${selector.replace(/^#/, "").slice(0, 200)}" on the page, or correct the frame.`,
})
