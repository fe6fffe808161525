/** Tests `npm run test:busy`, which keeps the machine busy with processes that end with it. */
import { spawn } from "node:child_process"
import { describe, expect, onTestFinished, test } from "vitest"
import { waitFor } from "../setup/waitFor.ts"

const start = (...words: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, ["test/setup/busy.ts", ...words, "--beside", "1"], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  let output = ""
  child.stdout.on("data", (bytes) => {
    output += bytes
  })
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const started = () => (/computing: (.*)/.exec(output)?.[1] ?? "").split(", ").map(Number)
  /** Returns the busy processes that have not ended. */
  const computing = () => started().filter(isThere)
  return { child, started, computing, ended, output: () => output }
}

const isThere = (pid: number): boolean => {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

const say = (code: string) => [process.execPath, "-e", code]
const forEver = say("console.log('running'); setInterval(() => process.ppid === 1 && process.exit(), 100)")

describe("a busy machine", () => {
  test("runs a command the given number of times, beside processes that end with it", async () => {
    const { computing, ended, output, started } = start(...say("console.log('done')"), "--times", "3")
    expect(await ended).toBe(0)
    expect(started()).toHaveLength(1)
    expect(output().match(/^done$/gm)).toHaveLength(3)
    await waitFor(() => computing().length === 0)
  })

  test("stops at the first failure, with its exit status", async () => {
    const { computing, ended, output } = start(
      ...say("console.log('done'); process.exitCode = 7"),
      "--times",
      "3",
    )
    expect(await ended).toBe(7)
    expect(output().match(/^done$/gm)).toHaveLength(1)
    await waitFor(() => computing().length === 0)
  })

  for (const signal of ["SIGTERM", "SIGKILL"] as const)
    test(`leaves no busy process behind after ${signal}`, async () => {
      const { child, computing, ended, output } = start(...forEver)
      await waitFor(() => output().includes("running"))
      expect(computing()).toHaveLength(1)
      child.kill(signal)
      if (signal !== "SIGKILL") expect(await ended).toBeGreaterThan(128)
      await waitFor(() => computing().length === 0)
    })
})
