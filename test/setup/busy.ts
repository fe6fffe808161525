/**
 * Runs a command on a busy machine: beside four processes that do nothing but compute, and that end with it however it
 * ends. `--times 3` runs it three times, unless it fails before.
 */
import { type ChildProcess, spawn } from "node:child_process"

/** Looks up now and then, whether the process that started it is still there. */
const compute = `
  process.once("disconnect", () => process.exit())
  const work = () => {
    for (const until = Date.now() + 50; Date.now() < until; );
    setImmediate(work)
  }
  work()`

const words = process.argv.slice(2)
const at = words.indexOf("--times")
const [, number = "1"] = at < 0 ? [] : words.splice(at, 2)
const times = Number(number)
const [command, ...args] = words
if (command === undefined || !Number.isInteger(times) || times < 1) {
  console.error("Usage: node test/setup/busy.ts command [arguments] [--times 3]")
  process.exit(1)
}

const computing = Array.from({ length: 4 }, () =>
  spawn(process.execPath, ["-e", compute], { stdio: ["ignore", "ignore", "inherit", "ipc"] }),
)
console.log(`computing: ${computing.map(({ pid }) => pid).join(", ")}`)

let running: ChildProcess | undefined
process.once("exit", () => {
  running?.kill()
  for (const child of computing) child.kill("SIGKILL")
})
for (const [signal, number] of [
  ["SIGHUP", 1],
  ["SIGINT", 2],
  ["SIGTERM", 15],
] as const)
  process.once(signal, () => process.exit(128 + number))

for (let time = 1; time <= times; time++) {
  console.log(`beside busy processes, ${time} of ${times}: ${words.join(" ")}`)
  running = spawn(command, args, { stdio: "inherit" })
  const status = await new Promise<number>((resolve, reject) => {
    running?.once("error", reject)
    running?.once("close", (code) => resolve(code ?? 1))
  })
  if (status !== 0) process.exit(status)
}
process.exit()
