import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { basename, dirname, isAbsolute, relative, resolve } from "node:path"
import { minifySync } from "rolldown/utils"
import type { MinifyOptions } from "terser"
import { defineConfig, type Options } from "tsup"
import { omissions } from "./build/omissions.ts"
import manifest from "./package.json" with { type: "json" }

/** The script tags, by the name of the file in `dist`. The package's modules are built by `tsc`. */
const scripts = {
  ws: "src/browser/ws.ts",
  "hx-ws": "src/browser/hx-ws.ts",
}

const { license, name, version } = manifest
const notice = `/*! ${name} ${version} | ${license} | contains Effect, (c) 2023 Effectful Technologies Inc, MIT */`

/** Where the modules of Effect are. */
const effect = dirname(realpathSync("node_modules/effect/dist/Effect.js"))
const moduleAt = (file: string) => relative(effect, file).replace(/\.js$/, "")

/** The code without what `omissions` names. The rest keeps its lines and columns: Effect's source maps stay right. */
const omit = (module: string, code: string) =>
  omissions
    .filter((omission) => (omission.module ?? module) === module)
    .reduce((rest, { code, instead = "", module: only }) => {
      const blank = (text: string) => {
        const [first = "", ...more] = text.replace(/[^\n]/g, " ").split("\n")
        return [instead + first.slice(instead.length), ...more].join("\n")
      }
      const lighter = rest.replace(code, blank)
      if (only !== undefined && lighter === rest) throw new Error(`effect/${module} has no ${code}`)
      return lighter
    }, code)

/** Puts what stands in `build/replacements` before the module of Effect of the same name, and omits what nobody needs. */
const lean: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "lean",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(effect|\.\.?)\// }, ({ importer, path, resolveDir }) => {
      const module = path.startsWith("effect/")
        ? path.slice("effect/".length)
        : moduleAt(resolve(resolveDir, path))
      const standIn = resolve("build/replacements", `${module}.ts`)
      if (!existsSync(standIn)) return undefined
      return { path: importer === standIn ? resolve(effect, `${module}.js`) : standIn, sideEffects: false }
    })
    onLoad({ filter: /\/build\/replacements\// }, ({ path }) => {
      const module = relative("build/replacements", path).replace(/\.ts$/, "")
      const rest = `export * from ${JSON.stringify(`effect/${module}`)}`
      return { contents: `${readFileSync(path)}\n${rest}`, loader: "ts" }
    })
    onLoad({ filter: /\/effect\/dist\/.*\.js$/ }, ({ path }) => ({
      contents: omit(moduleAt(path), readFileSync(path, "utf8")),
    }))
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

/** Oxc finds what terser has left, and gives more variables the same names, which gzip likes. */
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
      writeFileSync(name, `${code}\n//# sourceMappingURL=${basename(name)}.map\n`)
      // terser names what it was given by its whole path.
      const sources = map?.sources.map((source) => (isAbsolute(source) ? basename(source) : source))
      writeFileSync(`${name}.map`, JSON.stringify({ ...map, sources }))
    }
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

export default defineConfig([
  { ...script, banner: { js: notice }, outExtension: () => ({ js: ".js" }) },
  {
    ...script,
    outExtension: () => ({ js: ".min.js" }),
    minify: "terser",
    terserOptions: { ...terserOptions },
    plugins: [again],
  },
  ticker,
])
