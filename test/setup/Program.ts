import { type ChildProcess, spawn } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { freePort } from "./debian.ts"
import { waitFor } from "./waitFor.ts"

/** The first program of a page of the docs. */
export const programOf = (path: string): string =>
  /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(path, "utf8"))?.[1] ?? ""

/** A server in a process of its own, which a test kills and starts again. It is told its port by `PORT`. */
export class Program {
  readonly port: number
  readonly #folder: string
  readonly #command: ReadonlyArray<string>
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
    const folder = mkdtempSync("dist/program-")
    writeFileSync(join(folder, "program.ts"), source)
    return new Program(await freePort(), folder, [process.execPath, "program.ts"])
  }

  /** A server in another language, which is run in a folder of its own with these files in it. */
  static async of(command: ReadonlyArray<string>, files: Readonly<Record<string, string>>): Promise<Program> {
    const folder = mkdtempSync("dist/program-")
    for (const [name, file] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      copyFileSync(file, join(folder, name))
    }
    return new Program(await freePort(), folder, command)
  }

  private constructor(port: number, folder: string, command: ReadonlyArray<string>) {
    this.port = port
    this.#folder = folder
    this.#command = command
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** Starts it. */
  spawn(): void {
    const [file = "", ...args] = this.#command
    const child = spawn(file, args, {
      cwd: this.#folder,
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
