/**
 * What happens to a server when it goes away under its clients: `npm run herd`.
 * `--clients 1000000` takes another number of clients, `--seed x` other random numbers; `--write` puts tables and
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
  throw new Error(`--clients is a whole number from 1 on, and not ${values.clients}`)

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
