/** `npx htmx-ext-effect-ws lint "templates/**"` */
import fs from "node:fs"
import { extname } from "node:path"
import type { HtmxLine } from "../companions/inspector/rules/Page.ts"
import { count, fail, note, parse, print } from "./console.ts"
import { examples } from "./examples.ts"
import { explain } from "./explain.ts"
import { fix, lint } from "./lint.ts"

const usage = `Usage: htmx-ext-effect-ws lint [options] <files, folders or patterns>

Finds mistakes with WebSockets in templates: HTML, Jinja, Go, EJS, templ and others that look like HTML.

  --fix             rewrite what can be rewritten safely
  --htmx <version>  the htmx that they are for: 1.9, 2 or 4 (otherwise what they load or use)
  --json            print the mistakes as JSON
  --explain <rule>  print a rule with a bad and a good page

Exits with 1 if a mistake is left, and with 2 if it cannot run.
`

const options = {
  fix: { type: "boolean" },
  json: { type: "boolean" },
  htmx: { type: "string" },
  explain: { type: "string" },
} as const

/** The endings of the files in a folder or pattern that are checked. A file that is named itself is always checked. */
const endings = new Set(
  ".html .htm .xhtml .jinja .jinja2 .j2 .njk .twig .liquid .tmpl .gotmpl .gohtml .tpl .templ .ejs .erb .eta .hbs .mustache .php .vue .astro .svelte .cshtml .heex .leex".split(
    " ",
  ),
)

const filesOf = (pattern: string): ReadonlyArray<string> => {
  const isFolder = fs.statSync(pattern, { throwIfNoEntry: false })?.isDirectory()
  if (isFolder === false) return [pattern]
  return fs
    .globSync(isFolder ? `${pattern}/**/*` : pattern, {
      exclude: (name) => String(name).endsWith("node_modules"),
    })
    .filter((path) => endings.has(extname(path)) && fs.statSync(path).isFile())
}

const explainRule = (rule: string): void => {
  const example = examples.find((one) => one.rule === rule)
  if (example) print(explain(example))
  else fail(`There is no rule ${rule}: there are ${examples.map(({ rule }) => rule).join(", ")}.`)
}

export const lintFiles = (args: Array<string>): void => {
  const { positionals: patterns, values } = parse(args, options, usage)
  if (values.htmx !== undefined && !/^(?:1\.9|2|4)$/.test(values.htmx))
    fail(`--htmx ${values.htmx} is no htmx: expected 1.9, 2 or 4.`)
  if (values.explain !== undefined) {
    explainRule(values.explain)
    return
  }
  if (patterns.length === 0) fail(usage)
  const paths = [...new Set(patterns.flatMap(filesOf))].sort()
  if (paths.length === 0)
    fail(`No template is named by ${patterns.join(" ")}: give files, folders or patterns in quotes.`)
  const files = paths.map((path) => ({ path, text: fs.readFileSync(path, "utf8") }))
  const { fixed, found, htmx } = (values.fix ? fix : lint)(files, values.htmx as HtmxLine | undefined)
  if (values.fix) for (const { path, text } of fixed) fs.writeFileSync(path, text)
  if (values.json) print(JSON.stringify(found, null, 2))
  else {
    for (const { column, fix, line, path, rule, sentence } of found)
      print(`${path}:${line}:${column} ${rule}: ${sentence}. ${fix}`)
    const edits = fixed.reduce((sum, { edits }) => sum + edits, 0)
    const done = values.fix ? `, ${count(edits, "mistake")} fixed` : ""
    const fixable = found.filter(({ isFixable }) => isFixable).length
    const hint = fixable > 0 ? ` (--fix rewrites ${fixable})` : ""
    note(`${count(found.length, "mistake")}${hint} in ${count(paths.length, "file")} for htmx ${htmx}${done}`)
  }
  if (found.length > 0) process.exitCode = 1
}
