/** Writes a sentence of a companion on the console, unless it has written it already. */
export type Report = (sentence: string) => void

/** Frames may cause any number of sentences, of any length: only this many are written, and remembered. */
const most = 99
const longest = 500

export const makeReport = (companion: string): Report => {
  const written = new Set<string>()
  return (sentence) => {
    const line = `htmx: [ws-${companion}] ${sentence}`.slice(0, longest)
    if (written.size < most && !written.has(line)) {
      written.add(line)
      console.error(line)
    }
  }
}

/** Returns a value from a frame or an attribute as text, or its type if `String` throws, as for `{"toString": 1}`. */
export const inWords = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
