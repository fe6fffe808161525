/**
 * Packs the package, and installs it into fresh projects that use it: `npm run fresh`; `-- --only Vite` makes one. Fails if
 * one of them does.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { pack } from "./Project.ts"
import { projects } from "./projects.ts"

const { values } = parseArgs({ options: { only: { type: "string" } } })
const folder = mkdtempSync(join(tmpdir(), "packed-"))
try {
  const packed = await pack(folder)
  for (const [name, use] of Object.entries(projects)) {
    if (values.only !== undefined && !name.includes(values.only)) continue
    const begin = performance.now()
    const failure = await use(packed).then(
      (project) => project.remove(),
      (error: Error) => error,
    )
    console.log(
      `${failure ? "failed" : "passed"}: ${name} (${Math.round((performance.now() - begin) / 1000)} s)`,
    )
    if (failure instanceof Error) {
      console.error(failure.message)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
