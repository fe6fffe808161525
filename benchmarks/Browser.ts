/**
 * A Chromium that is spoken to without Playwright. Playwright always has it trace the network, each frame of a
 * WebSocket included, on the thread of the page, which makes all that is compared more alike than it is.
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

  /** It ends with this process at the latest. */
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
      // A group of its own, since what is called Chromium may be a shell script that waits for it.
      { stdio: "ignore", detached: true },
    )
    const kill = () => end(child, profile)
    process.once("exit", kill)
    try {
      // Two lines, of which the second may come later: the port, and the path of the browser's own endpoint.
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

  /** In one turn, so that a process that exits can do it. */
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
    // It has ended by itself.
  }
  // Its other processes may still write there for a moment.
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}
