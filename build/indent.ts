/** Indents the declarations of `dist` like the sources, by two blanks: `tsc` writes four. Part of `npm run build`. */
import { globSync, readFileSync, writeFileSync } from "node:fs"

for (const path of globSync("dist/**/*.d.ts"))
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(/^(?: {4})+/gm, (blanks) => " ".repeat(blanks.length / 2)),
  )
