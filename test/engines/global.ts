/** Starts the engine that the project is named after, for all tests of a run. */
import { fileURLToPath } from "node:url"
import { type BrowserServer, chromium, firefox } from "playwright-core"
import type { TestProject } from "vitest/node"
import { findChromium, flags } from "../setup/chromium.ts"
import type { Engine } from "./seen.ts"
import { launchWebKit } from "./webkit/launch.ts"

interface Launched {
  readonly endpoint: string
  readonly version: string
  readonly close: () => Promise<void>
}

const launchers: Readonly<Record<Engine, () => Promise<Launched>>> = {
  chromium: async () =>
    launched(
      "chromium",
      await chromium.launchServer({ executablePath: findChromium(), args: flags, ...local }),
    ),
  firefox: async () => {
    const executablePath = fileURLToPath(new URL("firefoxBridge.ts", import.meta.url))
    return launched(
      "firefox",
      await firefox.launchServer({ channel: "moz-firefox", executablePath, ...local }),
    )
  },
  webkit: launchWebKit,
}

const local = { host: "127.0.0.1" }

const launched = async (engine: "chromium" | "firefox", server: BrowserServer): Promise<Launched> => {
  const endpoint = server.wsEndpoint()
  const browser = await { chromium, firefox }[engine].connect(endpoint)
  const version = browser.version()
  await browser.close()
  return { endpoint, version, close: () => server.close() }
}

export default async function setup(project: TestProject) {
  const engine = project.name as Engine
  const { close, endpoint, version } = await launchers[engine]()
  project.provide("browser", { engine, endpoint })
  // For the report: this runs in its process.
  process.env.ENGINE_VERSION = version
  return close
}
