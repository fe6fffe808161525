/** Formats summaries as Markdown. */
import type { Summary } from "./summarize.ts"

const percent = (rate: number): string => (rate * 100).toFixed(rate < 0.0995 ? 1 : 0)
const seconds = (millis: number): string => (millis / 1000).toFixed(1)

const columns: ReadonlyArray<readonly [head: string, cell: (summary: Summary) => string]> = [
  ["worst 100 ms, %/s", ({ worstMoment }) => percent(worstMoment)],
  ["worst second, %/s", ({ worstSecond }) => percent(worstSecond)],
  ["before, %/s", ({ worstSecondBefore }) => percent(worstSecondBefore)],
  ["dials", ({ dials }) => dials.toFixed(1)],
  ["50 % back, s", ({ back50 }) => seconds(back50)],
  ["99 % back, s", ({ back99 }) => seconds(back99)],
  ["all back, s", ({ back100 }) => seconds(back100)],
  ["mean wait, s", ({ meanWait }) => seconds(meanWait)],
  ["longest wait, s", ({ longestWait }) => seconds(longestWait)],
]

/** Pads the cells of each column to one width; all columns but the first are figures. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length))
  const [head, ...body] = rows.map(
    (row) =>
      `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column)))).join(" | ")} |`,
  )
  const rule = (rows[0] ?? []).map(
    (_, column) => `${"-".repeat(width(column) + 1)}${column === 0 ? "-" : ":"}`,
  )
  return [head, `|${rule.join("|")}|`, ...body].join("\n")
}

/** Returns a table with one row for each summary; `head` is the heading of the first column. */
export const summaryTable = (
  head: string,
  rows: ReadonlyArray<readonly [name: string, summary: Summary]>,
): string =>
  table([
    [head, ...columns.map(([name]) => name)],
    ...rows.map(([name, summary]) => [name, ...columns.map(([, cell]) => cell(summary))]),
  ])
