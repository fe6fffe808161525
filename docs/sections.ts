/** Writes figures into a page, between two comments. The text around them is written by hand, and is kept. */
import { readFileSync, writeFileSync } from "node:fs"

/** Replaces the text between `<!-- measured: section -->` and the next `<!-- end -->` of a file. */
export const writeSection = (file: string, section: string, text: string): void => {
  const [begin, end] = [`<!-- measured: ${section} -->`, "<!-- end -->"]
  const page = readFileSync(file, "utf8")
  const from = page.indexOf(begin) + begin.length
  const to = page.indexOf(end, from)
  if (from < begin.length || to < 0 || page.slice(from, to).includes("<!-- measured:"))
    throw new Error(`${file} has no section ${begin} … ${end}`)
  writeFileSync(file, `${page.slice(0, from)}\n\n${text}\n\n${page.slice(to)}`)
}
