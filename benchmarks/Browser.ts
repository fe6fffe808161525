/**
 * A Chromium that is spoken to without Playwright. Playwright always has it trace the network, each frame of a
 * WebSocket included, on the thread of the page, which makes all that is compared more alike than it is.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { findChromium, flags } from "../test/setup/chromium.ts"
import { Cdp } from "./Cdp.ts"
import { Page } from "./Page.ts"

export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), "benchmark-"))
  readonly #process: ChildProcess
  readonly #cdp: Cdp

  /** It ends with this process at the latest. */
  static async launch(): Promise<Browser> {
    const executable = findChromium()
    if (executable === undefined) throw new Error("No Chromium found: CHROMIUM_PATH names one.")
    const browser = new Browser(executable)
    await once(browser.#process, "spawn")
    return browser
  }

  private constructor(executable: string) {
    process.once("exit", this.close)
    this.#process = spawn(
      executable,
      [
        ...flags,
        "--headless",
        "--no-startup-window",
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--remote-debugging-pipe",
        `--user-data-dir=${this.#profile}`,
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
    )
    const [, , , input, output] = this.#process.stdio
    this.#cdp = new Cdp(input as Writable, output as Readable)
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
    this.#process.kill("SIGKILL")
    this.#cdp.close()
    // Its other processes may still write there for a moment.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  };

  [Symbol.dispose]() {
    this.close()
  }
}
