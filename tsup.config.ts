import { readFileSync, writeFileSync } from "node:fs"
import { basename, isAbsolute } from "node:path"
import { pathToFileURL } from "node:url"
import { minifySync } from "rolldown/utils"
import type { MinifyOptions } from "terser"
import { defineConfig, type Options } from "tsup"
import { leanScript } from "./build/lean.ts"
import manifest from "./package.json" with { type: "json" }

const entries = (...names: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `src/browser/${name}.ts`]))

/** The script tags, by the name of the file in `dist`. The package's modules are built by `tsc`. */
const scripts = entries("ws", "hx-ws")
/** The same with all companions for production in them. */
const complete = entries("ws.all", "hx-ws.all")
const companions = entries("ws-delivery", "ws-doctor", "ws-inspector", "ws-keep", "ws-resume", "ws-signals")

const { license, name, version } = manifest
const noticeOfCompanion = `/*! ${name} ${version} | ${license} */`
const notice = noticeOfCompanion.replace(
  "*/",
  "| contains Effect, (c) 2023 Effectful Technologies Inc, MIT */",
)

const script: Options = {
  entry: scripts,
  format: "iife",
  platform: "browser",
  target: "es2022",
  sourcemap: true,
  silent: true,
  // A script tag brings everything along, Effect included.
  noExternal: [/.*/],
  // Effect looks for Node at run time; a page has none.
  define: { "globalThis.process": "undefined" },
  // esbuild keeps whatever a module runs when it is loaded; Rollup drops what nobody reads.
  treeshake: "smallest",
  esbuildPlugins: [leanScript()],
}

// What may change behaviour is left out: property mangling (Effect recognises its values by property names),
// `unsafe` (turns `String(symbol)` into a TypeError), `keep_fargs: false` (Effect reads `length` of functions).
const terserOptions: MinifyOptions = {
  ecma: 2020,
  sourceMap: true,
  compress: {
    passes: 5,
    inline: 1,
    lhs_constants: false,
    pure_getters: true,
  },
  format: { comments: false, preamble: notice },
}

/**
 * Oxc finds what terser has left, and gives more variables the same names, which gzip likes. The source map is for
 * `npm run size -- --why`, and not in the package, which has the readable scripts.
 */
const again: NonNullable<Options["plugins"]>[number] = {
  name: "again",
  buildEnd({ writtenFiles }) {
    for (const { name } of writtenFiles.filter(({ name }) => name.endsWith(".js"))) {
      const { code, errors, map } = minifySync(name, readFileSync(name, "utf8"), {
        compress: { target: "es2022" },
        codegen: { legalComments: "inline" },
        sourcemap: true,
        inputMap: JSON.parse(readFileSync(`${name}.map`, "utf8")),
      })
      if (errors[0] !== undefined) throw new Error(`${name}: ${errors[0].message}`)
      writeFileSync(name, code)
      // terser names what it was given by its whole path.
      const sources = map?.sources.map((source) => (isAbsolute(source) ? basename(source) : source))
      writeFileSync(`${name}.map`, JSON.stringify({ ...map, sources }))
    }
  },
}

/** Styles without comments and blanks. */
const minifiedStyles: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "minified styles",
  setup({ esbuild, onLoad }) {
    onLoad({ filter: /[\\/]style\.ts$/ }, async ({ path }) => {
      const { style } = (await import(pathToFileURL(path).href)) as { readonly style: string }
      const { code } = await esbuild.transform(style, { loader: "css", minify: true, target: "chrome123" })
      return { contents: `export const style = ${JSON.stringify(code.trim())}` }
    })
  },
}

/** The page of the demo that has a program of its own. It imports this package, and so what `tsc` has made of it. */
const ticker: Options = {
  entry: ["demo/examples/ticker.ts"],
  outDir: "demo/dist",
  format: "esm",
  platform: "browser",
  target: "es2022",
  silent: true,
  minify: true,
  noExternal: [/.*/],
}

/** `npx htmx-ext-effect-ws`, with all that it needs: the package itself depends on nothing but Effect. */
const command: Options = {
  entry: { cli: "src/cli/main.ts" },
  format: "esm",
  platform: "node",
  target: "node22",
  silent: true,
  sourcemap: true,
  minify: "terser",
  noExternal: [/.*/],
  plugins: [again],
}

/** The scripts that are weighed. */
export const minified: Options = {
  ...script,
  outExtension: () => ({ js: ".min.js" }),
  minify: "terser",
  terserOptions: { ...terserOptions },
  plugins: [again],
}

/** Takes the doc comments of Effect's classes away: they are about functions that a page does not call. */
const undocumented: NonNullable<Options["plugins"]>[number] = {
  name: "undocumented",
  buildEnd({ writtenFiles }) {
    for (const { name } of writtenFiles)
      writeFileSync(name, readFileSync(name, "utf8").replace(/^ *\/\*\*\n(?: *\*.*\n)+/gm, ""))
  },
}

/** What can be read as it is. */
const readable: Options = {
  ...script,
  outExtension: () => ({ js: ".js" }),
  plugins: [undocumented],
  sourcemap: false,
}

export default defineConfig([
  { ...readable, banner: { js: notice } },
  minified,
  { ...minified, entry: complete },
  { ...readable, entry: companions, banner: { js: noticeOfCompanion } },
  {
    ...minified,
    entry: companions,
    esbuildPlugins: [...(minified.esbuildPlugins ?? []), minifiedStyles],
    terserOptions: { ...terserOptions, format: { comments: false, preamble: noticeOfCompanion } },
  },
  command,
  ticker,
])
