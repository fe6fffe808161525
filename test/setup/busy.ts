/**
 * Runs a command on a busy machine: beside four processes that only compute, and are stopped however the command ends.
 * `--times 3` runs it three times, or until it fails; `--beside 1` starts one process instead of four.
 */
import { type ChildProcess, spawn } from "node:child_process"

/** Computes, and exits if the process that started it is gone. */
const compute = `
  process.once("disconnect", () => process.exit())
  const work = () => {
    for (const until = Date.now() + 50; Date.now() < until; );
    setImmediate(work)
  }
  work()`

const words = process.argv.slice(2)
/** Removes an option from the words and returns its value. The remaining words are the command. */
const take = (option: string, otherwise: number): number => {
  const at = words.indexOf(option)
  return at < 0 ? otherwise : Number(words.splice(at, 2)[1])
}
const times = take("--times", 1)
const beside = take("--beside", 4)
const [command, ...args] = words
if (command === undefined || ![times, beside].every((number) => Number.isInteger(number) && number > 0)) {
  console.error("Usage: node test/setup/busy.ts command [arguments] [--times 3] [--beside 4]")
  process.exit(1)
}

const computing = Array.from({ length: beside }, () =>
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
