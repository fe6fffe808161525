import { existsSync } from "node:fs"
import { chromium } from "playwright-core"
import type { TestProject } from "vitest/node"
import { findChromium, flags } from "./chromium.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The browser that all tests share, and where it listens. */
    browser: {
      readonly engine: "chromium" | "firefox" | "webkit"
      readonly endpoint: string
    }
  }
}

export default async function setup(project: TestProject) {
  if (!existsSync("dist/ws.js"))
    throw new Error("The browser tests run the built scripts: `npm run build` first.")
  const server = await chromium.launchServer({
    executablePath: findChromium(),
    host: "127.0.0.1",
    args: flags,
  })
  project.provide("browser", { engine: "chromium", endpoint: server.wsEndpoint() })
  return () => server.close()
}
