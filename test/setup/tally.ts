import type { Reporter, TestModule } from "vitest/node"

/** Prints one last line that people and scripts can read: `N passed, N failed`. */
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
    // The other reporters print their summaries in this task; this line is printed after them.
    process.once("exit", () => console.log(`${passed} passed, ${failed} failed`))
  }
}
