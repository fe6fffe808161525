/**
 * A panel for development: it shows what each connection does, why a frame changes nothing, and the mistakes of a page, and
 * simulates bad networks.
 */
import { listen, type Names } from "./events.ts"
import type { Htmx } from "./Htmx.ts"
import { EventLog } from "./inspector/EventLog.ts"
import { Lab } from "./inspector/lab/Lab.ts"
import { isOn } from "./inspector/lab/settings.ts"
import { recall, remember } from "./inspector/memory.ts"
import { makePanel, type Panel } from "./inspector/panel/Panel.ts"
import { report } from "./inspector/report.ts"
import { elementOf, pageOf } from "./inspector/rules/ofDocument.ts"
import { check } from "./inspector/rules/rules.ts"
import { watch } from "./inspector/watch.ts"
import { installOnce } from "./installOnce.ts"

/** Settings of the companion: `htmx.config.ws.inspector`, or `inspector` in `ws-config` and `hx-config`. */
export interface InspectorConfig {
  /**
   * Whether to write each event to the console.
   *
   * @default false
   */
  readonly debug?: boolean
}

/** A mistake, and how to fix it. */
export interface Finding {
  readonly rule: string
  readonly element: Element
  readonly sentence: string
  readonly fix: string
}

/** What is added to htmx, as `htmx.ws`. */
export interface Inspector {
  /** Opens the panel. */
  inspect(): void
  /** Returns the mistakes in a document or a part of it, and of the frames that its connections have received. */
  lint(root: ParentNode): Array<Finding>
  /** Returns everything it knows as JSON, for a bug report, without the values of queries and of fields named like a secret. */
  report(): string
}

/** The options of `inspector`. */
export interface Options {
  /** Whether the panel is open from the start. */
  readonly open?: boolean
}

/** Returns the mistakes in a document or a part of it, without those of frames. */
export const lint = (htmx: Htmx, root: ParentNode): Array<Finding> =>
  check(pageOf(htmx, root)).map(({ fix, rule, sentence, tag }) => ({
    rule,
    element: elementOf(tag),
    sentence,
    fix,
  }))

/** The events of htmx after which the mistakes of a page may have changed. */
const pageChanges: ReadonlyArray<Names> = [
  ["afterProcessNode", "after:process"],
  ["beforeCleanupElement", "before:cleanup"],
]

/** Installs the companion, on htmx 1.9, 2 or 4, as `htmx.ws`. */
export const inspector = (htmx: Htmx & { ws?: object }, { open = false }: Options = {}): void =>
  installOnce("inspector", () => {
    const log = new EventLog()
    watch(htmx, log)

    const publics = () => log.connections.flatMap(({ public: given }) => given?.deref() ?? [])
    const lab = new Lab(htmx, publics)

    /** Returns the mistakes of frames that connections in `root` have received, each once. */
    const ofFrames = (root: ParentNode): Array<Finding> => {
      const found = new Map<string, Finding>()
      for (const entry of log.entries) {
        const element = entry.connection?.element.deref()
        if (entry._tag !== "frame" || !element?.isConnected || !root.contains(element)) continue
        for (const problem of entry.problems)
          found.set(`${problem.rule} ${problem.sentence}`, { ...problem, element })
      }
      return [...found.values()]
    }
    const lintAll = (root: ParentNode): Array<Finding> => [...lint(htmx, root), ...ofFrames(root)]

    const inspected = {
      log,
      lab,
      problems: () =>
        lintAll(document).map(({ element, ...problem }) => ({ ...problem, element: new WeakRef(element) })),
      report: () => report(htmx, log, lintAll(document), lab.settings),
      onSettings: () => remember({ isOpen: panel?.isOpen ?? false, lab: lab.settings }),
    }
    let panel: Panel | undefined
    const made = (): Panel => {
      panel ??= makePanel(inspected)
      return panel
    }

    const inspect = (): void => made().open(true)
    htmx.ws = Object.assign(htmx.ws ?? {}, {
      inspect,
      lint: lintAll,
      report: inspected.report,
    } satisfies Inspector)
    window.addEventListener(
      "keydown",
      (event) => {
        if (!event.ctrlKey || !event.altKey || event.code !== "KeyW") return
        event.preventDefault()
        made().toggle()
      },
      true,
    )

    // Attributes take effect when htmx has processed them.
    for (const names of pageChanges) listen(htmx, names, () => panel?.drawSoon())

    const before = recall()
    if (isOn(before.lab)) {
      lab.set(before.lab)
      made()
    }
    const start = (): void => {
      if (open || before.isOpen) made().open(false)
      const { inspector: config } = Object(htmx.config.ws) as { readonly inspector?: InspectorConfig }
      if (config?.debug)
        for (const { fix, rule, sentence } of lint(htmx, document))
          console.warn(`htmx: [ws-inspector] ${rule}: ${sentence}. ${fix}`)
    }
    if (document.readyState === "complete") start()
    else window.addEventListener("load", start, { once: true })
  })
