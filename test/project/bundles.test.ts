/** Checks what bundlers keep in programs that use a part of the package. Reads `dist`: build first. */
import { execFileSync } from "node:child_process"
import { globSync, readdirSync } from "node:fs"
import { beforeAll, describe, expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { type Bundle, bundle } from "../setup/bundle.ts"
import { programs } from "../setup/programs.ts"

/** Returns the folders of ours with modules in the bundle, and whether Effect's sockets are in it. */
const contents = ({ modules }: Bundle) => ({
  rooms: [
    ...new Set(
      modules.map((path) => /^dist\/(client|core|htmx|testing|browser|channel|server)\//.exec(path)?.[1]),
    ),
  ]
    .filter((room) => room !== undefined)
    .sort(),
  effectSocket: modules.some((path) => /effect\/dist\/socket\//.test(path)),
})

for (const [name, program] of Object.entries(programs))
  describe.for([
    ["esbuild", {}],
    ["esbuild and Rollup", { rollup: true }],
  ] as const)(`a program that uses only ${name}, by %s`, ([, options]) => {
    let made: Bundle
    beforeAll(async () => {
      made = await bundle(program, options)
    }, 60_000)

    test("contains the client and the core, and nothing of htmx, the test peer or Effect's sockets", () => {
      expect(contents(made)).toEqual({ rooms: ["client", "core"], effectSocket: false })
      expect(made.code.match(/htmx:\w+|ws-connect|~effect\/socket\w*/g)).toBe(null)
    })
  })

test("a program that uses the other parts contains them, so the check above can fail", async () => {
  const program = `
    import htmx from "htmx-2"
    import { EffectSocket } from "htmx-ext-effect-ws"
    import { register } from "htmx-ext-effect-ws/htmx2"
    import { TestPeer } from "htmx-ext-effect-ws/testing"
    console.log(EffectSocket.make, TestPeer.layer)
    register(htmx)`
  const made = await bundle(program)
  expect(contents(made)).toEqual({ rooms: ["client", "core", "htmx", "testing"], effectSocket: true })
  expect(made.code.includes("ws-connect")).toBe(true)
}, 60_000)

test("only the script tags have side effects", () => {
  expect(manifest.sideEffects).toEqual(["./dist/ws*.js", "./dist/hx-ws*.js"])
  const tagged = globSync(manifest.sideEffects).map((path) => path.replace(/^dist.|(?:\.min)?\.js$/g, ""))
  const scripts = readdirSync("src/browser").map((file) => file.replace(/\.ts$/, ""))
  expect([...new Set(tagged)].sort()).toEqual(scripts.sort())
})

test("companions contain nothing of Effect", async () => {
  const { modules } = await bundle(`
    import htmx from "htmx-2"
    import { inspector } from "htmx-ext-effect-ws/inspector"
    import { signals } from "htmx-ext-effect-ws/signals"
    signals(htmx)
    inspector(htmx)`)
  const ours = modules.filter((path) => !/htmx-2|program\.js/.test(path))
  expect(ours.filter((path) => !path.startsWith("dist/companions/"))).toEqual([])
  expect(ours).toContain("dist/companions/signals.js")
  expect(ours).toContain("dist/companions/inspector.js")
})

test("a page that uses a channel gets no server, and no unstable module of Effect", async () => {
  const made = await bundle(`
    import * as Schema from "effect/Schema"
    import { Channel } from "htmx-ext-effect-ws/channel"
    console.log(Channel.make("chat", { incoming: Schema.String }), Channel.decodeSignals)`)
  expect(contents(made)).toEqual({ rooms: ["channel"], effectSocket: false })
  expect(made.modules.filter((path) => /effect\/dist\/(?:http|persistence)\//.test(path))).toEqual([])
})

test("importing the package changes no global and keeps no process alive", () => {
  const entries = [".", "./htmx2", "./htmx4", "./channel", "./server", "./testing"].map((entry) =>
    entry.replace(".", manifest.name),
  )
  const program = `
    const Effect = await import("effect/Effect")
    Effect.runSync(Effect.sync(() => {}))
    const before = Reflect.ownKeys(globalThis)
    for (const entry of ${JSON.stringify(entries)}) await import(entry)
    console.log(JSON.stringify(Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String)))`
  expect(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      timeout: 30_000,
    }),
  ).toBe("[]\n")
}, 30_000)
