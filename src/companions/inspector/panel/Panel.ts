/** The panel: the timeline, the problems of the page, and the lab. */
import type { EventLog } from "../EventLog.ts"
import type { Lab } from "../lab/Lab.ts"
import { isOn } from "../lab/settings.ts"
import { makeConnectionList } from "./ConnectionList.ts"
import { makeHighlight } from "./Highlight.ts"
import { h, setText } from "./h.ts"
import { makeLabView } from "./LabView.ts"
import { makeProblems, type Shown } from "./Problems.ts"
import { makeTabs } from "./Tabs.ts"
import { makeTimeline } from "./Timeline.ts"
import { makeTopLayer } from "./TopLayer.ts"

export interface Inspected {
  readonly log: EventLog
  readonly lab: Lab
  readonly problems: () => ReadonlyArray<Shown>
  readonly report: () => string
  /** Called when the user has changed a setting that this tab remembers. */
  readonly onSettings: () => void
}

export interface Panel {
  readonly isOpen: boolean
  /** Opens the panel, and focuses it if `hasFocus`. */
  open(hasFocus: boolean): void
  toggle(): void
  /** Called when the mistakes of the page may have changed. */
  drawSoon(): void
}

/** How often the panel is drawn at most, in ms: a server may send hundreds of frames a second. */
const drawnEvery = 200

export const makePanel = ({ lab, log, onSettings, problems, report }: Inspected): Panel => {
  /** A status for screen readers. */
  const heard = h("p", { className: "heard", role: "status" })
  const say = (text: string) => setText(heard, text)
  const highlight = makeHighlight()
  const timeline = makeTimeline(log, highlight, say)
  const connections = makeConnectionList(log, highlight, timeline.filter)
  const mistakes = makeProblems(highlight, say)
  const labView = makeLabView(lab, () => {
    show()
    onSettings()
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The element that had the focus before. */
  let before: WeakRef<Element> | undefined

  const draw = (): void => {
    timer = undefined
    // The dialog that the panel was in may have left the page.
    show()
    if (section.hidden) return
    timeline.draw()
    connections.draw()
    mistakes.draw(problems())
  }

  const drawSoon = (): void => {
    if (isShown()) timer ??= setTimeout(draw, drawnEvery)
  }

  /** Whether the layer is shown. While the lab is on, a banner is, so that it is not forgotten. */
  const isShown = (): boolean => !section.hidden || isOn(lab.settings)

  const show = (): void => {
    if (isShown()) layer.show(!section.hidden)
    else layer.hide()
  }

  const open = (hasFocus: boolean): void => {
    if (section.hidden) {
      const { activeElement } = document
      before = activeElement ? new WeakRef(activeElement) : undefined
      section.hidden = false
      show()
      log.onChange = (entry) => {
        timeline.add(entry)
        drawSoon()
      }
      for (const entry of log.entries) timeline.add(entry)
      draw()
      onSettings()
    }
    if (hasFocus) section.focus()
  }

  const close = (): void => {
    log.onChange = undefined
    clearTimeout(timer)
    timer = undefined
    connections.stop()
    highlight.clear()
    timeline.clear()
    mistakes.clear()
    const focused = layer.activeElement && before?.deref()
    section.hidden = true
    if (focused instanceof HTMLElement) focused.focus()
    show()
    onSettings()
  }

  const clear = (): void => {
    log.clear()
    draw()
  }

  const save = (): void => {
    const href = URL.createObjectURL(new Blob([report()], { type: "application/json" }))
    h("a", { href, download: "websockets.json" }).click()
    URL.revokeObjectURL(href)
  }

  const views = [
    {
      label: ["Timeline"],
      view: h("div", { className: "timeline" }, connections.element, timeline.element),
    },
    { label: ["Problems", mistakes.count], view: h("div", {}, mistakes.element) },
    { label: ["Network lab"], view: h("div", {}, labView.element) },
  ]
  const tool = (label: string, onclick: () => void, title = label) =>
    h("button", { title, onclick, ariaLabel: title }, label)
  const section = h(
    "section",
    { className: "panel", ariaLabel: "WebSocket inspector", tabIndex: -1, hidden: true },
    h(
      "header",
      {},
      h("h2", {}, "WebSockets"),
      makeTabs(views),
      h(
        "div",
        { className: "tools" },
        tool("Export", save, "Export all of it as JSON, for a bug report"),
        tool("Clear", clear),
        tool("✕", close, "Close the inspector (Escape)"),
      ),
    ),
    heard,
    ...views.map(({ view }) => view),
  )
  // Keys typed here must not reach shortcuts of the page, or a dialog around the panel.
  section.addEventListener("keydown", (event) => {
    event.stopPropagation()
    if (event.key !== "Escape") return
    event.preventDefault()
    close()
  })
  const layer = makeTopLayer(highlight.element, labView.banner, section)
  // The lab may still be on.
  show()

  return {
    get isOpen() {
      return !section.hidden
    },
    open,
    toggle: () => (section.hidden ? open(true) : close()),
    drawSoon,
  }
}
