/** A Chromium as people run it: tabs that are hidden while another is in front, frozen pages, throttled timers. */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Cdp, type Session } from "../../benchmarks/Cdp.ts"
import { findFullChromium, flags } from "../setup/chromium.ts"
import { waitFor } from "../setup/waitFor.ts"

export class Chromium implements AsyncDisposable {
  readonly cdp: Cdp
  readonly #end: () => void

  /** Starts the full Chromium without what test runners switch off: it throttles, hides and freezes pages. */
  static async launch(...more: ReadonlyArray<string>): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), "chromium-"))
    const child = spawn(
      findFullChromium(),
      [
        ...flags,
        "--headless=new",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        ...more,
        "about:blank",
      ],
      { stdio: "ignore", detached: true },
    )
    const end = (): void => {
      if (child.pid !== undefined)
        try {
          process.kill(-child.pid, "SIGKILL")
        } catch {
          // It has ended.
        }
      try {
        rmSync(profile, { recursive: true, force: true })
      } catch {
        // A process of it may still write.
      }
    }
    process.once("exit", end)
    const file = join(profile, "DevToolsActivePort")
    const [port, path] = await waitFor(() => {
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
      return lines[1] ? lines : undefined
    }, 30_000)
    return new Chromium(await Cdp.dial(`ws://127.0.0.1:${port}${path}`), end)
  }

  private constructor(cdp: Cdp, end: () => void) {
    this.cdp = cdp
    this.#end = end
  }

  /** Opens a tab in front of the others. */
  async open(url: string): Promise<Tab> {
    const { targetId } = await this.cdp.browser.send("Target.createTarget", { url })
    const { sessionId } = await this.cdp.browser.send("Target.attachToTarget", { targetId, flatten: true })
    const session = this.cdp.page(sessionId)
    await this.cdp.browser.send("Target.activateTarget", { targetId })
    return new Tab(session)
  }

  /** The processes that run pages. */
  async renderers(): Promise<ReadonlyArray<number>> {
    const { processInfo } = await this.cdp.browser.send("SystemInfo.getProcessInfo")
    return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cdp.close()
    this.#end()
  }
}

export class Tab {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  /** The value of an expression in the page. */
  async ask<A>(expression: string): Promise<A> {
    const { result } = await this.session.send("Runtime.evaluate", { expression, returnByValue: true })
    return result.value as A
  }
}
