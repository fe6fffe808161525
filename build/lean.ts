/**
 * The Effect that goes into the scripts: some modules have a patch in `patches`, which takes away what no script needs,
 * and some a replacement in `replacements`, whose exports stand before theirs.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { applyPatch, parsePatch, type StructuredPatch } from "diff"
import type { Options } from "tsup"
import type { Plugin } from "vitest/config"

const effect = dirname(realpathSync("node_modules/effect/dist/Effect.js"))

/** The name of a module of Effect, `internal/core` say, or `undefined` for any other file. */
const moduleOf = (file: string): string | undefined =>
  file.startsWith(`${effect}/`) ? relative(effect, file).replace(/\.js$/, "") : undefined

const patchOf = (module: string): string => resolve("build/patches", `${module}.patch`)

/** Lines stay where they are, so that Effect's source maps stay right: blank ones follow what was taken away. */
const inPlace = (patch: StructuredPatch): StructuredPatch => ({
  ...patch,
  hunks: patch.hunks.map((hunk) => {
    const lines: Array<string> = []
    let missing = 0
    for (const line of [...hunk.lines, " "]) {
      if (line.startsWith("-")) missing++
      else if (line.startsWith("+")) missing--
      else {
        lines.push(...Array<string>(Math.max(0, missing)).fill("+"))
        missing = 0
      }
      lines.push(line)
    }
    lines.pop()
    return { ...hunk, lines, newLines: lines.filter((line) => !line.startsWith("-")).length }
  }),
})

/** The code of a module with its patch, if there is one, applied. Throws if the patch does not fit. */
const patched = (module: string, code: string): string => {
  if (!existsSync(patchOf(module))) return code
  const [patch] = parsePatch(readFileSync(patchOf(module), "utf8"))
  const result = patch !== undefined && applyPatch(code, inPlace(patch))
  if (result === false)
    throw new Error(`build/patches/${module}.patch does not fit effect/${module}: see build/README.md`)
  return result
}

/** The module of Effect that an import of `specifier` from `importer` asks for, if it does. */
const requested = (specifier: string, importer: string): string | undefined => {
  if (specifier.startsWith("effect/")) return specifier.slice("effect/".length)
  return moduleOf(importer) === undefined ? undefined : moduleOf(resolve(dirname(importer), specifier))
}

const fileOf = (module: string): string => join(effect, `${module}.js`)
const replacementOf = (module: string): string => resolve("build/replacements", `${module}.ts`)

/** For the scripts, with all patches but one, if one is named. What a replacement lacks comes from the module behind it. */
export const leanScript = (without?: string): NonNullable<Options["esbuildPlugins"]>[number] => ({
  name: "lean",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(?:effect|\.\.?)\// }, ({ importer, path }) => {
      const module = requested(path, importer)
      if (module === undefined) return undefined
      const replacement = replacementOf(module)
      return existsSync(replacement) && importer !== replacement
        ? { path: replacement, sideEffects: false }
        : { path: fileOf(module) }
    })
    onLoad({ filter: /\/effect\/dist\/.*\.js$/ }, ({ path }) => {
      const module = moduleOf(path)
      if (module === undefined || module === without) return undefined
      return { contents: patched(module, readFileSync(path, "utf8")) }
    })
    onLoad({ filter: /\/build\/replacements\// }, ({ path }) => {
      const module = relative("build/replacements", path).replace(/\.ts$/, "")
      return { contents: `${readFileSync(path)}\nexport * from "effect/${module}"`, loader: "ts" }
    })
  },
})

/**
 * For tests over the patched Effect. They use more of queues and lists than the core does, and have some that come as
 * they are. And they go without the replacements, for which a module is more than what is used of it.
 */
export const leanTests: Plugin = {
  name: "lean",
  enforce: "pre",
  resolveId(specifier, importer = "") {
    const module = requested(specifier, importer.replace(mark, ""))
    const isOurs = importer.startsWith(resolve("src/core")) || importer.endsWith(mark)
    return module !== undefined && isOurs && ownCopies.includes(module) ? fileOf(module) + mark : undefined
  },
  load(id) {
    const file = id.replace(mark, "")
    const module = moduleOf(file)
    if (module === undefined || (ownCopies.includes(module) && file === id)) return undefined
    return patched(module, readFileSync(file, "utf8"))
  },
}

/** Modules that the core has a patched copy of, beside that of its tests. */
const ownCopies = ["Queue", "MutableList"]
const mark = "?patched"
