/** Applies the rules to files. */
import { attributeOf, type HtmxLine, isKnown } from "../companions/inspector/rules/Page.ts"
import type { Edit } from "../companions/inspector/rules/Rule.ts"
import { check, type Finding } from "../companions/inspector/rules/rules.ts"
import { idsOf, idsOfFrames } from "./idsOfFrames.ts"
import { spellingOf } from "./spelling.ts"
import { readTemplate, type Template } from "./template.ts"

export interface File {
  readonly path: string
  readonly text: string
}

/** A mistake in a file. Lines and columns are counted from 1. */
export interface Found {
  readonly path: string
  readonly line: number
  readonly column: number
  readonly rule: string
  readonly sentence: string
  readonly fix: string
  /** Whether `--fix` can make the fix. */
  readonly isFixable: boolean
}

export interface Linted {
  readonly htmx: HtmxLine
  readonly found: ReadonlyArray<Found>
  /** The files that change if everything fixable is fixed. */
  readonly fixed: ReadonlyArray<Fixed>
}

/** A file, and how many edits it has had. */
export interface Fixed extends File {
  readonly edits: number
}

/** Returns the version of htmx that templates are for, by the scripts that they load, or else by their attributes. */
export const lineOf = (templates: ReadonlyArray<Template>): HtmxLine => {
  const tags = templates.flatMap(({ tags }) => tags)
  const sources = tags.map((tag) => (tag.name === "script" ? (attributeOf(tag, "src")?.value ?? "") : ""))
  const versions = sources.map((source) => /htmx(?:\.org)?[@/-]v?(1\.9|[24])\b/.exec(source)?.[1])
  const version = versions.find((one) => one !== undefined)
  if (version !== undefined) return version as HtmxLine
  if (sources.some((source) => /\bhx-ws(?:\.all)?(?:\.min)?\.js/.test(source))) return "4"
  if (sources.some((source) => /(?:^|\/)ws(?:\.all)?(?:\.min)?\.js/.test(source))) return "2"
  const bears = (start: RegExp) =>
    tags.some(({ attributes }) => attributes.some(({ name }) => start.test(name)))
  return bears(/^hx-ws:/) && !bears(/^hx-ext$/) ? "4" : "2"
}

const placeIn = (text: string, offset: number): Pick<Found, "line" | "column"> => {
  const before = text.slice(0, offset).split("\n")
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** Returns an attribute after an edit, with the quotes that it was written with. */
const rewrite = (before: string, { name, value }: Edit): string => {
  if (name === undefined) return ""
  if (value === undefined || !before.includes("=")) return name
  const quote = before.includes("=") && /=\s*'/.test(before) ? "'" : '"'
  // The new value may contain such a quote.
  const other = quote === "'" ? '"' : "'"
  return `${name}=${value.includes(quote) ? other + value + other : quote + value + quote}`
}

const applyEdits = ({ rangeOf, text }: Template, edits: ReadonlyArray<Edit>): string =>
  edits
    .map((edit) => ({ edit, ...rangeOf(edit.attribute) }))
    .sort((a, b) => b.start - a.start)
    .reduce((changed, { edit, end, start }) => {
      const after = rewrite(text.slice(start, end), edit)
      // The space before a removed attribute is removed as well.
      const from = after === "" ? start - (/\s+$/.exec(text.slice(0, start))?.[0].length ?? 0) : start
      return changed.slice(0, from) + after + changed.slice(end)
    }, text)

/** Returns whether an edit leaves inserts of a template as they are. */
const isSafe = ({ attribute, value }: Edit): boolean =>
  (value === undefined || value === attribute.value || isKnown(attribute.value)) &&
  !(value?.includes('"') && value.includes("'"))

/** Finds what is wrong with templates, which belong together. */
export const lint = (files: ReadonlyArray<File>, htmx?: HtmxLine): Linted => {
  const spelling = spellingOf(files.map(({ text }) => text))
  const templates = files.map(({ path, text }) => readTemplate(path, text, spelling))
  const line = htmx ?? lineOf(templates)
  const ids = idsOf(templates)
  const results = templates.map((template) => {
    const { isWhole, tags } = template
    const page = { htmx: line, metaCharacter: spelling.metaCharacter, isWhole, tags }
    return { template, findings: [...check(page), ...idsOfFrames(tags, ids)] }
  })
  const editOf = ({ edit }: Finding): Edit | undefined =>
    edit !== undefined && isSafe(edit) ? edit : undefined
  return {
    htmx: line,
    found: results.flatMap(({ findings, template }) =>
      findings
        .map((finding) => ({ finding, at: template.rangeOf(finding.attribute ?? finding.tag).start }))
        .sort((a, b) => a.at - b.at)
        .map(({ at, finding }) => ({
          path: template.path,
          ...placeIn(template.text, at),
          rule: finding.rule,
          sentence: readable(finding.sentence),
          fix: readable(finding.fix),
          isFixable: editOf(finding) !== undefined,
        })),
    ),
    fixed: results.flatMap(({ findings, template }) => {
      // Of two edits of one attribute the first is enough: the next round finds the rest.
      const edits = new Map(
        findings.flatMap((finding) => editOf(finding) ?? []).map((edit) => [edit.attribute, edit]),
      )
      const text = applyEdits(template, [...edits.values()])
      return edits.size === 0 ? [] : { path: template.path, text, edits: edits.size }
    }),
  }
}

/** How many times `fix` lints at most: two rules might undo each other. */
const rounds = 10

/**
 * Fixes what can be fixed, also what a fix brings to light. Returns the mistakes that are left, and the files that have
 * changed.
 */
export const fix = (files: ReadonlyArray<File>, htmx?: HtmxLine): Linted => {
  const changed = new Map<string, Fixed>()
  let linted = lint(files, htmx)
  for (let round = 0; round < rounds && linted.fixed.length > 0; round++) {
    for (const { edits, path, text } of linted.fixed)
      changed.set(path, { path, text, edits: edits + (changed.get(path)?.edits ?? 0) })
    linted = lint(
      files.map((file) => changed.get(file.path) ?? file),
      htmx,
    )
  }
  return { ...linted, fixed: [...changed.values()] }
}

const readable = (sentence: string): string => sentence.replace(/\uE000+/g, "…")
