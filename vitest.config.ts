import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { leanTests } from "./build/lean.ts"

const cores = availableParallelism()
/** How many test files run at once. */
const workers = Math.max(1, cores - 1)
/** How many pages a file may have open at once: two for each core, in all files together. */
const pages = Math.ceil((2 * cores) / workers)

const project = (name: string, include: Array<string>, more: object = {}) => ({
  extends: true as const,
  test: { name, include: include.map((folder) => `test/${folder}/**/*.test.ts`), ...more },
})

export default defineConfig({
  test: {
    maxWorkers: workers,
    reporters: ["verbose", "./test/setup/tally.ts"],
    // What Node runs as it is (`npm run coverage`): pages run the built scripts.
    coverage: {
      include: ["core", "client", "channel", "server", "testing"].map((folder) => `src/${folder}/*.ts`),
      reporter: [["text", { maxCols: 100 }], "html"],
      reportOnFailure: true,
      reportsDirectory: "coverage",
    },
    projects: [
      // One Effect, and one jsdom, for all files: importing them takes longer than most of them.
      project("core", ["core", "client", "testing", "server", "channel"], { isolate: false }),
      // The core once more, over what the scripts have of Effect.
      {
        ...project("lean", ["core"], {
          isolate: false,
          // It does not know that patches have changed.
          fsModuleCache: false,
          server: { deps: { inline: [/effect/] } },
        }),
        plugins: [leanTests],
      },
      project("htmx", ["htmx", "element", "conformance", "companions", "protocol"], {
        isolate: false,
        setupFiles: "test/setup/collect.ts",
        execArgv: ["--expose-gc"],
      }),
      project("browser", ["browser"], {
        globalSetup: "test/setup/browser-global.ts",
        isolate: false,
        maxConcurrency: pages,
        testTimeout: 20_000,
        hookTimeout: 20_000,
      }),
      // Pages behave the same with the inspector on them: a part of the tests, for all of them see CONTRIBUTING.md.
      project("inspected", [], {
        include: ["frames", "status", "order", "htmx4/page"].map((name) => `test/browser/${name}.test.ts`),
        env: { WITH_INSPECTOR: "open" },
        globalSetup: "test/setup/browser-global.ts",
        isolate: false,
        maxConcurrency: pages,
        testTimeout: 20_000,
        hookTimeout: 20_000,
      }),
      project("sides", ["sideBySide"], {
        globalSetup: "test/setup/browser-global.ts",
        maxConcurrency: pages,
        testTimeout: 20_000,
      }),
      project("project", ["project", "cli"]),
      project("examples", [], {
        include: ["demo/examples/*.test.ts", "test/examples/*.test.ts"],
        testTimeout: 20_000,
      }),
    ],
  },
})
