import type { Reporter, TestModule } from "vitest/node"

/** Ends the run with one line for people and scripts: `N passed, N failed`. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandled: ReadonlyArray<unknown>) {
    let passed = 0
    let failed = unhandled.length
    for (const module of modules) {
      failed += module.errors().length
      for (const suite of module.children.allSuites()) failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === "passed") passed++
        if (state === "failed") failed++
      }
    }
    // The other reporters print their summary in the same turn; this line comes after it.
    process.once("exit", () => console.log(`${passed} passed, ${failed} failed`))
  }
}
