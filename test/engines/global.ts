/** Starts the engine that `ENGINE` names, for all tests of a run. */
import { firefox } from "playwright-core"
import type { TestProject } from "vitest/node"
import { launchWebKit } from "./webkit/launch.ts"

const launchers = {
  firefox: async () => {
    const server = await firefox.launchServer({
      channel: "moz-firefox",
      executablePath: new URL("./firefoxBridge.ts", import.meta.url).pathname,
      host: "127.0.0.1",
    })
    return { endpoint: server.wsEndpoint(), close: () => server.close() }
  },
  webkit: launchWebKit,
}

export default async function setup(project: TestProject) {
  const engine = process.env.ENGINE as keyof typeof launchers
  const { endpoint, close } = await launchers[engine]()
  project.provide("browser", { engine, endpoint })
  return close
}
