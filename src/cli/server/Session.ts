/** A server that is being checked: one page that listens, one that sends, and others as checks need them. */
import { exec } from "node:child_process"
import golden from "../../../test/protocol/golden.json" with { type: "json" }
import { withParameter } from "../../companions/withParameter.ts"
import { follow, type Pushed } from "./follow.ts"
import { answerTo, type Fault, idOf, isEnd, isResync, shown, type Wire } from "./frames.ts"
import { type Headers, Page } from "./Page.ts"

export interface Options {
  readonly url: string
  /** The headers of the handshake, `Origin` included. */
  readonly headers: Headers
  /** The values of a message after which the server pushes to all, as JSON. `{n}` in it is replaced by a new number each time. */
  readonly send: string | undefined
  readonly wire: Wire
  readonly param: string
  /** How many frames the server keeps. */
  readonly keep: number | undefined
  /** The URL at which pages fetch the state. */
  readonly resync: string | undefined
  /** The command that restarts the server. */
  readonly restart: string | undefined
  /** Whether pages of all sites may connect. */
  readonly isPublic: boolean
  /** How long to wait for a frame or an answer, in milliseconds. */
  readonly wait: number
}

/** How long a restart may take, in milliseconds. */
const restartTimeout = 30_000

interface Exited {
  readonly status: number | string
  readonly stderr: string
}

const runInShell = (command: string): Promise<Exited> =>
  new Promise((resolve) => {
    exec(command, { timeout: restartTimeout }, (error, _, stderr) =>
      resolve({ status: error?.code ?? error?.signal ?? 0, stderr }),
    )
  })

export class Session {
  readonly options: Options
  /** The frames that were pushed to all since the check began. */
  readonly heard: Array<string> = []
  /** Those of them that have an id. */
  readonly pushed: Array<Pushed> = []
  #listener: Page
  #speaker: Page
  #heard = 0
  /** How many frames the server pushes for a message. */
  #framesOfOne: number | undefined
  #said = 0
  readonly #run = Math.random().toString(36).slice(2, 8).padEnd(6, "0")
  readonly #pages = new Set<Page>()
  /** How many frames had been pushed before the restart. */
  pushedBefore = 0
  /** Whether the server has stopped pushing. */
  isSilent = false
  /** The last message that was sent. */
  sent = ""

  constructor(options: Options) {
    this.options = options
    this.#listener = this.dial()
    this.#speaker = this.dial()
  }

  /** How long no frame has to arrive, in milliseconds, for all to have arrived. */
  get #quiet(): number {
    return this.options.wait / 15
  }

  /** Opens a page as the server's own, which shows the frame with an id. */
  dial(lastId?: string, headers: Headers = {}): Page {
    const { options } = this
    const page = new Page(withParameter(options.url, options.param, lastId), {
      ...options.headers,
      ...headers,
    })
    this.#pages.add(page)
    return page
  }

  close(): void {
    for (const page of this.#pages) page.close()
  }

  get listener(): Page {
    return this.#listener
  }

  get speaker(): Page {
    return this.#speaker
  }

  /** Waits until both pages are open. Resolves with whether they stay open. */
  async open(): Promise<boolean> {
    const { wait } = this.options
    for (const page of [this.#listener, this.#speaker])
      if (!(await page.until(() => page.isOpen || page.closed !== undefined, wait)) || !page.isOpen)
        return false
    await this.#listener.quiet(this.#quiet)
    this.#heard = this.#listener.frames.length
    return this.#listener.isOpen && this.#speaker.isOpen
  }

  /** Restarts the server, and dials until it pushes again. Resolves with what went wrong, if something did. */
  async restart(command: string): Promise<string | undefined> {
    this.pushedBefore = this.pushed.length
    const { status, stderr } = await runInShell(command)
    if (status !== 0) return `Ran ${command}; it exited with ${status}: ${stderr.trim()}`
    const listener = this.#listener
    if (!(await listener.until(() => listener.closed !== undefined, restartTimeout)))
      return `Ran ${command}; expected the connection to be closed; it was open ${restartTimeout / 1000} s later`
    const deadline = performance.now() + restartTimeout
    do {
      this.#listener = this.dial()
      this.#speaker = this.dial()
      this.#heard = 0
      // The process that is ending may have accepted these pages.
      if ((await this.open()) && (await this.say()).length > 0) return undefined
      await new Promise((resolve) => setTimeout(resolve, this.#quiet))
    } while (performance.now() < deadline)
    return `Ran ${command}; expected the server to be there again; it pushed nothing for ${restartTimeout / 1000} s`
  }

  /** Returns a new id for a message. */
  nextId(): string {
    return `check-${this.#run}-${++this.#said}`
  }

  /** Returns a message after which the server pushes to all. */
  message(id: string): string {
    const { send = "{}", wire } = this.options
    const { headers } = golden.messages.find((one) => one.wire === wire) ?? { headers: "HEADERS" }
    const values = JSON.parse(send.replaceAll("{n}", `${this.#run}-${this.#said}`))
    return JSON.stringify({ ...values, [headers]: { "HX-Request": "true", "HX-Message-ID": id } })
  }

  /** Sends a message as it is. Resolves with the answer to it, if there is one in time. */
  async ask(page: Page, message: string, id: string): Promise<string | undefined> {
    page.send(message)
    const isAnswer = (frame: string) => answerTo(frame, id) !== undefined
    await page.until(() => page.frames.some(isAnswer), this.options.wait)
    return page.frames.find(isAnswer)
  }

  /** Sends messages. Resolves with the frames that were pushed to the listening page in time. */
  async say(times = 1): Promise<ReadonlyArray<string>> {
    const { wait } = this.options
    const listener = this.#listener
    for (let time = 0; time < times; time++) {
      this.sent = this.message(this.nextId())
      this.#speaker.send(this.sent)
    }
    const expected = this.#heard + times * (this.#framesOfOne ?? 1)
    const came = await listener.until(() => listener.frames.length >= expected, wait)
    this.isSilent = !came && this.#framesOfOne !== undefined
    if (this.#framesOfOne === undefined && came) {
      await listener.quiet(this.#quiet)
      this.#framesOfOne = listener.frames.length - this.#heard
    }
    return this.hear()
  }

  /** Takes the frames that have been pushed since the last call. */
  hear(): ReadonlyArray<string> {
    const frames = this.#listener.frames.slice(this.#heard)
    this.#heard += frames.length
    this.heard.push(...frames)
    for (const frame of frames) {
      const id = idOf(frame)
      if (id !== undefined && !isEnd(frame)) this.pushed.push({ id, frame })
    }
    return frames
  }

  /** Waits until all frames have arrived, and takes them. */
  async hearAll(): Promise<ReadonlyArray<string>> {
    await this.#listener.quiet(this.#quiet)
    return this.hear()
  }

  get framesOfOne(): number {
    return this.#framesOfOne ?? 1
  }

  /** The id of the newest frame. */
  get newest(): string {
    return this.pushed.at(-1)?.id ?? ""
  }

  /**
   * Dials with an id. Resolves with what the page got for it, which ends where the next pushed frame begins.
   */
  async resume(lastId: string | undefined): Promise<Resumed> {
    const before = this.pushed.length
    const page = this.dial(lastId)
    await page.until(() => page.isOpen || page.closed !== undefined, this.options.wait)
    if (!page.isOpen)
      return {
        fault: page.closed
          ? `the connection was closed with ${page.closed.code}`
          : "no connection was opened",
      }
    await this.say()
    const last = this.pushed.at(-1)?.id
    const came = await page.until(() => page.frames.some((frame) => idOf(frame) === last), this.options.wait)
    const frames = [...page.frames]
    page.close()
    const from = this.pushed.slice(0, before).findLastIndex(({ id }) => id === lastId)
    const followed = follow(this.pushed, from, frames)
    if ("fault" in followed) return followed
    if (!came)
      return { fault: `${shown(this.pushed.at(-1)?.frame ?? "")} did not come, which was pushed then` }
    // A frame that was pushed after the dial is not an answer to it.
    const whole = followed.whole === this.pushed.at(-1)?.frame ? undefined : followed.whole
    const [newest] = this.pushed[before - 1]?.frame.match(new RegExp(`${this.#run}-\\d+`)) ?? []
    if (whole !== undefined && !isResync(whole) && newest !== undefined && !whole.includes(newest))
      return { fault: `${shown(whole)} came, without "${newest}", which was pushed before` }
    return { whole }
  }
}

/** What a page got after it resumed: everything, or, without `whole`, all frames after its id. */
export type Resumed = Fault | { readonly whole: string | undefined }
