/** Prints what the typed client adds to a program, including Effect, and fails over budget. A part of `npm run size`. */
import { gzipSync } from "node:zlib"
import { bundle } from "../test/setup/bundle.ts"
import { programs } from "../test/setup/programs.ts"

/** In bytes after gzip. `connect` without a schema pays for none. */
const budgets: Readonly<Record<keyof typeof programs, number>> = {
  WsClient: 47_000,
  connect: 34_000,
}

const rows: Record<string, { readonly raw: number; readonly gzip: number; readonly budget: number }> = {}
for (const [name, program] of Object.entries(programs))
  for (const [bundler, options] of Object.entries({ esbuild: {}, "esbuild and Rollup": { rollup: true } })) {
    const { code, modules } = await bundle(program, options)
    const gzip = gzipSync(code, { level: 9 }).length
    const budget = budgets[name as keyof typeof programs]
    rows[`${name}, ${bundler}`] = { raw: code.length, gzip, budget }
    const schema = modules.filter((module) => /effect\/dist\/Schema/.test(module))
    if (gzip > budget || (name === "connect" && schema.length > 0)) {
      console.error(
        `${name} by ${bundler} is ${gzip} bytes after gzip, with ${schema.length} modules of Schema.`,
      )
      process.exitCode = 1
    }
  }
console.table(rows)
