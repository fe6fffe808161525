/**
 * Removes from `dist` the modules and declarations that no entry of the package imports: those that only other
 * declarations of the same kind would need, or that are empty. Part of `npm run build`.
 */
import { globSync, readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import manifest from "../package.json" with { type: "json" }

/** Adds a file, and all that it imports, to `reached`. */
const follow = (path: string, extension: string, reached: Set<string>): void => {
  if (reached.has(path)) return
  reached.add(path)
  const imports = /(?:from|import)\s*\(?\s*"(\.[^"]+)\.[jt]s"/g
  for (const [, specifier = ""] of readFileSync(path, "utf8").matchAll(imports))
    follow(join(dirname(path), specifier + extension), extension, reached)
}

const entries = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry]))
const modules = new Set<string>()
const declarations = new Set<string>()
for (const entry of entries) {
  follow(join(entry.default), ".js", modules)
  follow(join(entry.types), ".d.ts", declarations)
}

for (const path of globSync("dist/*/**/*.{js,d.ts}"))
  if (!modules.has(path) && !declarations.has(path)) rmSync(path)
