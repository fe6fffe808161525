/** Starts WebKitGTK, which draws on an X server of its own in memory. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { globSync } from "node:fs"
import { findProgram, freePort } from "../../setup/debian.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { request } from "./Session.ts"

export const launchWebKit = async () => {
  const xvfb = spawn(
    findXvfb(),
    ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "pipe", "ignore"] },
  )
  const [display] = await once(xvfb.stdout, "data")
  const port = await freePort()
  const driver = spawn(findDriver(), [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}`, NO_AT_BRIDGE: "1" },
    stdio: "ignore",
  })
  const origin = `http://127.0.0.1:${port}`
  await waitFor(() => fetch(`${origin}/status`).then(({ ok }) => ok, () => false))
  const options = { binary: findMiniBrowser(), args: ["--automation"] }
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } }
  const session = await request(origin, "POST", "/session", { capabilities })
  const endpoint = `${origin}/session/${session.sessionId}`
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

const missing = (what: string): Error =>
  new Error(`No ${what} found: run \`npm run engines\` as root on Debian, which installs it.`)

/** Returns `WEBKIT_DRIVER_PATH` if it is set, else the driver of this machine. */
export const findDriver = (): string => {
  const found = findProgram("WebKitWebDriver", "WEBKIT_DRIVER_PATH")
  if (found === undefined) throw missing("WebKitWebDriver")
  return found
}

const findXvfb = (): string => {
  const found = findProgram("Xvfb", "XVFB_PATH")
  if (found === undefined) throw missing("Xvfb")
  return found
}

const findMiniBrowser = (): string => {
  const [found] = globSync("/usr/{lib,libexec}{,/*}/webkit2gtk-*/MiniBrowser")
  if (found === undefined) throw missing("MiniBrowser of WebKitGTK")
  return found
}
