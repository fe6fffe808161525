/**
 * `npm run servers`: each server of demo/servers by the command check-server, and by pages on htmx 2 and 4 in Chromium. As
 * root installs what they need of Debian. Reads `dist`: build first.
 */
import { spawn } from "node:child_process"
import { chromium } from "playwright-core"
import manifest from "../../package.json" with { type: "json" }
import { findChromium, flags } from "../setup/chromium.ts"
import { installPackages } from "../setup/debian.ts"
import type { Program } from "../setup/Program.ts"
import { prepare, samples } from "./samples.ts"
import { visit } from "./visit.ts"

/** Longer than it ever takes, in milliseconds. */
const bound = 300_000

/** Runs check-server, whose `--restart` is a signal to this process. */
const check = async (program: Program): Promise<boolean> => {
  const restart = async () => {
    await program.down("SIGTERM")
    await program.up()
  }
  process.once("SIGUSR2", restart)
  const options = [
    "--send",
    '{"text": "hello {n}"}',
    "--keep",
    "100",
    "--restart",
    `kill -USR2 ${process.pid}`,
  ]
  const args = ["check-server", ...options, "--strict", `${program.url.replace("http", "ws")}chat`]
  const child = spawn(process.execPath, [manifest.bin["htmx-ext-effect-ws"], ...args], { stdio: "inherit" })
  const status = await new Promise((resolve) => child.on("exit", resolve))
  process.off("SIGUSR2", restart)
  return status === 0
}

const overdue = setTimeout(() => {
  console.error(`The run has not ended within ${bound / 1000} seconds.`)
  process.exit(1)
}, bound)

const missing = samples.filter(({ find }) => find() === undefined)
if (missing.length > 0) {
  console.log(`Installing what is needed for ${missing.map(({ name }) => name).join(" and ")}.`)
  installPackages(...missing.flatMap(({ debian }) => debian))
}
const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
try {
  for (const { debian, find, name, needs } of samples) {
    console.log(`\n${name}`)
    const command = find()
    if (command === undefined) {
      console.error(`not ok  It was not tried: it needs ${needs} (Debian: ${debian.join(" ")}).`)
      process.exitCode = 1
      continue
    }
    const program = await prepare(command, "2")
    await program.up()
    if (!(await check(program))) process.exitCode = 1
    await program.close()
    for (const htmx of ["2", "4"] as const) {
      const outcome = await visit(browser, command, htmx).then(
        () => "ok     ",
        (error: Error) => `not ok  ${error.message}`,
      )
      console.log(
        `${outcome} A page on htmx ${htmx} gets what it missed while it was cut off, and the log anew after a restart`,
      )
      if (!outcome.startsWith("ok")) process.exitCode = 1
    }
  }
} finally {
  await browser.close()
  clearTimeout(overdue)
}
