/**
 * Runs the tests that need no protocol of Chromium's own in Chromium, Firefox and WebKit: `npm run engines`.
 *
 *     npm run engines -- --only firefox --suite conformance,faults
 *     npm run engines -- --only webkit --write
 *
 * Fails if a test fails that `differences.ts` does not name, or one passes that it does.
 */
import { existsSync } from "node:fs"
import { parseArgs } from "node:util"
import { type Reporter, startVitest, type TestCase } from "vitest/node"
import { writeSection } from "../../docs/sections.ts"
import { differences } from "./differences.ts"
import { type Count, codesTable, countsTable, factsTable } from "./report.ts"
import { type Engine, engines } from "./seen.ts"
import { suites } from "./suites.ts"

const { values } = parseArgs({
  options: {
    only: { type: "string", default: engines.join() },
    suite: { type: "string", default: Object.keys(suites).join() },
    title: { type: "string" },
    write: { type: "boolean", default: false },
  },
})
const chosenEngines = engines.filter((engine) => values.only.split(",").includes(engine))
const chosenSuites = Object.keys(suites).filter((suite) => values.suite.split(",").includes(suite))
if (chosenEngines.length === 0 || chosenSuites.length === 0)
  throw new Error(`--only takes ${engines.join()}, and --suite takes ${Object.keys(suites).join()}`)
if (!existsSync("dist/ws.min.js")) throw new Error("The tests run the built scripts: `npm run build` first.")

const suiteOf = ({ module }: TestCase): string =>
  Object.keys(suites).find((suite) => suites[suite]?.includes(module.relativeModuleId)) ?? "?"
const htmxOf = ({ fullName }: TestCase): string => /htmx (1\.9|2|4)/.exec(fullName)?.[1] ?? ""

const page = "docs/reliability.md"
/** A character for each test: how far it has got. */
const progress: Reporter = {
  onTestCaseResult: (test) => void process.stderr.write(test.result().state === "failed" ? "x" : "."),
  onTestRunEnd: () => void process.stderr.write("\n"),
}

let unexpected = 0
const complain = (sentence: string): void => {
  unexpected++
  console.log(`  ${sentence}`)
}

const run = async (engine: Engine): Promise<ReadonlyArray<Count>> => {
  const vitest = await startVitest(
    "test",
    chosenSuites.flatMap((suite) => suites[suite] ?? []),
    {
      config: "test/engines/vitest.config.ts",
      project: engine,
      watch: false,
      reporters: [progress],
      ...(values.title !== undefined && { testNamePattern: values.title }),
    },
  )

  const version = process.env.ENGINE_VERSION ?? "?"
  console.log(`${engine} ${version}`)
  const modules = vitest.state.getTestModules()
  for (const module of modules)
    for (const { message } of module.errors()) complain(`${module.relativeModuleId}: ${message}`)
  for (const error of vitest.state.getUnhandledErrors()) complain(String((error as Error).message))
  const tests = modules
    .flatMap((module) => [...module.children.allTests()])
    .filter((test) => ["passed", "failed"].includes(test.result().state))
  await vitest.close()

  const counts: Array<Count> = []
  for (const [key, group] of Map.groupBy(tests, (test) => `${htmxOf(test)}|${suiteOf(test)}`)) {
    const [htmx = "", suite = ""] = key.split("|")
    const failed = group.filter((test) => test.result().state === "failed")
    const differs = failed.filter((test) => differenceOf(engine, test) !== undefined).length
    counts.push({ engine, version, htmx, suite, cases: group.length, differs })
    const others = failed.length - differs
    console.log(
      `  ${htmx === "" ? "no htmx" : `htmx ${htmx}`}, ${suite}: ${group.length} cases${differs === 0 ? "" : `, ${differs} differ as known`}${others === 0 ? "" : `, ${others} failed`}`,
    )
    for (const test of group) {
      const isKnown = differenceOf(engine, test) !== undefined
      if (test.result().state === "passed" && isKnown) complain(`no longer differs: ${test.fullName}`)
      else if (test.result().state === "failed" && !isKnown)
        complain(`failed: ${test.fullName}: ${test.result().errors?.[0]?.message}`)
    }
  }
  return counts
}

const differenceOf = (engine: Engine, { fullName }: TestCase) =>
  differences.find((difference) => difference.engine === engine && difference.tests.test(fullName))

for (const engine of chosenEngines) {
  const counts = await run(engine)
  if (values.write) writeSection(page, engine, countsTable(counts))
}
if (values.write) writeSection(page, "codes", codesTable())
if (values.write) writeSection(page, "facts", factsTable())
process.exit(unexpected === 0 ? 0 : 1)
