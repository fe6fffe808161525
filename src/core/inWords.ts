/** Returns a value as text for a sentence, or its type if `String` throws. */
export const inWords = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
