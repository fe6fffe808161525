import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "tsup"

export interface Bundle {
  readonly code: string
  /** The modules with code in the bundle, as paths from the root of the repository. */
  readonly modules: ReadonlyArray<string>
}

interface Metafile {
  readonly outputs: Record<string, { readonly inputs: Record<string, { readonly bytesInOutput: number }> }>
}

/** Bundles a program that uses the built package with esbuild, and then with Rollup if `rollup` is set. */
export const bundle = async (
  program: string,
  options: { readonly rollup?: boolean } = {},
): Promise<Bundle> => {
  const folder = await mkdtemp("dist/bundled-")
  try {
    await writeFile(join(folder, "program.js"), program)
    await build({
      config: false,
      entry: [join(folder, "program.js")],
      format: "esm",
      outDir: join(folder, "out"),
      platform: "browser",
      silent: true,
      minify: true,
      metafile: true,
      noExternal: [/.*/],
      treeshake: options.rollup ? "smallest" : false,
    })
    const metafile: Metafile = JSON.parse(await readFile(join(folder, "out/metafile-esm.json"), "utf8"))
    const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
    return {
      code: await readFile(join(folder, "out/program.js"), "utf8"),
      modules: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}
