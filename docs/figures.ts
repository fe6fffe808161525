/** The figures of README.md, from the results of the benchmark and the scripts themselves. */
import { globSync, readFileSync } from "node:fs"
import { gzipSync } from "node:zlib"

/** Kilobytes after gzip. */
const weigh = (path: string): string =>
  `${(gzipSync(readFileSync(path), { level: 9 }).length / 1024).toFixed(1)} KB`

/** The first number of each row in the tables of a section of RESULTS.md. */
const measured = (htmx: string): ReadonlyMap<string, string> => {
  const results = readFileSync("benchmarks/RESULTS.md", "utf8")
  const [, section = ""] =
    new RegExp(`<!-- measured: ${htmx} -->([\\s\\S]*?)<!-- end -->`).exec(results) ?? []
  const rows = Array.from(
    section.matchAll(/^\| (.+?) \| ([\d.]+)/gm),
    ([, row = "", figure = ""]) => [row, figure] as const,
  )
  // The first of those with one name is that of small frames.
  return new Map(rows.reverse())
}

const workloads = {
  "5,000 small frames": "5,000 small frames over 50 targets",
  "… with `batch: true`": "the same, `batch: true`",
  "5,000 form submits": "5,000 form submits",
  "opening and closing 200 connections": "opening and closing 200 connections",
  "evaluation of the script": "evaluation of the script",
}

/** The rows that compare CPU time and weight with the official scripts. `budget` is what ours may weigh. */
export const rows = (budget: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [on2, on4] = [measured("htmx 2"), measured("htmx 4")]
  return [
    [
      "the script, after gzip",
      `${budget} instead of ${weigh("node_modules/htmx-ext-ws/ws.js")}`,
      `${budget} instead of ${weigh("node_modules/htmx-4/dist/ext/hx-ws.min.js")}`,
    ],
    ...Object.entries(workloads).map(([title, row]) => {
      const [of2, of4] = [on2.get(row), on4.get(row)]
      if (of2 === undefined || of4 === undefined) throw new Error(`RESULTS.md: there is no row ${row}`)
      return [title, of2, of4]
    }),
  ]
}

/** How many scenarios there are that the official script fails. */
export const scenarios = (): number =>
  globSync("test/browser/defects/*.test.ts").reduce(
    (sum, path) => sum + (readFileSync(path, "utf8").match(/\bdefect\(/g)?.length ?? 0),
    0,
  )
