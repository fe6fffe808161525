/**
 * What each patch gives, in bytes after gzip: builds the scripts without it, and writes the difference into its second
 * line. Run by `npm run patches`.
 */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "tsup"
import { minified } from "../tsup.config.ts"
import { leanScript } from "./lean.ts"

const outDir = mkdtempSync(join(tmpdir(), "patches-"))

/** The weight of both scripts, built without the patch of a module. */
const weigh = async (without?: string): Promise<ReadonlyArray<number>> => {
  await build({ ...minified, config: false, outDir, esbuildPlugins: [leanScript(without)] })
  return ["ws", "hx-ws"].map(
    (name) => gzipSync(readFileSync(join(outDir, `${name}.min.js`)), { level: 9 }).length,
  )
}

try {
  const whole = await weigh()
  for (const path of globSync("build/patches/**/*.patch").sort()) {
    const without = await weigh(relative("build/patches", path).replace(/\.patch$/, ""))
    const [ws = 0, hxWs = 0] = without.map((bytes, script) => bytes - (whole[script] ?? 0))
    const line = `Gives ${ws} bytes of ws.min.js and ${hxWs} of hx-ws.min.js.`
    const [why, , ...diff] = readFileSync(path, "utf8").split("\n")
    writeFileSync(path, [why, line, ...diff].join("\n"))
    console.log(`${path}: ${line}`)
  }
} finally {
  rmSync(outDir, { recursive: true })
}
