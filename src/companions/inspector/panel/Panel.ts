/** The panel: what the log says, the problems of the page, and the lab. */
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
  /** Called when the user has changed what this tab is to remember. */
  readonly onSettings: () => void
}

export interface Panel {
  readonly isOpen: boolean
  /** Opens the panel, and gives it the focus if the user has asked for it. */
  open(hasFocus: boolean): void
  toggle(): void
  /** Called when the page may have got other mistakes. */
  drawSoon(): void
}

/** A server may send hundreds of frames a second, and the page has to stay usable. In ms. */
const drawnEvery = 200

export const makePanel = ({ lab, log, onSettings, problems, report }: Inspected): Panel => {
  /** What screen readers read out. */
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
  /** What had the focus before. */
  let before: WeakRef<Element> | undefined

  const draw = (): void => {
    timer = undefined
    // What it was in may have left the page.
    show()
    if (section.hidden) return
    timeline.draw()
    connections.draw()
    mistakes.draw(problems())
  }

  const drawSoon = (): void => {
    if (isShown()) timer ??= setTimeout(draw, drawnEvery)
  }

  /** A banner says that the lab is on: nobody debugs a forgotten lab. */
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
  // Shortcuts of the page are not meant by what is typed here, nor is a dialog around it.
  section.addEventListener("keydown", (event) => {
    event.stopPropagation()
    if (event.key !== "Escape") return
    event.preventDefault()
    close()
  })
  const layer = makeTopLayer(highlight.element, labView.banner, section)
  // The lab may be on from before.
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
