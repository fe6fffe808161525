/** The small servers of demo/servers: what they need, and how they are run. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join, resolve } from "node:path"
import { assetOf } from "../setup/assets.ts"
import { Program } from "../setup/Program.ts"
import type { HtmxVersion } from "../setup/pages.ts"

export interface Sample {
  readonly name: string
  /** The packages of Debian that have what it needs. */
  readonly debian: ReadonlyArray<string>
  /** What it needs, in words. */
  readonly needs: string
  /** The command that runs it; `undefined` if something is missing. */
  readonly find: () => ReadonlyArray<string> | undefined
}

const inPath = (name: string): ReadonlyArray<string> =>
  (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name))

const succeeds = (command: string, ...args: ReadonlyArray<string>): boolean =>
  existsSync(command) && spawnSync(command, args).status === 0

const fileOf = (path: string): string => resolve("demo/servers", path)

/** Where Debian has the sources of Go's packages. */
const gopath = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" }

export const samples: ReadonlyArray<Sample> = [
  {
    name: "Node with ws",
    debian: [],
    needs: "",
    find: () => [process.execPath, fileOf("node/server.js")],
  },
  {
    name: "Python with Starlette",
    debian: ["python3-starlette", "python3-uvicorn", "python3-websockets"],
    needs: "a python3 with starlette, uvicorn and websockets",
    find: () => {
      const has = (python: string) => succeeds(python, "-c", "import starlette, uvicorn, websockets")
      const python = [...inPath("python3"), "/usr/bin/python3"].find(has)
      return python === undefined ? undefined : [python, fileOf("python/server.py")]
    },
  },
  {
    name: "Go with gorilla/websocket",
    debian: ["golang-go", "golang-github-gorilla-websocket-dev"],
    needs: "go, and gorilla/websocket in /usr/share/gocode",
    find: () => {
      const go = [...inPath("go"), "/usr/bin/go"].find((file) => succeeds(file, "version"))
      if (go === undefined || !existsSync(`${gopath.GOPATH}/src/github.com/gorilla/websocket`))
        return undefined
      const binary = resolve("dist/demo-server")
      const args = ["build", "-o", binary, fileOf("go/server.go")]
      const built = spawnSync(go, args, { env: { ...process.env, ...gopath }, encoding: "utf8" })
      if (built.status !== 0) throw new Error(`${fileOf("go/server.go")} cannot be built: ${built.stderr}`)
      return [binary]
    },
  },
]

/** Makes a server ready to run, with the scripts of one htmx in its folder. */
export const prepare = (command: ReadonlyArray<string>, htmx: HtmxVersion): Promise<Program> =>
  Program.of(command, {
    "js/htmx.min.js": assetOf(`/htmx-${htmx}.js`) ?? "",
    "js/ws.all.min.js": htmx === "4" ? "dist/hx-ws.all.min.js" : "dist/ws.all.min.js",
  })
