/** JSON among the frames of a page, most of which are HTML. */

/** Whether a frame can be JSON text at all: a look at its beginning spares HTML the rest. */
export const canBe = (frame: unknown): frame is string => typeof frame === "string" && !/^\s*</.test(frame)

/** What a frame says, where it is JSON text. */
export const parse = (frame: unknown): { readonly json: unknown } | undefined => {
  if (!canBe(frame)) return undefined
  try {
    return { json: JSON.parse(frame) }
  } catch {
    return undefined
  }
}
