/** A control frame: a JSON object whose first key begins with `HX-`, in the vocabulary of htmx's response headers. */
export type Control = Readonly<Record<string, unknown>>

/** The object of a control frame, `undefined` if the text is another frame, and an error if it cannot be read. */
export const controlOf = (text: unknown): Control | SyntaxError | undefined => {
  if (typeof text !== "string" || !/^\s*\{\s*"HX-/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    return error as SyntaxError
  }
}
