import { defineConfig } from "vitest/config"
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    name: process.env.ENGINE,
    include: ["test/browser/**/*.test.ts", "test/engines/**/*.test.ts"],
    globalSetup: "test/engines/global.ts",
    maxWorkers: 1,
    maxConcurrency: process.env.ENGINE === "webkit" ? 1 : 2,
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
