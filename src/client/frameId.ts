/** Reads the ids of frames (PROTOCOL.md, section 7). */

/** Returns whether a value can be an id. Ids are opaque. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.:,~-]{1,128}$/.test(value)

/** Parses a frame of a JSON object. Returns `{}` for any other. */
const objectOf = (frame: unknown): Readonly<Record<string, unknown>> => {
  if (typeof frame !== "string" || !/^\s*\{/.test(frame)) return {}
  try {
    return JSON.parse(frame)
  } catch {
    return {}
  }
}

/** Returns what a frame gives as its id: in a comment at the start of HTML, or as `id` of a JSON object. */
export const givenId = (frame: unknown): unknown => {
  const [comments = ""] = /^\s*(?:<!--(?:id|re):.*?-->\s*)*/s.exec(String(frame)) ?? []
  return /<!--id:(.*?)-->/s.exec(comments)?.[1] ?? objectOf(frame).id
}

/**
 * Reads the control frame by which a server reports that it no longer has what the program missed (`isNeeded`), or has sent
 * all of it. Returns `undefined` for any other frame.
 */
export const resyncOf = (
  frame: unknown,
): { readonly isNeeded: boolean; readonly id: unknown } | undefined => {
  if (typeof frame !== "string" || !/^\s*\{\s*"HX-/.test(frame)) return undefined
  const { "HX-Resync": resync, id } = objectOf(frame)
  return resync === undefined ? undefined : { isNeeded: resync === true, id }
}
