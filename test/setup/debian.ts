/** Programs that tests run beside themselves: where they are, and how Debian installs them. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { delimiter, join } from "node:path"

/** The path of a program: what an environment variable says, or the first on the `PATH`. */
export const findProgram = (name: string, variable: string): string | undefined =>
  process.env[variable] ??
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file))

/** Installs packages as root on Debian, and does nothing elsewhere. */
export const installPackages = (...names: ReadonlyArray<string>): void => {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return
  // Its service is not started: at runlevel 1 none is.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" }
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", ...names]])
    spawnSync("apt-get", args, { stdio: "inherit", env })
}

/** A port of 127.0.0.1 that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
