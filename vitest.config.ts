import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { leanTests } from "./build/lean.ts"

const cores = availableParallelism()
/** How many test files with pages in Chromium run at once: it takes a core itself. */
const workers = Math.max(1, cores - 1)
/** What those files have in common. */
const inChromium = {
  globalSetup: "test/setup/browser-global.ts",
  maxWorkers: workers,
  // Two pages for each core, in all files together.
  maxConcurrency: Math.ceil((2 * cores) / workers),
  // After the others, which may take all cores.
  sequence: { groupOrder: 1 },
}

const project = (name: string, include: Array<string>, more: object = {}) => ({
  extends: true as const,
  test: { name, include: include.map((folder) => `test/${folder}/**/*.test.ts`), ...more },
})

export default defineConfig({
  test: {
    maxWorkers: cores,
    // For what would never end: all else takes milliseconds, or as long as a busy machine makes it.
    testTimeout: 20_000,
    hookTimeout: 20_000,
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
      project("core", ["core", "client", "testing", "server", "channel"], {
        isolate: false,
        setupFiles: "test/setup/samples.ts",
      }),
      // The core once more, over what the scripts have of Effect.
      {
        ...project("lean", ["core"], {
          isolate: false,
          setupFiles: "test/setup/samples.ts",
          // It does not know that patches have changed.
          fsModuleCache: false,
          server: { deps: { inline: [/effect/] } },
        }),
        plugins: [leanTests],
      },
      project("htmx", ["htmx", "element", "conformance", "companions", "protocol", "fuzz"], {
        isolate: false,
        setupFiles: ["test/setup/collect.ts", "test/setup/samples.ts"],
        execArgv: ["--expose-gc"],
      }),
      project("browser", ["browser"], {
        ...inChromium,
        isolate: false,
        setupFiles: "test/setup/samples.ts",
      }),
      // Pages behave the same with the inspector on them: a part of the tests, for all of them see CONTRIBUTING.md.
      project("inspected", [], {
        include: ["frames", "status", "order", "htmx4/page"].map((name) => `test/browser/${name}.test.ts`),
        env: { WITH_INSPECTOR: "open" },
        ...inChromium,
        isolate: false,
      }),
      project("sides", ["sideBySide"], inChromium),
      project("faults", ["faults"], inChromium),
      project("project", ["project", "cli"]),
      project("examples", [], { include: ["demo/examples/*.test.ts", "test/examples/*.test.ts"] }),
    ],
  },
})
