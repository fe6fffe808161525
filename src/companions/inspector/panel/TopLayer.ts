/** Keeps the panel in front of the page, and inside an open modal dialog, which makes everything else inert. */
import { h } from "./h.ts"
import { style } from "./style.ts"

export interface TopLayer {
  readonly activeElement: Element | null
  /** Shows the layer. With a panel, adds room so that the end of the page can be scrolled out from under it. */
  show(withPanel: boolean): void
  hide(): void
}

export const makeTopLayer = (...children: ReadonlyArray<Node>): TopLayer => {
  const layer = h("div", { className: "layer", popover: "manual" }, ...children)
  const host = h("div", { id: "htmx-ws-inspector" })
  // Closed, so that scripts and test runners of the page that look into shadow roots do not find it.
  const root = host.attachShadow({ mode: "closed" })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  // A Content-Security-Policy may forbid styles in the page.
  root.adoptedStyleSheets = [sheet]
  root.append(layer)
  /** `undefined` if nothing is shown. */
  let hasPanel: boolean | undefined
  /** The modal dialogs that are open, in the order in which they were found. */
  let modals: ReadonlyArray<Element> = []

  /** Moves into the modal dialog in front, or out of one that is closed. */
  const place = (): void => {
    if (hasPanel === undefined) return
    const open = [...document.querySelectorAll("dialog:modal")]
    const before = modals.filter((one) => open.includes(one))
    modals = [...before, ...open.filter((one) => !before.includes(one))]
    const home = modals.at(-1) ?? document.documentElement
    host.className = hasPanel && home === document.documentElement ? "open" : ""
    if (host.parentNode === home && host.isConnected) return
    const { activeElement } = root
    home.append(host)
    // Shown again, it comes in front of everything.
    layer.showPopover?.()
    if (activeElement instanceof HTMLElement) activeElement.focus()
  }
  // A dialog gets the focus when it opens, also in browsers without an event for that.
  for (const type of ["toggle", "close", "focusin"]) window.addEventListener(type, place, true)

  return {
    get activeElement() {
      return root.activeElement
    },
    show(withPanel) {
      hasPanel = withPanel
      place()
    },
    hide() {
      hasPanel = undefined
      host.remove()
    },
  }
}
