/** Writes a sentence of a companion on the console, unless it has written it already. */
export type Report = (sentence: string) => void

/** Frames may bring any number of sentences, of any length: only so many are written, and remembered. */
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

/** The text of a value that a frame or an attribute has brought: `{"toString": 1}` has none, but a type. */
export const inWords = (value: unknown): string => {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
