/** Finds the nginx of the tests, and starts it. Run as a script, installs it if it is missing. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findProgram, freePort, installPackages } from "./debian.ts"
import { waitFor } from "./waitFor.ts"

/** The path of nginx. Without one its tests do not run. */
export const findNginx = (): string | undefined => findProgram("nginx", "NGINX_PATH")

/** What a location needs for WebSockets. Without it nginx speaks HTTP 1.0 to what is behind it, and drops `Upgrade`. */
export const passUpgrade = `proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection "upgrade";`

/** An nginx on a free port of 127.0.0.1, in front of another server. */
export class Nginx {
  readonly origin: string
  readonly #folder: string
  readonly #process: ChildProcess

  /** `settings` are those of all that it hands on to the server at `origin`. */
  static async start(origin: string, settings = ""): Promise<Nginx> {
    const nginx = new Nginx(origin, settings, await freePort())
    const { port } = new URL(nginx.origin)
    const isUp = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.destroy()
          resolve(true)
        })
        socket.on("error", () => resolve(false))
      })
    await waitFor(isUp, 10_000, { every: 20, shown: "nginx listens" })
    return nginx
  }

  private constructor(origin: string, settings: string, port: number) {
    this.origin = `http://127.0.0.1:${port}`
    this.#folder = mkdtempSync(join(tmpdir(), "nginx-"))
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${this.#folder}/${name};`)
      .join(" ")
    const file = join(this.#folder, "nginx.conf")
    writeFileSync(
      file,
      `daemon off; master_process off; pid ${this.#folder}/pid; error_log stderr crit;
events { worker_connections 64; }
http { access_log off; ${temporary}
server { listen 127.0.0.1:${port}; location / { proxy_pass ${origin}; ${settings} } } }`,
    )
    const path = findNginx()
    if (path === undefined) throw new Error("No nginx found: install it, or set NGINX_PATH.")
    this.#process = spawn(path, ["-p", this.#folder, "-c", file, "-e", "stderr"], { stdio: "ignore" })
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.on("exit", resolve))
    this.#process.kill("SIGKILL")
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

if (import.meta.main && findNginx() === undefined) {
  console.log("Installing nginx for the tests of proxies.")
  installPackages("nginx")
  if (findNginx() === undefined)
    console.warn("Without nginx the tests of proxies do not run: install it, or set NGINX_PATH.")
}
