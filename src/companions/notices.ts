/** Writes a sentence of a companion on the console, unless it has written it already. */
export type Report = (sentence: string) => void

export const makeReport = (companion: string): Report => {
  const written = new Set<string>()
  return (sentence) => {
    if (!written.has(sentence)) console.error(`htmx: [ws-${companion}] ${sentence}`)
    written.add(sentence)
  }
}
