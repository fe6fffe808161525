/** Checks the package that npm installs. Reads `dist`: build first. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { build } from "tsup"
import { expect, test } from "vitest"
import { bundled } from "../../build/notices.ts"
import manifest from "../../package.json" with { type: "json" }

const entries = Object.entries(manifest.exports).flatMap(([name, entry]) =>
  typeof entry === "string" ? [] : [{ name, ...entry }],
)

test.for(entries)("the entry $name has its module and its declarations", ({ default: module, types }) => {
  expect([module, types].filter((path) => !existsSync(path))).toEqual([])
})

test.for(entries)("the entry $name can be imported without a page", { timeout: 30_000 }, async ({ name }) => {
  const module = await import(/* @vite-ignore */ name.replace(/^\./, manifest.name))
  expect(Object.keys(module)).not.toEqual([])
})

test("the package weighs less than 1.5 MB unpacked, and has all that its manifest names", () => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8" }),
  )
  expect(packed.unpackedSize).toBeLessThan(1_500_000)
  const files = new Set(packed.files.map(({ path }: { readonly path: string }) => path))
  const named = [
    ...entries.flatMap(({ default: module, types }) => [module, types]),
    ...Object.values(manifest.bin),
    manifest.unpkg,
    "./LICENSE",
    "./dist/NOTICE.txt",
  ]
  expect(named.filter((path) => !files.has(path.replace("./", "")))).toEqual([])
}, 30_000)

test("the notices name the packages of which parts are in the scripts and the command, and no other", async () => {
  const outDir = mkdtempSync("dist/noticed-")
  try {
    await build({
      config: false,
      entry: ["src/cli/main.ts", "src/browser/ws.all.ts", "src/browser/ws-inspector.ts"],
      format: "esm",
      metafile: true,
      noExternal: [/.*/],
      outDir,
      platform: "node",
      silent: true,
    })
    const { inputs } = JSON.parse(readFileSync(`${outDir}/metafile-esm.json`, "utf8"))
    const names = Object.keys(inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    )
    expect([...new Set(names)].sort()).toEqual(Object.keys(bundled).sort())
  } finally {
    rmSync(outDir, { recursive: true })
  }
}, 30_000)
