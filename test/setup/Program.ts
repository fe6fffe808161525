import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { createServer } from "node:net"
import { join } from "node:path"
import { waitFor } from "./waitFor.ts"

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** The first program of a page of the docs. */
export const programOf = (path: string): string =>
  /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(path, "utf8"))?.[1] ?? ""

/** A server in a process of its own, which a test kills and starts again. */
export class Program {
  readonly port: number
  readonly #folder: string
  #process: ChildProcess | undefined
  /** What it has written to the console. */
  output = ""

  static async start(source: string): Promise<Program> {
    const program = await Program.prepare(source)
    await program.up()
    return program
  }

  /** Gives a server its port, and does not start it. */
  static async prepare(source: string): Promise<Program> {
    const program = new Program(await freePort(), mkdtempSync("dist/program-"))
    writeFileSync(join(program.#folder, "program.ts"), source)
    return program
  }

  private constructor(port: number, folder: string) {
    this.port = port
    this.#folder = folder
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** Starts it. */
  spawn(): void {
    const child = spawn(process.execPath, [join(this.#folder, "program.ts")], {
      env: { ...process.env, PORT: String(this.port) },
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        this.output += chunk
      })
    this.#process = child
  }

  /** Starts it, and waits until it listens. */
  async up(): Promise<void> {
    this.spawn()
    await waitFor(
      async () => (await fetch(this.url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined))?.ok,
      20_000,
      {
        every: 50,
        shown: "the program listens",
      },
    )
  }

  /** Ends the process: at once, without a goodbye, or as an operator does. */
  async down(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.#process
    if (child === undefined) return
    this.#process = undefined
    const ended = new Promise((resolve) => child.on("exit", resolve))
    child.kill(signal)
    await ended
  }

  async close(): Promise<void> {
    await this.down()
    rmSync(this.#folder, { recursive: true })
  }
}
