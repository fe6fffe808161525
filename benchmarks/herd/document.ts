/** Replaces the generated parts of a Markdown page, each between two comments. */

const begin = (name: string): string => `<!-- npm run herd: ${name} -->`
const end = "<!-- end -->"

/** Returns the page with `text` as the part of that name. */
export const withPart = (page: string, name: string, text: string): string => {
  const start = page.indexOf(begin(name))
  const stop = page.indexOf(end, start)
  if (start < 0 || stop < 0) throw new Error(`the page has no part ${begin(name)}`)
  return `${page.slice(0, start)}${begin(name)}\n\n${text}\n\n${page.slice(stop)}`
}
