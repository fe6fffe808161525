/** A project for each engine, run one after the other by `engines.ts`. */
import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { skipped } from "./differences.ts"
import { engines } from "./seen.ts"
import { suites } from "./suites.ts"

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    // One process and one browser; a session of WebDriver does one thing after the other.
    maxWorkers: 1,
    isolate: false,
    testNamePattern: new RegExp(`^(?!.*(?:${skipped.source}))`),
    testTimeout: 40_000,
    hookTimeout: 40_000,
    projects: engines.map((engine) => ({
      extends: true,
      test: {
        name: engine,
        globalSetup: "test/engines/global.ts",
        include: Object.values(suites).flat(),
        maxConcurrency: engine === "webkit" ? 1 : 2,
      },
    })),
  },
})
