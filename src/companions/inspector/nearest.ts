/** Returns how many letters have to be inserted, removed or replaced to turn one text into another. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1]),
      )
    row = next
  }
  return row[b.length] as number
}

const plain = (id: string): string => id.toLowerCase().replace(/[-_.:\s]/g, "")

/** The longest id that is compared: the time of a comparison is the product of both lengths. */
const longest = 100

/** Returns the id that `id` was probably meant to be; `undefined` if none is similar. */
export const nearest = (id: string, ids: Iterable<string>): string | undefined => {
  if (id.length > longest) return undefined
  const wanted = plain(id)
  let best: string | undefined
  // A third of the letters may differ. An id that differs only in case and separators always wins.
  let least = Math.max(2, wanted.length / 3)
  for (const candidate of ids) {
    if (candidate === "" || candidate === id) continue
    const here = plain(candidate)
    const far = Math.abs(here.length - wanted.length) > least ? least : distance(wanted, here)
    if (far < least) {
      best = candidate
      least = far
    }
  }
  return best
}
