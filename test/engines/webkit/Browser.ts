/** As much of Playwright's `Browser`, `BrowserContext`, `Page` and `Locator` as the tests use, over WebDriver. */
import { EventEmitter } from "node:events"
import { readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import type * as playwright from "playwright-core"
import { waitFor } from "../../setup/waitFor.ts"
import { answerOf, literal, scriptFor } from "./code.ts"
import { initScripts } from "./initScripts.ts"
import { fill, find, isVisible, type Step } from "./inPage.ts"
import { Session, WebDriverError } from "./Session.ts"

type Code = string | ((arg: any) => unknown)
type Text = string | RegExp
interface Exactly {
  readonly exact?: boolean
}

export class Browser {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  async newContext(): Promise<Context> {
    return new Context(this.#session)
  }

  async newPage(): Promise<Page> {
    return (await this.newContext()).newPage()
  }

  async close(): Promise<void> {}
}

/** Returns the browser of a session, as Playwright would. */
export const connect = (url: string) => new Browser(new Session(url)) as unknown as playwright.Browser

class Context {
  readonly #session: Session
  readonly #pages: Array<Page> = []
  readonly #scripts: Array<string> = []

  constructor(session: Session) {
    this.#session = session
  }

  async addInitScript(script: Code): Promise<void> {
    const text = typeof script === "string" ? script : `(${script})()`
    this.#scripts.push(text)
    initScripts.add(text)
  }

  async newPage(): Promise<Page> {
    const { handle } = await this.#session.newWindow()
    const page = new Page(this.#session, handle, this)
    this.#pages.push(page)
    return page
  }

  async close(): Promise<void> {
    for (const script of this.#scripts) initScripts.delete(script)
    for (const page of this.#pages) await page.close()
  }
}

const keys: Record<string, string> = {
  Backspace: "\uE003",
  Tab: "\uE004",
  Enter: "\uE007",
  Escape: "\uE00C",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  End: "\uE010",
  Home: "\uE011",
  Delete: "\uE017",
}

export class Page {
  readonly #session: Session
  readonly #handle: string
  readonly #context: Context
  readonly #events = new EventEmitter()
  readonly #watch: NodeJS.Timeout
  patience = 30_000
  #busy = 0
  #lastId = 0
  #url = "about:blank"
  #isClosed = false

  constructor(session: Session, handle: string, context: Context) {
    this.#session = session
    this.#handle = handle
    this.#context = context
    // Lines that come while nobody asks for anything.
    this.#watch = setInterval(() => {
      if (this.#busy === 0 && this.#events.eventNames().length > 0) this.evaluate("0").catch(() => {})
    }, 100)
    this.#watch.unref()
  }

  context() {
    return this.#context
  }

  setDefaultTimeout(millis: number): void {
    this.patience = millis
  }

  on(name: string, listener: (event: any) => void): void {
    this.#events.on(name, listener)
  }

  removeAllListeners(): void {
    this.#events.removeAllListeners()
  }

  send<A>(method: string, path: string, body?: object): Promise<A> {
    return this.#session.in(this.#handle, method, path, body)
  }

  async goto(url: string): Promise<void> {
    await this.send("POST", "/url", { url })
    // Fetches what the console has said.
    await this.evaluate("0").catch(() => {})
  }

  async reload(): Promise<void> {
    await this.send("POST", "/refresh")
  }

  async goBack(): Promise<void> {
    await this.send("POST", "/back")
  }

  async goForward(): Promise<void> {
    await this.send("POST", "/forward")
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#watch)
    await this.send("DELETE", "/window")
  }

  async addInitScript(script: Code): Promise<void> {
    await this.#context.addInitScript(script)
  }

  async addScriptTag({
    path,
    content = path === undefined ? "" : readFileSync(path, "utf8"),
    type,
  }: {
    readonly path?: string
    readonly content?: string
    readonly type?: string
  }): Promise<void> {
    const tag = { content, type }
    await this.evaluate(({ content, type }) => {
      const script = document.createElement("script")
      script.type = type ?? ""
      script.text = content ?? ""
      document.head.append(script)
    }, tag)
  }

  async evaluate(code: Code, arg?: unknown): Promise<any> {
    return this.run(typeof code === "string" ? `(${code})` : `(${code})(${literal(arg)})`)
  }

  async run(expression: string): Promise<any> {
    this.#busy++
    try {
      const script = scriptFor(expression, ++this.#lastId)
      const ask = async () => {
        const answer = answerOf(await this.send("POST", "/execute/async", { script, args: [] }))
        this.#url = answer.url
        for (const line of answer.lines) this.#tell(line)
        return answer
      }
      let answer = await ask()
      while (answer.isPending) {
        await pause(10)
        answer = await ask()
      }
      if (answer.failed !== undefined) throw new Error(`page.evaluate: ${answer.failed}`)
      return answer.value
    } catch (error) {
      // As Playwright says it.
      if (error instanceof WebDriverError && /navigat|unload|no such frame/i.test(error.message))
        throw new Error("Execution context was destroyed", { cause: error })
      throw error
    } finally {
      this.#busy--
    }
  }

  #tell(line: string) {
    const [, type, text] = /^(\w+): ([\s\S]*)$/.exec(line) ?? []
    if (type === "uncaught") this.#events.emit("pageerror", { message: text })
    else this.#events.emit("console", { type: () => type, text: () => text })
  }

  url(): string {
    return this.#url
  }

  title(): Promise<string> {
    return this.evaluate("document.title")
  }

  content(): Promise<string> {
    return this.evaluate("document.documentElement.outerHTML")
  }

  async waitForFunction(code: Code, arg?: unknown): Promise<void> {
    await waitFor(() => this.evaluate(code, arg), this.patience, { every: 20, shown: code })
  }

  async waitForTimeout(millis: number): Promise<void> {
    await pause(millis)
  }

  locator(css: string, { hasText }: { readonly hasText?: Text } = {}): Locator {
    return new Locator(this, []).locator(css, { hasText })
  }

  getByText(text: Text, options?: Exactly): Locator {
    return new Locator(this, []).getByText(text, options)
  }

  getByLabel(text: Text, options?: Exactly): Locator {
    return new Locator(this, []).getByLabel(text, options)
  }

  getByRole(role: string, options?: { readonly name?: Text; readonly exact?: boolean }): Locator {
    return new Locator(this, []).getByRole(role, options)
  }

  click(css: string) {
    return this.locator(css).click()
  }

  fill(css: string, text: string) {
    return this.locator(css).fill(text)
  }

  press(css: string, key: string) {
    return this.locator(css).press(key)
  }

  focus(css: string) {
    return this.locator(css).focus()
  }

  inputValue(css: string) {
    return this.locator(css).inputValue()
  }

  isDisabled(css: string) {
    return this.locator(css).isDisabled()
  }

  getAttribute(css: string, name: string) {
    return this.locator(css).getAttribute(name)
  }

  readonly keyboard = {
    type: (text: string) => this.#press([...text]),
    press: (key: string) => this.#press([keys[key] ?? key]),
  }

  #press(values: ReadonlyArray<string>): Promise<void> {
    const actions = values.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ])
    return this.send("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] })
  }
}

class Locator {
  readonly #page: Page
  readonly #steps: ReadonlyArray<Step>

  constructor(page: Page, steps: ReadonlyArray<Step>) {
    this.#page = page
    this.#steps = steps
  }

  #with(...steps: ReadonlyArray<Step>): Locator {
    return new Locator(this.#page, [...this.#steps, ...steps])
  }

  locator(css: string, { hasText }: { readonly hasText?: Text | undefined } = {}): Locator {
    const found = this.#with({ by: "css", css })
    return hasText === undefined ? found : found.filter({ hasText })
  }

  filter({ hasText }: { readonly hasText: Text }): Locator {
    return this.#with({ by: "containing", text: hasText })
  }

  getByText(text: Text, options: Exactly = {}): Locator {
    return this.#with({ by: "text", text, ...options })
  }

  getByLabel(text: Text, options: Exactly = {}): Locator {
    return this.#with({ by: "label", text, ...options })
  }

  getByRole(
    role: string,
    { name, exact = false }: { readonly name?: Text; readonly exact?: boolean } = {},
  ): Locator {
    return this.#with({ by: "role", role, exact, ...(name === undefined ? {} : { text: name }) })
  }

  nth(index: number): Locator {
    return this.#with({ by: "nth", index })
  }

  first(): Locator {
    return this.nth(0)
  }

  last(): Locator {
    return this.nth(-1)
  }

  /** Evaluates an expression in which `found` are the elements. */
  #of(expression: string): Promise<any> {
    return this.#page.run(
      `((found) => { const isVisible = ${isVisible}; return (${expression}) })((${find})(${literal(this.#steps)}))`,
    )
  }

  async waitFor({
    state = "visible",
    timeout = this.#page.patience,
  }: {
    readonly state?: string
    readonly timeout?: number
  } = {}): Promise<void> {
    const condition = {
      visible: "found.length > 0 && isVisible(found[0])",
      attached: "found.length > 0",
      detached: "found.length === 0",
      hidden: "found.length === 0 || !isVisible(found[0])",
    }[state]
    await waitFor(() => this.#of(condition as string).catch(() => false), timeout, {
      every: 20,
      shown: `${JSON.stringify(this.#steps)} is ${state}`,
    })
  }

  async #ready(): Promise<void> {
    await this.waitFor({ state: "attached" })
    const count = await this.count()
    if (count > 1)
      throw new Error(`strict mode violation: ${JSON.stringify(this.#steps)} are ${count} elements`)
  }

  count(): Promise<number> {
    return this.#of("found.length")
  }

  async click(): Promise<void> {
    await this.waitFor()
    await this.#ready()
    const element = await this.#page.send<Record<string, string>>("POST", "/execute/sync", {
      script: `return (${find})(${literal(this.#steps)})[0]`,
      args: [],
    })
    await this.#page.send("POST", `/element/${Object.values(element)[0]}/click`)
  }

  async check(): Promise<void> {
    if (!(await this.isChecked())) await this.click()
  }

  async fill(text: string): Promise<void> {
    await this.#ready()
    await this.#of(`(${fill})(found[0], ${literal(text)})`)
  }

  async press(key: string): Promise<void> {
    await this.focus()
    await this.#page.keyboard.press(key)
  }

  async #first(expression: string): Promise<any> {
    await this.#ready()
    return this.#of(expression)
  }

  dispatchEvent(type: string): Promise<void> {
    return this.#first(
      `void found[0].dispatchEvent(new Event(${literal(type)}, { bubbles: true, composed: true }))`,
    )
  }

  focus(): Promise<void> {
    return this.#first("found[0].focus()")
  }

  blur(): Promise<void> {
    return this.#first("found[0].blur()")
  }

  isChecked(): Promise<boolean> {
    return this.#first("found[0].checked")
  }

  isDisabled(): Promise<boolean> {
    return this.#first(`found[0].matches(":disabled")`)
  }

  async isEnabled(): Promise<boolean> {
    return !(await this.isDisabled())
  }

  isVisible(): Promise<boolean> {
    return this.#of("found.length > 0 && isVisible(found[0])")
  }

  inputValue(): Promise<string> {
    return this.#first("found[0].value")
  }

  textContent(): Promise<string> {
    return this.#first("found[0].textContent")
  }

  innerText(): Promise<string> {
    return this.#first("found[0].innerText")
  }

  innerHTML(): Promise<string> {
    return this.#first("found[0].innerHTML")
  }

  getAttribute(name: string): Promise<string | null> {
    return this.#first(`found[0].getAttribute(${literal(name)})`)
  }

  allTextContents(): Promise<Array<string>> {
    return this.#of("found.map(({ textContent }) => textContent)")
  }

  evaluate(code: Code, arg?: unknown): Promise<any> {
    return this.#first(`(${code})(found[0], ${literal(arg)})`)
  }

  evaluateAll(code: Code, arg?: unknown): Promise<any> {
    return this.#of(`(${code})(found, ${literal(arg)})`)
  }
}
