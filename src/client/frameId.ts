/** What a frame says about its place in what the server sends (PROTOCOL.md, section 7). */

/** Whether it can be an id: they are opaque. */
export const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.:,~-]{1,128}$/.test(value)

/** The object of a frame of JSON. */
const objectOf = (frame: unknown): Readonly<Record<string, unknown>> => {
  if (typeof frame !== "string" || !/^\s*\{/.test(frame)) return {}
  try {
    return JSON.parse(frame)
  } catch {
    return {}
  }
}

/** What a frame gives as its id: in a comment at the start of HTML, or as `id` of a JSON object. */
export const givenId = (frame: unknown): unknown => {
  const [comments = ""] = /^\s*(?:<!--(?:id|re):.*?-->\s*)*/s.exec(String(frame)) ?? []
  return /<!--id:(.*?)-->/s.exec(comments)?.[1] ?? objectOf(frame).id
}

/** The control frame by which a server says that the program lacks something (`true`), or has been sent everything. */
export const resyncOf = (
  frame: unknown,
): { readonly isNeeded: boolean; readonly id: unknown } | undefined => {
  if (typeof frame !== "string" || !/^\s*\{\s*"HX-/.test(frame)) return undefined
  const { "HX-Resync": resync, id } = objectOf(frame)
  return resync === undefined ? undefined : { isNeeded: resync === true, id }
}
