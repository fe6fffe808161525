import type { Case, Deviation } from "./Case.ts"
import { rules } from "./rules.ts"
import type { Trace } from "./run.ts"
import { type Version, versionsOf } from "./versions.ts"

/** A line of a diff: `- ` is only in the official trace, `+ ` only in ours, `  ` in both. */
type Difference = `${"-" | "+" | " "} ${string}`

const text = (trace: Trace): Array<string> =>
  rules
    .reduce((rest, { apply }) => apply(rest), trace)
    .map((entry) => {
      if (typeof entry === "string") return entry
      const fields = Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : 1))
      const detail = fields.map(([name, value]) => `${name}: ${value}`).join(", ")
      return `${entry.type} on ${entry.on}${detail === "" ? "" : ` {${detail}}`}`
    })

/** Diffs two traces by their longest common subsequence. */
export const diff = (official: Trace, ours: Trace): Array<Difference> => {
  const [a, b] = [text(official), text(ours)]
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i] as Uint16Array
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const result: Array<Difference> = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      result.push(`  ${a[i]}`)
      i++
      j++
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) result.push(`- ${a[i++]}`)
    else result.push(`+ ${b[j++]}`)
  }
  return result
}

const linesOf = ({ lines }: Deviation): Array<string> =>
  lines
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")

const matches = (pattern: string, line: string): boolean => {
  const parts = pattern.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`^${parts.join("[^]*")}$`).test(line.trim())
}

/** Describes unexpected differences of a case, and expected ones that are missing. */
export const faultsOf = (
  each: Case,
  version: Version,
  official: Trace,
  ours: Trace,
): ReadonlyArray<string> => {
  const open = (each.deviates ?? [])
    .filter(({ on }) => on === undefined || versionsOf(on).includes(version))
    .map((deviation) => ({ ...deviation, left: linesOf(deviation) }))
  const differences = diff(official, ours)
  const unexpected = new Set(
    differences
      .map((_, at) => at)
      .filter((at) => {
        const line = differences[at] as Difference
        if (line.startsWith(" ")) return false
        for (const { left } of open) {
          const found = left.findIndex((pattern) => matches(pattern, line))
          if (found >= 0) return left.splice(found, 1).length === 0
        }
        return true
      }),
  )
  const near = (at: number) => [-2, -1, 0, 1].some((distance) => unexpected.has(at + distance))
  return [
    ...(unexpected.size === 0 ? [] : ["Differences (- official, + ours) that no deviation lists:"]),
    ...differences
      .filter((_, at) => near(at))
      .map((line, _, shown) => (shown.length > 60 && line.startsWith(" ") ? "" : line))
      .filter((line) => line !== ""),
    ...open
      .filter(({ left }) => left.length > 0)
      .flatMap(({ left, name }) => [
        `"${name}" does not differ any more, or differs in another way:`,
        ...left,
      ]),
  ]
}
