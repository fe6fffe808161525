/** Runs the suite on a runtime, in a process of its own. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import {
  accept,
  type Behaviour,
  closeAfter,
  dropAfter,
  echo,
  hang,
  inTurn,
  refuse,
} from "../setup/behaviours.ts"
import { frame } from "../setup/frames.ts"
import { TestServer } from "../setup/server.ts"

/** The commands that run a file, by the name of the runtime. */
export const runtimes: Readonly<Record<string, ReadonlyArray<string>>> = {
  "Node 22": ["test/oldest/node_modules/.bin/node"],
  "Node 24": [process.execPath],
  Bun: ["node_modules/.bin/bun"],
  Deno: ["node_modules/.bin/deno", "run", "--quiet", "--allow-all"],
}

export interface Outcome {
  /** What made the sockets. */
  readonly maker: string
  readonly title: string
  readonly error?: string
}

export interface Run {
  readonly version: string
  readonly outcomes: ReadonlyArray<Outcome>
  /** How the process ended, if it did not do so by itself and with 0. */
  readonly crash: string | undefined
}

/** How long a process may live on after its last case, in milliseconds: longer than a mute peer is waited for. */
const LIVES_ON = 5000

/** Runs all cases, or the short ones. Reads `dist`: build first. */
export const runOn = async (command: ReadonlyArray<string>, which: "all" | "short"): Promise<Run> => {
  await using server = await TestServer.start()
  for (const maker of ["platform", "ws"])
    for (const [path, behaviour] of Object.entries(behaviours(server, maker)))
      server.webSocket(`/${maker}${path}`, behaviour)
  const folder = mkdtempSync("dist/runtimes-")
  try {
    const suite = join(folder, "suite.mjs")
    // The oldest Node does not read types.
    writeFileSync(suite, stripTypeScriptTypes(readFileSync("test/runtimes/suite.ts", "utf8")))
    const version = /\d+\.\d+\.\d+/.exec(await output([...command.slice(0, 1), "--version"]))?.[0] ?? "?"
    const { crash, printed } = await processOf([...command, suite, server.wsUrl(""), which])
    const outcomes = lines(printed).filter((line) => line !== "done")
    return { version, outcomes: outcomes.map((line) => JSON.parse(line)), crash }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** How long all cases may take, in milliseconds. */
const TAKES = 120_000

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "")

const output = async (command: ReadonlyArray<string>): Promise<string> => (await processOf(command)).printed

const processOf = ([file = "", ...args]: ReadonlyArray<string>) =>
  new Promise<{ readonly printed: string; readonly crash: string | undefined }>((resolve, reject) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] })
    let printed = ""
    let complained = ""
    let killed = ""
    const killAfter = (delay: number) =>
      setTimeout(() => {
        killed = `it did not end within ${delay} ms: `
        child.kill("SIGKILL")
      }, delay)
    let timer = killAfter(TAKES)
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      if (!printed.endsWith("done\n")) return
      clearTimeout(timer)
      timer = killAfter(LIVES_ON)
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complained += text
    })
    child.once("error", reject)
    child.once("close", (code, signal) => {
      clearTimeout(timer)
      resolve({
        printed,
        crash: code === 0 ? undefined : `${killed}${signal ?? `exit code ${code}`}\n${complained}`,
      })
    })
  })

/** Reads nothing, for ever or for a while: the sockets of Node and Deno offer no way to end them before that. */
const mute = (forEver: boolean): Behaviour =>
  accept((visit) => {
    visit.stopReading()
    if (!forEver) visit.later(2000, () => visit.reset())
  })

/** What the server does on each path. */
const behaviours = (server: TestServer, maker: string): Readonly<Record<string, Behaviour>> => ({
  "/echo": accept((visit) => visit.onMessage((data) => visit.send(data))),
  "/refuse": refuse(503),
  "/refuse-twice": inTurn(refuse(503), refuse(401), accept()),
  "/reset": inTurn(dropAfter(50, "reset"), accept()),
  "/end": inTurn(dropAfter(50, "end"), accept()),
  "/bad-frame": inTurn(
    accept((visit) => visit.later(50, () => visit.raw(Uint8Array.of(0x81, 2, 0xc3, 0x28)))),
    accept(),
  ),
  "/burst": accept((visit) => {
    visit.raw(Buffer.concat(Array.from({ length: 5000 }, (_, n) => frame(`${n}`))))
  }),
  "/headers": accept(
    (visit) =>
      visit.onMessage(() => visit.send(JSON.stringify([visit.headers["x-token"], `${visit.protocols}`]))),
    { protocol: "b" },
  ),
  "/tell-twice": inTurn(
    accept((visit) => {
      visit.onMessage((data) => {
        visit.send(data)
        if (data === '"hello"') visit.close(1012)
      })
    }),
    accept((visit) => visit.onMessage((data) => visit.send(data))),
  ),
  "/close-without-code": inTurn(closeAfter(50), accept()),
  "/login": closeAfter(50, 4401, "login"),
  "/hang": hang(),
  "/hang-once": inTurn(hang(), accept()),
  "/mute": mute(maker === "ws"),
  "/told-close": echo(() => {
    const { code, reason } = server.visitsTo(`/${maker}/tell-close`)[0]?.closed ?? {}
    return JSON.stringify([code, reason])
  }),
})
