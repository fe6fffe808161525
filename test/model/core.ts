/**
 * Random sequences of commands against the core and its model, by a clock of their own: `npm run model`.
 *
 *     npm run model -- --runs 100000 --seed 1
 *     npm run model -- --runs 1 --seed 4711
 */
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import { writeSection } from "../../docs/sections.ts"
import type { Chunk, Outcome } from "./chunk.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    length: { type: "string", default: "100" },
    workers: { type: "string", default: "2" },
    write: { type: "boolean", default: false },
  },
})
const [runs, first, length] = [Number(values.runs), Number(values.seed), Number(values.length)]
const CHUNK = 250

const chunks: Array<Chunk> = []
for (let at = 0; at < runs; at += CHUNK)
  chunks.push({ seed: first + at, runs: Math.min(CHUNK, runs - at), length })

const tally: Record<string, number> = {}
const failures: Array<string> = []
let done = 0

const take = (outcome: Outcome): void => {
  done += outcome.runs
  for (const [name, count] of Object.entries<number>(outcome.tally)) tally[name] = (tally[name] ?? 0) + count
  if (outcome.failure !== undefined) failures.push(outcome.failure)
}

const work = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./chunk.ts", import.meta.url))
    const next = (): void => {
      const chunk = failures.length < 3 ? chunks.shift() : undefined
      if (chunk !== undefined) worker.postMessage(chunk)
      else void worker.terminate().then(() => resolve())
    }
    worker.on("message", (outcome: Outcome) => {
      take(outcome)
      next()
    })
    worker.on("error", reject)
    next()
  })

const began = performance.now()
await Promise.all(Array.from({ length: Number(values.workers) }, work))
const seconds = Math.round((performance.now() - began) / 1000)

const number = (name: string): string => (tally[name] ?? 0).toLocaleString("en")
const text = `${done.toLocaleString("en")} random sequences of ${length} commands (seeds ${first} to ${first + runs - 1}): \
${number("dials")} dials, of which ${number("opened")} opened; ${number("frames")} frames received; ${number("messages")} \
messages, of which ${number("sent")} were sent, ${number("dropped")} dropped, ${number("vetoed")} vetoed, \
${number("taken")} taken out of the queue, and ${number("refused")} refused because they had to go at once and there was \
no socket. ${failures.length === 0 ? "Every promise held in all of them" : `${failures.length} failed`}.`
for (const failure of failures) console.log(`\n${failure}`)
console.log(`\n${text}\n${seconds} s`)
if (values.write && failures.length === 0) writeSection("docs/reliability.md", "model", text)
process.exitCode = failures.length === 0 ? 0 : 1
