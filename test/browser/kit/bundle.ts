import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "tsup"

/** A page's own program, as a bundler makes it. */
export const bundle = async (program: string): Promise<string> => {
  const folder = await mkdtemp("dist/bundled-")
  try {
    await writeFile(join(folder, "page.js"), program)
    await build({
      config: false,
      entry: [join(folder, "page.js")],
      format: "esm",
      outDir: join(folder, "out"),
      platform: "browser",
      silent: true,
      noExternal: [/.*/],
    })
    return await readFile(join(folder, "out/page.js"), "utf8")
  } finally {
    await rm(folder, { recursive: true })
  }
}
