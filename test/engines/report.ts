/** What `npm run engines` says, as tables for the docs. */
import { faultNames, faults } from "../faults/faults.ts"
import { differences } from "./differences.ts"
import { answerIn, facts } from "./facts.ts"
import { codeIn, type Engine, engines } from "./seen.ts"

/** How many tests of a suite ran in an engine on an htmx, and how many of them differ. */
export interface Count {
  readonly engine: Engine
  readonly version: string
  readonly htmx: string
  readonly suite: string
  readonly cases: number
  readonly differs: number
}

const names: Readonly<Record<Engine, string>> = {
  chromium: "Chromium",
  firefox: "Firefox",
  webkit: "WebKitGTK",
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const sum = (counts: ReadonlyArray<Count>): string => {
  const cases = counts.reduce((all, { cases }) => all + cases, 0)
  const differs = counts.reduce((all, { differs }) => all + differs, 0)
  return differs === 0 ? String(cases) : `${cases}, ${differs} of them differ`
}

/** The cases of an engine by suite and htmx, and what makes some of them differ. */
export const countsTable = (counts: ReadonlyArray<Count>): string => {
  const [{ engine, version }] = counts as [Count]
  const row = (title: string, isIn: (count: Count) => boolean) => [
    title,
    ...["1.9", "2", "4", ""].map((htmx) => sum(counts.filter((count) => count.htmx === htmx && isIn(count)))),
  ]
  const suites = [...new Set(counts.map(({ suite }) => suite))].toSorted()
  const rows = suites.map((suite) => row(suite, (count) => count.suite === suite))
  const whys = differences.filter((difference) => difference.engine === engine).map(({ why }) => `- ${why}`)
  return [
    `${names[engine]} ${version}: ${sum(counts)}.`,
    table(["cases", "htmx 1.9", "htmx 2", "htmx 4", "without"], [...rows, row("all", () => true)]),
    ...(whys.length === 0 ? [] : [whys.join("\n")]),
  ].join("\n\n")
}

/** The faults after which a page gets another code in one engine than in another. */
export const codesTable = (): string => {
  const rows = faultNames
    .filter((name) => !faults[name].foundBy)
    .map((name) => ({
      does: faults[name].does,
      codes: engines.map((engine) => String(codeIn(engine, name))),
    }))
    .filter(({ codes }) => new Set(codes).size > 1)
  return table(
    ["a server", ...engines.map((engine) => names[engine])],
    rows.map(({ does, codes }) => [does.replace(/\.$/, ""), ...codes.map(shown)]),
  )
}

const shown = (code: string): string => (code === "none" ? "stays open" : code)

export const factsTable = (): string =>
  table(
    ["", ...engines.map((engine) => names[engine])],
    facts.map((fact) => [fact.about, ...engines.map((engine) => answerIn(fact, engine))]),
  )
