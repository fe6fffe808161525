/** The projects that `npm run fresh` makes: how people put the package to use. */

import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join, relative } from "node:path"
import { parseSync } from "rolldown/utils"
import manifest from "../../package.json" with { type: "json" }
import { echo } from "../setup/behaviours.ts"
import { TestServer } from "../setup/server.ts"
import { Project } from "./Project.ts"
import { usePage } from "./page.ts"

const versions = manifest.devDependencies
const effect = `effect@${versions.effect}`
const htmx2 = `htmx.org@${versions["htmx-2"].replace(/.*@/, "")}`
const htmx4 = `htmx.org@${versions["htmx-4"].replace(/.*@/, "")}`

/** What a page imports with a bundler. */
const main = `
import * as Schedule from "effect/Schedule"
import htmx from "htmx.org"
import { register } from "htmx-ext-effect-ws/htmx2"
import { resume } from "htmx-ext-effect-ws/resume"
register(htmx, { reconnectDelay: Schedule.spaced("20 millis") })
resume(htmx)
`

/** A program with the typed client: prints what comes back from a server that echoes. */
const client = `
import { connect } from "htmx-ext-effect-ws"
const room = connect(process.argv[2])
await room.send({ text: "hello" })
for await (const message of room.messages) {
  console.log(JSON.stringify(message))
  break
}
await room.close()
`

/** Every entry, and something typed of each kind. */
const typed = `
import { Effect, Schema } from "effect"
import { connect, WsClient } from "htmx-ext-effect-ws"
import { Channel } from "htmx-ext-effect-ws/channel"
import { delivery } from "htmx-ext-effect-ws/delivery"
import { doctor } from "htmx-ext-effect-ws/doctor"
import { fromElement, register as register2 } from "htmx-ext-effect-ws/htmx2"
import { register as register4 } from "htmx-ext-effect-ws/htmx4"
import { inspector } from "htmx-ext-effect-ws/inspector"
import { keep } from "htmx-ext-effect-ws/keep"
import { resume } from "htmx-ext-effect-ws/resume"
import { Room } from "htmx-ext-effect-ws/server"
import { signals } from "htmx-ext-effect-ws/signals"
import { TestPeer } from "htmx-ext-effect-ws/testing"
import htmx from "htmx.org"

register2(htmx, { heartbeat: "25s" })
export const room = WsClient.make({ url: "/ws", outgoing: Schema.String, incoming: Schema.Number })
export const sent: Promise<void> = connect<string>("/ws").send("hello")
// @ts-expect-error
connect<string>("/ws").send(1)
export const all = [Channel, Effect, delivery, doctor, fromElement, inspector, keep, register4, resume, Room, signals, TestPeer]
`

const tsconfig = (compilerOptions: object) =>
  JSON.stringify({
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "ES2022",
      lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable"],
      types: [],
      noEmit: true,
      ...compilerOptions,
    },
    include: ["*.ts"],
  })

const compiles = (compilerOptions: object, program: string) => async (packed: string) => {
  const project = await Project.install(packed, effect, htmx2, `typescript@${versions.typescript}`)
  project.write("program.ts", program)
  project.write("tsconfig.json", tsconfig(compilerOptions))
  await project.bin("tsc")
  return project
}

/** Has a bundler make one file of `main.js`, and uses that on a page. */
const bundled =
  (file: string, bundlers: ReadonlyArray<string>, build: (project: Project) => Promise<string>) =>
  async (packed: string) => {
    const project = await Project.install(packed, effect, htmx2, ...bundlers)
    project.write("main.js", main)
    await build(project)
    await usePage(`<script type="module" src="/page.js"></script>`, { "/page.js": project.read(file) })
    return project
  }

const tagged = (htmx: string, script: string, generation: 2 | 4) => async (packed: string) => {
  const project = await Project.install(packed, htmx)
  await usePage(
    `<script src="/htmx.js"></script><script src="/ws.js"></script>`,
    {
      "/htmx.js": project.read("node_modules/htmx.org/dist/htmx.min.js"),
      "/ws.js": project.read(`node_modules/${manifest.name}/dist/${script}`),
    },
    generation,
  )
  return project
}

/** The modules that an import map has to name, and all files that they bring along, by their URLs. */
const mapped = (project: Project) => {
  const require = createRequire(join(project.folder, "main.js"))
  const imports: Record<string, string> = {}
  const files: Record<string, string> = {}
  const visit = (path: string, code: string) => {
    files[`/${relative(project.folder, path)}`] = code
    const { staticExports, staticImports } = parseSync(path, code).module
    const specifiers = [
      ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
      ...staticExports.flatMap(({ entries }) =>
        entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
      ),
    ]
    for (const specifier of new Set(specifiers)) {
      const target = specifier.startsWith(".")
        ? join(dirname(path), specifier)
        : specifier === "htmx.org"
          ? join(project.folder, "node_modules/htmx.org/dist/htmx.esm.js")
          : require.resolve(specifier)
      const url = `/${relative(project.folder, target)}`
      if (!specifier.startsWith(".")) imports[specifier] = url
      if (files[url] === undefined) visit(target, readFileSync(target, "utf8"))
    }
  }
  visit(join(project.folder, "main.js"), main)
  return { files, imports }
}

const importMap = async (packed: string) => {
  const project = await Project.install(packed, effect, htmx2)
  const { files, imports } = mapped(project)
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`
  await usePage(`${map}<script type="module" src="/main.js"></script>`, files)
  return project
}

/** Runs the typed client against a server. */
const runs =
  (command: string, ...args: ReadonlyArray<string>) =>
  async (packed: string) => {
    const project = await Project.install(packed, effect)
    project.write("client.js", client)
    const server = await TestServer.start()
    try {
      server.webSocket("/ws", echo())
      const printed = await project.run(command, ...args, "client.js", server.wsUrl("/ws"))
      if (printed !== `{"text":"hello"}\n`) throw new Error(`it printed ${printed}`)
    } finally {
      await server.close()
    }
    return project
  }

const checked =
  (...args: ReadonlyArray<string>) =>
  async (packed: string) => {
    const project = new Project()
    await project.run("npm", "exec", "--yes", "--loglevel=error", "--", ...args, packed)
    return project
  }

const bin = (name: string) => join(import.meta.dirname, "../../node_modules/.bin", name)

/** Each installs the package, uses it, and returns the project to be removed. */
export const projects: Readonly<Record<string, (packed: string) => Promise<Project>>> = {
  publint: checked("publint@0.3.25", "--strict"),
  "are the types wrong?": checked("@arethetypeswrong/cli@0.18.5", "--profile", "esm-only"),
  "script tags, htmx 2": tagged(htmx2, "ws.min.js", 2),
  "script tags, htmx 4": tagged(htmx4, "hx-ws.min.js", 4),
  "an import map": importMap,
  Vite: bundled("dist/page.js", ["vite@8.4.0"], (project) => {
    project.write("index.html", `<script type="module" src="/main.js"></script>`)
    project.write(
      "vite.config.js",
      `export default { build: { rollupOptions: { output: { entryFileNames: "page.js" } } } }`,
    )
    return project.bin("vite", "build", "--logLevel", "error")
  }),
  esbuild: bundled("page.js", [`esbuild@${versions.esbuild}`], (project) =>
    project.bin("esbuild", "main.js", "--bundle", "--minify", "--format=esm", "--outfile=page.js"),
  ),
  webpack: bundled("dist/page.js", ["webpack@5.113.0", "webpack-cli@7.3.1"], (project) =>
    project.bin("webpack", "--mode", "production", "--entry", "./main.js", "--output-filename", "page.js"),
  ),
  "Node, ES modules": runs(process.execPath),
  Bun: runs(bin("bun")),
  Deno: runs(bin("deno"), "run", "--quiet", "--allow-all"),
  "TypeScript, bundler": compiles({ module: "ESNext", moduleResolution: "Bundler" }, typed),
  // There htmx's own declarations are those of a CommonJS module, whose default export is all of it.
  "TypeScript, nodenext": compiles(
    { module: "NodeNext" },
    typed.replace("register2(htmx,", "register2(htmx.default,"),
  ),
}
