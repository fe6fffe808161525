/** Starts WebKitGTK, which draws on an X server of its own in memory. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { freePort } from "../../setup/debian.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { findEngineProgram } from "../install.ts"
import { request } from "./Session.ts"

export const launchWebKit = async () => {
  const xvfb = spawn(
    findEngineProgram("Xvfb"),
    ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "pipe", "ignore"] },
  )
  const [display] = await once(xvfb.stdout, "data")
  const port = await freePort()
  const driver = spawn(findEngineProgram("WebKitWebDriver"), [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}`, NO_AT_BRIDGE: "1" },
    stdio: "ignore",
  })
  const origin = `http://127.0.0.1:${port}`
  await waitFor(() =>
    fetch(`${origin}/status`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  const options = { binary: findEngineProgram("MiniBrowser"), args: ["--automation"] }
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } }
  const session = await request(origin, "POST", "/session", { capabilities })
  const endpoint = `${origin}/session/${session.sessionId}`
  // The limit of a script is a timer of its page, whose clock tests may advance.
  await request(endpoint, "POST", "/timeouts", { script: null })
  return {
    endpoint,
    version: session.capabilities.browserVersion as string,
    close: async () => {
      await request(endpoint, "DELETE", "", {}).catch(() => {})
      driver.kill()
      xvfb.kill()
    },
  }
}
