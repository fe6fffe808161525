import { defineConfig } from "vitest/config"

const project = (name: string, include: Array<string>, more: object = {}) => ({
  extends: true as const,
  test: { name, include: include.map((folder) => `test/${folder}/**/*.test.ts`), ...more },
})

export default defineConfig({
  test: {
    reporters: ["verbose", "./test/setup/tally.ts"],
    projects: [
      project("core", ["core"]),
      project("htmx", ["htmx", "conformance"]),
      project("browser", ["browser"], {
        globalSetup: "test/setup/browser-global.ts",
        testTimeout: 20_000,
        hookTimeout: 20_000,
      }),
      project("project", ["project"]),
    ],
  },
})
