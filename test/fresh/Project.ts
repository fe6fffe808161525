/** A project in a folder of its own, as somebody makes it who installs the package for the first time. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** What `npm pack` makes of this repository. The build is not run again. */
export const pack = async (folder: string): Promise<string> => {
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder])
  return join(folder, JSON.parse(stdout)[0].filename)
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "fresh-"))

  /** Installs the packed package, and others as `name@version`. */
  static async install(packed: string, ...others: ReadonlyArray<string>): Promise<Project> {
    const project = new Project()
    project.write("package.json", JSON.stringify({ name: "fresh", private: true, type: "module" }))
    await project.run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", packed, ...others)
    return project
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8")
  }

  /** Runs a command in the folder, and returns what it prints. Fails with that if it fails. */
  async run(command: string, ...args: ReadonlyArray<string>): Promise<string> {
    try {
      const { stdout } = await run(command, args, { cwd: this.folder, timeout: 300_000 })
      return stdout
    } catch (cause) {
      const { stderr, stdout } = cause as { stderr?: string; stdout?: string }
      throw new Error(`${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}`, { cause })
    }
  }

  /** Runs a command of an installed package. */
  bin(name: string, ...args: ReadonlyArray<string>): Promise<string> {
    return this.run(join(this.folder, "node_modules/.bin", name), ...args)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
