import { readFileSync } from "node:fs"
import { basename, dirname } from "node:path"
import type { MinifyOptions } from "terser"
import { defineConfig, type Options } from "tsup"
import manifest from "./package.json" with { type: "json" }

/** The script tags, by the name of the file in `dist`. The package's modules are built by `tsc`. */
const scripts = {
  ws: "src/browser/ws.ts",
  "hx-ws": "src/browser/hx-ws.ts",
}

const { license, name, version } = manifest
const notice = `/*! ${name} ${version} | ${license} | contains Effect, (c) 2023 Effectful Technologies Inc, MIT */`

/** Puts what stands in `src/browser/lean` before what Effect exports under the same names. */
const lean: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "lean",
  setup({ onLoad, onResolve }) {
    // Makes a table when it is loaded, which nothing in the scripts reads.
    onLoad({ filter: /effect\/dist\/encoding\/Base64\.js$/ }, () => ({ contents: "export {}" }))
    onResolve({ filter: /^lean:/ }, ({ path }) => ({ path: path.slice("lean:".length), suffix: "?rest" }))
    onLoad({ filter: /effect\/dist\/(Duration|Equal|Formatter|Hash|Redactable)\.js$/ }, ({ path, suffix }) =>
      suffix === "?rest"
        ? undefined
        : {
            contents: `${readFileSync(`src/browser/lean/${basename(path, ".js")}.ts`)}
export * from ${JSON.stringify(`lean:${path}`)}`,
            loader: "ts",
            resolveDir: dirname(path),
          },
    )
  },
}

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
  esbuildPlugins: [lean],
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

export default defineConfig([
  { ...script, banner: { js: notice }, outExtension: () => ({ js: ".js" }) },
  {
    ...script,
    outExtension: () => ({ js: ".min.js" }),
    minify: "terser",
    terserOptions: { ...terserOptions },
  },
])
