/**
 * Simulates how clients reconnect to a server that went away: `npm run herd`.
 * `--clients 1000000` sets the number of clients, `--seed x` the random numbers; `--write` writes the tables and the
 * figure into the docs.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { withPart } from "./document.ts"
import { docs, everything, figure, sizes, tables } from "./report.ts"

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: `${docs.clients}` },
    seed: { type: "string", default: docs.seed },
    write: { type: "boolean", default: false },
  },
})
const { seed, write } = values
const clients = Number(values.clients)
if (!Number.isInteger(clients) || clients < 1)
  throw new Error(`--clients must be a whole number of at least 1, not ${values.clients}`)

const started = performance.now()
const outcomes = everything({ clients, seed })
const parts = {
  clients: `${clients.toLocaleString("en")} clients, seed \`${seed}\`.`,
  tables: tables(outcomes),
  sizes: sizes([1000, 10_000, 100_000], seed),
}
console.log(Object.values(parts).join("\n\n"))
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`)

if (write) {
  const page = Object.entries(parts).reduce(
    (page, [name, text]) => withPart(page, name, text),
    readFileSync("docs/herd.md", "utf8"),
  )
  writeFileSync("docs/herd.md", page)
  writeFileSync("docs/herd.svg", figure(outcomes))
}
