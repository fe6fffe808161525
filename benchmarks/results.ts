/** Writes the tables in `RESULTS.md`. The text around them is written by hand, and is kept. */
import { readFileSync, writeFileSync } from "node:fs"

const file = "benchmarks/RESULTS.md"

/** Replaces the text between the two comments that name the section. */
export const writeSection = (section: string, text: string): void => {
  const [begin, end] = [`<!-- measured: ${section} -->`, "<!-- end -->"]
  const results = readFileSync(file, "utf8")
  const from = results.indexOf(begin) + begin.length
  const to = results.indexOf(end, from)
  if (from < begin.length || to < 0) throw new Error(`${file} has no section ${begin} … ${end}`)
  writeFileSync(file, `${results.slice(0, from)}\n\n${text}\n\n${results.slice(to)}`)
}
