/** Prints what the typed client adds to a program, including Effect: `node benchmarks/clientSize.ts`, after a build. */
import { gzipSync } from "node:zlib"
import { bundle } from "../test/setup/bundle.ts"
import { programs } from "../test/setup/programs.ts"

const weigh = (code: string) => ({ raw: code.length, gzip: gzipSync(code, { level: 9 }).length })

const weights: Record<string, ReturnType<typeof weigh>> = {}
for (const [name, program] of Object.entries(programs)) {
  weights[`${name}, esbuild`] = weigh((await bundle(program)).code)
  weights[`${name}, esbuild and Rollup`] = weigh((await bundle(program, { rollup: true })).code)
}
console.table(weights)
