/** Indents the modules and declarations of `dist` like the sources, by two blanks: `tsc` writes four. Part of `npm run build`. */
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { transformSync } from "esbuild"

for (const path of globSync("dist/**/*.js"))
  writeFileSync(path, transformSync(readFileSync(path, "utf8"), { target: "esnext" }).code)

for (const path of globSync("dist/**/*.d.ts"))
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(/^(?: {4})+/gm, (blanks) => " ".repeat(blanks.length / 2)),
  )
