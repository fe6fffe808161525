import type { Headers, TestServer } from "../setup/server.ts"
import type { Visit } from "../setup/Visit.ts"
import type { Traffic } from "./inPage/recorder.ts"
import type { Tab } from "./Tab.ts"

/** The time limit for pending work, in milliseconds. */
const patience = 5_000

/** Controls the page and the server in the steps of a case. Each method returns when nothing is pending any more. */
export class Stage {
  readonly server: TestServer
  readonly #tab: Tab

  constructor(tab: Tab, server: TestServer) {
    this.#tab = tab
    this.server = server
  }

  /** Runs JavaScript in the page. Adds what it throws to the trace. */
  async run(code: string): Promise<void> {
    await this.#tab.evaluate(`try { ${code} } catch (error) { show(error) }; undefined`)
    await this.settle()
  }

  /** Adds the value of a JavaScript expression to the trace. */
  show(expression: string): Promise<void> {
    return this.run(`show(${expression})`)
  }

  click(selector: string): Promise<void> {
    return this.run(`document.querySelector(${JSON.stringify(selector)}).click()`)
  }

  /** Focuses a field and enters a text, as a user would. */
  type(selector: string, text: string): Promise<void> {
    return this.run(`
      const field = document.querySelector(${JSON.stringify(selector)})
      field.focus()
      field.value = ${JSON.stringify(text)}
      for (const type of ["input", "keyup", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }))`)
  }

  /** Sends frames to every open socket, one after the other. */
  async send(...frames: ReadonlyArray<string | Uint8Array>): Promise<void> {
    for (const frame of frames) this.server.send(frame)
    await this.settle()
  }

  /** Closes every open socket from the server. */
  async close(code?: number, reason?: string): Promise<void> {
    for (const visit of this.server.live()) visit.close(code, reason)
    await this.settle()
  }

  /** Drops every open socket without a close frame. */
  async drop(): Promise<void> {
    for (const visit of this.server.live()) visit.reset()
    await this.settle()
  }

  /** Returns the latest attempt to open a WebSocket. */
  get visit(): Visit {
    const visit = this.server.visits.at(-1)
    if (visit === undefined) throw new Error("no socket was dialled")
    return visit
  }

  /** Navigates to another page of the same server. */
  async leave(html = "<p>elsewhere</p>", headers: Headers = {}): Promise<void> {
    await this.#tab.goto(this.server.page("/elsewhere", `<!doctype html><body>${html}`, headers))
    await this.settle()
  }

  /** Goes back in the history. */
  async back(): Promise<void> {
    await this.#tab.back()
    await this.settle()
  }

  /** Advances the clock of the page, from one timer to the next. */
  async pass(time: number): Promise<void> {
    let left = time
    for (let steps = 0; steps < 1_000; steps++) {
      const rest = await this.#tab.evaluate<number | null>(`time.step(${left}) ?? null`)
      if (rest === null) break
      left = rest
      await this.settle()
    }
    await this.#tab.evaluate(`time.skip(${left})`)
  }

  /** Waits until a JavaScript expression is true in the page, for untracked work: file reads, view transitions. */
  async until(expression: string): Promise<void> {
    await this.#waitFor(() => this.#tab.evaluate<boolean>(`Boolean(${expression})`), expression)
    await this.settle()
  }

  /**
   * Waits until nothing is pending: no frame, no handshake, no task, no timer that is due. Timers run one by one, when
   * nothing else is pending: otherwise the order of timers and network would be random.
   */
  async settle(): Promise<void> {
    await this.#waitFor(
      async () =>
        this.#isCalm(await this.#tab.evaluate(traffic)) && this.#isCalm(await this.#tab.evaluate(nextTimer)),
      "at rest",
    )
  }

  #isCalm(traffic: Traffic | undefined): boolean {
    if (traffic === undefined) return false
    const { server } = this
    const live = server.live()
    const waiting = server.visits.filter((visit) => visit.openedAt === undefined && !visit.isGone)
    const total = (count: (visit: Visit) => number) => live.reduce((sum, visit) => sum + count(visit), 0)
    return (
      traffic.connecting === waiting.length &&
      traffic.open === live.length &&
      traffic.closing === 0 &&
      server.visits.every(({ closed, ending, isGone }) => closed !== undefined || !(isGone || ending)) &&
      traffic.received === total(({ sent }) => sent) &&
      traffic.sent === total(({ messages }) => messages.length)
    )
  }

  async #waitFor(condition: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + patience
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`Not within ${patience} ms: ${what}`)
    }
  }
}

const traffic = `time.turn().then(() => document.readyState === "complete" ? traffic() : undefined)`

/** Runs the next due timer. Gives the traffic if none is due, else `undefined`. */
const nextTimer = `time.step(0) === undefined ? ${traffic} : undefined`
