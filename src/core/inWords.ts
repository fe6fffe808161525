/** A value in a sentence: its text, or its type where it has none. */
export const inWords = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
