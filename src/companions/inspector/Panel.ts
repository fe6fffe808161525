/** The panel: what the log says, the problems of the page, and the lab. */
import { describe, isBad, millis } from "./describe.ts"
import type { Connection, Entry, EventLog } from "./EventLog.ts"
import { Highlight } from "./Highlight.ts"
import { h, setText } from "./h.ts"
import { describeLab, isOn, type Lab, modes, type Settings } from "./lab.ts"
import { style } from "./style.ts"

/** A problem as the panel shows it. */
export interface Shown {
  readonly rule: string
  readonly sentence: string
  readonly fix: string
  readonly element: WeakRef<Element>
}

export interface Inspected {
  readonly log: EventLog
  readonly lab: Lab
  readonly problems: () => ReadonlyArray<Shown>
  readonly report: () => string
  /** Called when the user has changed what this tab is to remember. */
  readonly onSettings: () => void
}

const tabNames = ["Timeline", "Problems", "Network lab"] as const
type TabName = (typeof tabNames)[number]

const entriesAtMost = 200
/** How long the page has to be quiet before its problems are looked for, in ms. */
const quiet = 150
const tick = 500
/** A server may send hundreds of frames a second, and the page has to stay usable. In ms. */
const drawnEvery = 200

const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8)

const stateOf = ({ element, public: given }: Connection): string =>
  element.deref()?.isConnected ? (given?.deref()?.state ?? "") : "removed"

const keyOf = ({ rule, sentence }: Shown): string => `${rule} ${sentence}`

/** Something that ends when the panel is closed. */
type End = () => void

export class Panel {
  readonly #inspected: Inspected
  readonly #host = h("div", { id: "htmx-ws-inspector" })
  // Scripts and test runners of the page that look into shadow roots shall not find it.
  readonly #root = this.#host.attachShadow({ mode: "closed" })
  readonly #highlight = new Highlight()
  readonly #banner = h("div", { className: "banner", role: "status", hidden: true })
  readonly #connections = h("div", { className: "connections", role: "group", ariaLabel: "Connections" })
  readonly #entries = h("ol", { className: "entries", ariaLabel: "Timeline, newest first" })
  readonly #problems = h("ul")
  readonly #count = h("span", { className: "count" })
  readonly #heard = h("p", { className: "heard", role: "status" })
  readonly #tabs: ReadonlyArray<HTMLButtonElement>
  readonly #panels: ReadonlyArray<HTMLElement>
  readonly #section: HTMLElement
  readonly #rows = new Map<Entry, HTMLLIElement>()
  readonly #buttons = new Map<Connection | undefined, HTMLButtonElement>()
  readonly #changed = new Set<Entry>()
  #shown: ReadonlyArray<Shown> = []
  #only: Connection | undefined
  #ends: ReadonlyArray<End> = []
  #redraw: ReturnType<typeof setTimeout> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lint: ReturnType<typeof setTimeout> | undefined
  /** What had the focus before. */
  #before: WeakRef<Element> | undefined

  constructor(inspected: Inspected) {
    this.#inspected = inspected
    this.#panels = [
      h("div", { className: "timeline" }, this.#connections, this.#entries),
      h("div", {}, this.#problems),
      this.#makeLab(),
    ]
    this.#tabs = tabNames.map((name, at) =>
      h(
        "button",
        { id: `tab-${at}`, role: "tab", "aria-controls": `panel-${at}`, onclick: () => this.#select(name) },
        name,
        ...(name === "Problems" ? [this.#count] : []),
      ),
    )
    for (const [at, panel] of this.#panels.entries()) {
      panel.id = `panel-${at}`
      panel.role = "tabpanel"
      panel.setAttribute("aria-labelledby", `tab-${at}`)
    }
    const copy: HTMLButtonElement = h("button", { onclick: () => this.#copy(copy) }, "Copy")
    this.#section = h(
      "section",
      { className: "panel", ariaLabel: "WebSocket inspector", tabIndex: -1, hidden: true },
      h(
        "header",
        {},
        h("h2", {}, "WebSockets"),
        h(
          "div",
          {
            className: "tabs",
            role: "tablist",
            ariaLabel: "Views",
            onkeydown: (event: KeyboardEvent) => this.#moveTab(event),
          },
          ...this.#tabs,
        ),
        h(
          "div",
          { className: "tools" },
          copy,
          h("button", { onclick: () => this.#save() }, "Save"),
          h("button", { onclick: () => this.#clear() }, "Clear"),
          h(
            "button",
            { ariaLabel: "Close the inspector", title: "Close (Escape)", onclick: () => this.close() },
            "✕",
          ),
        ),
      ),
      this.#heard,
      ...this.#panels,
    )
    copy.title = "Copy a report as JSON"
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    // A policy may forbid styles in the page.
    this.#root.adoptedStyleSheets = [sheet]
    this.#root.append(this.#highlight.element, this.#banner, this.#section)
    // Shortcuts of the page are not meant by what is typed here.
    this.#section.addEventListener("keydown", (event) => {
      event.stopPropagation()
      if (event.key === "Escape") this.close()
    })
    this.#select("Timeline")
  }

  get isOpen(): boolean {
    return !this.#section.hidden
  }

  /** Opens the panel, and gives it the focus if the user has asked for it. */
  open(hasFocus: boolean): void {
    this.#attach()
    if (!this.isOpen) {
      this.#before = document.activeElement ? new WeakRef(document.activeElement) : undefined
      this.#section.hidden = false
      this.#host.className = "open"
      const { log } = this.#inspected
      log.onChange = (entry) => this.#onChange(entry)
      for (const entry of log.entries) this.#changed.add(entry)
      // Boosted pages replace the body; documents that are written anew, everything.
      const observer = new MutationObserver(() => this.#lintSoon())
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
      this.#ends = [() => observer.disconnect(), () => (log.onChange = undefined)]
      this.#render()
      this.#showProblems()
      this.#inspected.onSettings()
    }
    if (hasFocus) this.#section.focus()
  }

  close(): void {
    if (!this.isOpen) return
    for (const end of this.#ends) end()
    this.#ends = []
    clearTimeout(this.#redraw)
    clearTimeout(this.#timer)
    clearTimeout(this.#lint)
    this.#redraw = this.#timer = this.#lint = undefined
    this.#highlight.clear()
    this.#section.hidden = true
    this.#host.className = ""
    this.#rows.clear()
    this.#changed.clear()
    this.#shown = []
    this.#entries.replaceChildren()
    this.#problems.replaceChildren()
    const before = this.#before?.deref()
    if (this.#root.activeElement && before instanceof HTMLElement) before.focus()
    if (!isOn(this.#inspected.lab.settings)) this.#host.remove()
    this.#inspected.onSettings()
  }

  toggle(): void {
    if (this.isOpen) this.close()
    else this.open(true)
  }

  /** Shows that the lab is on, whether or not the panel is open. */
  showLab(): void {
    const { settings } = this.#inspected.lab
    this.#banner.hidden = !isOn(settings)
    if (isOn(settings)) {
      this.#attach()
      this.#banner.replaceChildren(
        h("span", {}, `Network lab of this tab: ${describeLab(settings)}`),
        h("button", { onclick: () => this.#setLab({ mode: "off", latency: 0, jitter: 0 }) }, "Switch off"),
      )
    } else if (!this.isOpen) this.#host.remove()
    for (const input of this.#panels[2]?.querySelectorAll("input") ?? []) {
      if (input.type === "radio") input.checked = input.value === settings.mode
      else input.valueAsNumber = settings[input.name as "latency" | "jitter"]
    }
  }

  #attach(): void {
    if (!this.#host.isConnected) document.documentElement.append(this.#host)
  }

  #select(name: TabName): void {
    for (const [at, tab] of this.#tabs.entries()) {
      const isSelected = tabNames[at] === name
      tab.ariaSelected = String(isSelected)
      tab.tabIndex = isSelected ? 0 : -1
      ;(this.#panels[at] as HTMLElement).hidden = !isSelected
    }
  }

  #moveTab(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const here = this.#tabs.findIndex((tab) => tab.ariaSelected === "true")
    const next = (here + step + tabNames.length) % tabNames.length
    this.#select(tabNames[next] as TabName)
    this.#tabs[next]?.focus()
  }

  #onChange(entry: Entry): void {
    this.#changed.add(entry)
    if (entry._tag === "frame" && entry.outcome !== undefined) this.#lintSoon()
    this.#redraw ??= setTimeout(() => this.#render(), drawnEvery)
  }

  #render(): void {
    this.#redraw = undefined
    const { entries } = this.#inspected.log
    const visible = new Set(entries.slice(-entriesAtMost))
    for (const [entry, row] of this.#rows)
      if (!visible.has(entry)) {
        row.remove()
        this.#rows.delete(entry)
      }
    for (const entry of visible) if (this.#changed.has(entry)) this.#renderEntry(entry)
    this.#changed.clear()
    this.#renderConnections()
  }

  #renderEntry(entry: Entry): void {
    const says = describe(entry)
    const known = this.#rows.get(entry)
    const row = known ?? this.#makeRow(entry)
    row.className = ["entry", entry._tag, isBad(entry) ? "bad" : ""].join(" ")
    row.hidden = this.#only !== undefined && entry.connection !== this.#only
    // What kind it is stands beside it.
    setText(row.querySelector(".text") as Element, says.replace(/^error: /, ""))
    if (known === undefined) this.#entries.prepend(row)
    if (/close|failed|error|dropped/.test(entry._tag))
      setText(this.#heard, `${entry.connection?.label ?? ""} ${says}`)
  }

  #makeRow(entry: Entry): HTMLLIElement {
    const more = h("div", { className: "more" })
    const details = h(
      "details",
      {
        ontoggle: () => more.replaceChildren(...(details.open ? this.#more(entry) : [])),
      },
      h(
        "summary",
        {},
        h("time", { dateTime: new Date(entry.at).toISOString() }, clock(entry.at)),
        h("span", { className: "kind" }, entry._tag),
        h(
          "span",
          { className: "says" },
          h("span", { className: "label" }, `${entry.connection?.label ?? ""} `),
          h("span", { className: "text" }),
        ),
      ),
      more,
    )
    const light = () => this.#highlight.show(this.#elementsOf(entry))
    const clear = () => this.#highlight.clear()
    const row = h("li", { onmouseenter: light, onmouseleave: clear }, details)
    row.addEventListener("focusin", light)
    row.addEventListener("focusout", clear)
    this.#rows.set(entry, row)
    return row
  }

  /** What an entry has changed, or else its connection. */
  #elementsOf(entry: Entry): ReadonlyArray<Element> {
    const changed = entry._tag === "frame" ? entry.changed : []
    const found = changed.map((one) => one.deref()).filter((one) => one?.isConnected)
    const own = entry._tag === "frame" ? undefined : entry.connection?.element.deref()
    return [...found, own].filter((one) => one !== undefined)
  }

  #more(entry: Entry): ReadonlyArray<Node> {
    const line = (text: string, className = "") => h("p", { className }, text)
    const time = line(new Date(entry.at).toISOString(), "url")
    switch (entry._tag) {
      case "frame":
        return [
          ...entry.problems.flatMap(({ fix, sentence }) => [line(sentence, "sentence"), line(fix, "fix")]),
          time,
          ...(entry.frame.text === "" ? [] : [h("pre", { tabIndex: 0 }, entry.frame.text)]),
        ]
      case "sent":
        return [time, ...(entry.text === "" ? [] : [h("pre", { tabIndex: 0 }, entry.text)])]
      case "dial":
        return [line(entry.url), time]
      default:
        return [line(entry.connection?.url ?? "", "url"), time]
    }
  }

  #renderConnections(): void {
    const { connections, entries } = this.#inspected.log
    if (this.#only !== undefined && !connections.includes(this.#only)) this.#filter(undefined)
    for (const [connection, button] of this.#buttons)
      if (connection !== undefined && !connections.includes(connection)) {
        button.remove()
        this.#buttons.delete(connection)
      }
    for (const connection of [undefined, ...connections]) {
      const button = this.#buttons.get(connection) ?? this.#makeConnection(connection)
      button.ariaPressed = String(this.#only === connection)
      if (connection === undefined)
        setText(
          button.querySelector(".url") as Element,
          connections.length === 0
            ? "No connection yet"
            : `${connections.length} on this page, ${entries.length} entries`,
        )
      else {
        const state = stateOf(connection)
        const waiting = connection.public?.deref()?.queue?.length ?? 0
        const left = (connection.nextDial ?? 0) - Date.now()
        const now = button.querySelector(".now") as Element
        now.className = `now ${state}`
        setText(
          now,
          [
            state,
            state === "reconnecting" && left > 0
              ? `next attempt in ${millis(Math.max(100, Math.ceil(left / 100) * 100))}`
              : "",
            waiting > 0 ? `${waiting} waiting` : "",
          ]
            .filter(Boolean)
            .join(" · "),
        )
        setText(button.querySelector(".url") as Element, connection.url)
      }
    }
    this.#entries.classList.toggle("single", connections.length < 2 || this.#only !== undefined)
    const isWaiting = connections.some((connection) => stateOf(connection) === "reconnecting")
    clearTimeout(this.#timer)
    this.#timer = isWaiting ? setTimeout(() => this.#renderConnections(), tick) : undefined
  }

  #makeConnection(connection: Connection | undefined): HTMLButtonElement {
    const light = () => {
      const element = connection?.element.deref()
      if (element) this.#highlight.show([element])
    }
    const clear = () => this.#highlight.clear()
    const button = h(
      "button",
      {
        onclick: () => this.#filter(connection),
        onmouseenter: light,
        onmouseleave: clear,
        onfocus: light,
        onblur: clear,
      },
      h("b", {}, connection?.label ?? "All connections"),
      ...(connection === undefined ? [] : [h("span", { className: "now" })]),
      h("span", { className: "url" }),
    )
    this.#buttons.set(connection, button)
    this.#connections.append(button)
    return button
  }

  #filter(connection: Connection | undefined): void {
    this.#only = connection
    for (const [entry, row] of this.#rows)
      row.hidden = connection !== undefined && entry.connection !== connection
    this.#renderConnections()
  }

  /** A page that changes all the time gets its turn, too. */
  #lintSoon(): void {
    this.#lint ??= setTimeout(() => {
      this.#lint = undefined
      this.#showProblems()
    }, quiet)
  }

  #showProblems(): void {
    const problems = this.#inspected.problems()
    if (this.#problems.firstChild && String(problems.map(keyOf)) === String(this.#shown.map(keyOf))) return
    const known = new Set(this.#shown.map(keyOf))
    const added = problems.find((problem) => !known.has(keyOf(problem)))
    if (added) setText(this.#heard, added.sentence)
    this.#shown = problems
    setText(this.#count, problems.length === 0 ? "" : String(problems.length))
    this.#problems.replaceChildren(
      ...(problems.length === 0
        ? [
            h(
              "li",
              { className: "empty" },
              "No mistake found: neither in the page, nor in the frames that have come.",
            ),
          ]
        : problems.map((problem) => this.#makeProblem(problem))),
    )
  }

  #makeProblem({ element, fix, rule, sentence }: Shown): HTMLLIElement {
    const show = () => {
      const found = element.deref()
      if (!found) return
      // The panel is over the lower half.
      found.scrollIntoView({ block: "start" })
      this.#highlight.show([found])
    }
    return h(
      "li",
      { className: "problem" },
      h("p", { className: "sentence" }, `${sentence}.`),
      h("p", { className: "fix" }, fix),
      h("p", { className: "rule" }, rule),
      h("button", { onclick: show, onblur: () => this.#highlight.clear() }, "Show"),
    )
  }

  #makeLab(): HTMLElement {
    const { lab } = this.#inspected
    const set = () => {
      const data = new FormData(form)
      const millisOf = (name: string) => Math.min(60_000, Math.max(0, Number(data.get(name)) || 0))
      this.#setLab({
        mode: data.get("mode") as Settings["mode"],
        latency: millisOf("latency"),
        jitter: millisOf("jitter"),
      })
    }
    const number = (name: string, label: string) =>
      h(
        "label",
        {},
        label,
        h("input", { type: "number", name, min: 0, max: 60_000, step: 50, value: 0 }),
        "ms",
      )
    const form = h(
      "form",
      { className: "lab", onchange: set, onsubmit: (event: Event) => event.preventDefault() },
      h(
        "fieldset",
        {},
        h("legend", {}, "Now"),
        h("button", { type: "button", onclick: () => lab.break(1006) }, "Drop all (1006)"),
        h("button", { type: "button", onclick: () => lab.break(1012) }, "Restart the server (1012)"),
      ),
      h(
        "fieldset",
        {},
        h("legend", {}, "From now on, in this tab"),
        ...Object.entries(modes).map(([value, label]) =>
          h("label", {}, h("input", { type: "radio", name: "mode", value, checked: value === "off" }), label),
        ),
      ),
      h(
        "fieldset",
        {},
        h("legend", {}, "Delay of each message"),
        number("latency", "Latency"),
        number("jitter", "± jitter"),
      ),
    )
    return h("div", {}, form)
  }

  #setLab(settings: Settings): void {
    this.#inspected.lab.set(settings)
    this.showLab()
    this.#inspected.onSettings()
  }

  #clear(): void {
    this.#inspected.log.clear()
    this.#render()
    this.#showProblems()
  }

  #copy(button: HTMLButtonElement): void {
    const say = (text: string) => {
      setText(button, text)
      setText(this.#heard, text)
    }
    const { clipboard } = navigator as Partial<Navigator>
    // A page without TLS has no clipboard.
    if (clipboard === undefined) this.#save()
    else
      clipboard.writeText(this.#inspected.report()).then(
        () => say("Copied"),
        () => this.#save(),
      )
  }

  #save(): void {
    const href = URL.createObjectURL(new Blob([this.#inspected.report()], { type: "application/json" }))
    h("a", { href, download: "websockets.json" }).click()
    URL.revokeObjectURL(href)
  }
}
