/** A control frame: a JSON object whose first key begins with `HX-`, in the vocabulary of htmx's response headers. */
export type Control = Readonly<Record<string, unknown>>

/** Parses a control frame. Returns `undefined` for other frames, and an error if it is not valid JSON. */
export const controlOf = (text: unknown): Control | SyntaxError | undefined => {
  if (typeof text !== "string" || !/^\s*\{\s*"HX-/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    return error as SyntaxError
  }
}
