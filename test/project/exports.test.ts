/** What the package exports is documented, shown in an example, and held by a type test. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseSync } from "rolldown/utils"
import { describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }

interface Exported {
  readonly name: string
  /** Its doc comment, and that of its module. */
  readonly comment: string
  readonly module: string
  readonly isFunction: boolean
}

/** Returns what a module exports, and what it exports of others. */
const exportedBy = (path: string): ReadonlyArray<Exported> => {
  const source = readFileSync(path, "utf8")
  const { comments, program } = parseSync(path, source)
  const [first] = program.body
  const header = comments.find(({ end, value }) => value.startsWith("*") && end <= (first?.start ?? 0))
  let after = 0
  return program.body.flatMap((node) => {
    const comment = comments.findLast(({ end, start }) => start >= after && end <= node.start)?.value ?? ""
    after = node.end
    if ((node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration") && node.source) {
      const others = exportedBy(join(dirname(path), node.source.value))
      if (node.type === "ExportAllDeclaration") return others
      const names = node.specifiers.map(({ local }) => ("name" in local ? local.name : ""))
      return others.filter(({ name }) => names.includes(name))
    }
    if (node.type !== "ExportNamedDeclaration" || !node.declaration || comment.includes("@internal"))
      return []
    const { declaration } = node
    const own = { comment, module: header?.value ?? "" }
    if (declaration.type === "VariableDeclaration")
      return declaration.declarations.flatMap(({ id, init }) =>
        id.type === "Identifier"
          ? { ...own, name: id.name, isFunction: init?.type === "ArrowFunctionExpression" }
          : [],
      )
    const name = "id" in declaration && declaration.id && "name" in declaration.id ? declaration.id.name : ""
    return [{ ...own, name, isFunction: false }]
  })
}

/** The entries of scripts are no library: each exports its companion. */
const entries = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === "string" || target.default.includes("companions")
    ? []
    : { entry, path: target.default.replace("./dist", "src").replace(/\.js$/, ".ts") },
)
const typeTests = globSync("test/types/*.ts")
  .map((path) => readFileSync(path, "utf8"))
  .join("\n")

describe.each(entries)("$entry", ({ path }) => {
  const exported = exportedBy(path)
  const namesOf = (those: ReadonlyArray<Exported>) => those.map(({ name }) => name)

  test("exports something, and all of it has a doc comment", () => {
    expect(exported.length).toBeGreaterThan(0)
    expect(namesOf(exported.filter(({ comment }) => !comment.startsWith("*")))).toEqual([])
  })

  test("each function has an example, of its own or of its module", () => {
    const without = exported.filter(
      ({ comment, isFunction, module }) => isFunction && !`${comment}${module}`.includes("**Example**"),
    )
    expect(namesOf(without)).toEqual([])
  })

  test("each function is in a type test", () => {
    const without = exported.filter(
      ({ isFunction, name }) => isFunction && !new RegExp(`\\b${name}\\b`).test(typeTests),
    )
    expect(namesOf(without)).toEqual([])
  })
})
