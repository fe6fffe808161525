/**
 * Drives a Chromium without Playwright. Playwright always traces the network, including each frame of a WebSocket,
 * on the thread of the page: that adds the same cost to everything compared, and hides differences.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findChromium, flags } from "../test/setup/chromium.ts"
import { waitFor } from "../test/setup/waitFor.ts"
import { Cdp } from "./Cdp.ts"
import { Page } from "./Page.ts"

export class Browser {
  readonly #profile: string
  readonly #process: ChildProcess
  readonly #cdp: Cdp

  /** Starts a Chromium, which ends with this process at the latest. */
  static async launch(): Promise<Browser> {
    const executable = findChromium()
    const profile = mkdtempSync(join(tmpdir(), "benchmark-"))
    const child = spawn(
      executable,
      [
        ...flags,
        "--headless",
        "--no-startup-window",
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
      ],
      // A process group of its own, since the executable may be a shell script that starts Chromium and waits for it.
      { stdio: "ignore", detached: true },
    )
    const kill = () => end(child, profile)
    process.once("exit", kill)
    try {
      // The file has two lines, and the second may be written later: the port, and the path of the browser's endpoint.
      const file = join(profile, "DevToolsActivePort")
      const [port, path] = await waitFor(() => {
        const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
        return lines[1] ? lines : undefined
      }, 20_000)
      return new Browser(child, profile, await Cdp.dial(`ws://127.0.0.1:${port}${path}`))
    } catch (cause) {
      kill()
      throw cause
    } finally {
      process.off("exit", kill)
    }
  }

  private constructor(child: ChildProcess, profile: string, cdp: Cdp) {
    this.#process = child
    this.#profile = profile
    this.#cdp = cdp
    process.once("exit", this.close)
  }

  get isConnected() {
    return !this.#cdp.browser.isOver
  }

  /** Its name and version, such as `Chrome/140.0.7339.16`. */
  async version(): Promise<string> {
    return (await this.#cdp.browser.send("Browser.getVersion")).product
  }

  newPage(): Promise<Page> {
    return Page.open(this.#cdp)
  }

  /** Synchronous, so that it can run while the process exits. */
  readonly close = (): void => {
    process.off("exit", this.close)
    this.#cdp.close()
    end(this.#process, this.#profile)
  };

  [Symbol.dispose]() {
    this.close()
  }
}

const end = (child: ChildProcess, profile: string): void => {
  try {
    process.kill(-(child.pid as number), "SIGKILL")
  } catch {
    // It has already exited.
  }
  // Its other processes may still write to this directory for a moment.
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}
