/** Keeps the panel in front of the page, and out of what a modal dialog makes inert: everything but itself. */
import { h } from "./h.ts"
import { style } from "./style.ts"

export interface TopLayer {
  readonly activeElement: Element | null
  /** Shows the layer, with room to scroll the end of the page out from under a panel. */
  show(withPanel: boolean): void
  hide(): void
}

export const makeTopLayer = (...children: ReadonlyArray<Node>): TopLayer => {
  const layer = h("div", { className: "layer", popover: "manual" }, ...children)
  const host = h("div", { id: "htmx-ws-inspector" })
  // Scripts and test runners of the page that look into shadow roots shall not find it.
  const root = host.attachShadow({ mode: "closed" })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  // A policy may forbid styles in the page.
  root.adoptedStyleSheets = [sheet]
  root.append(layer)
  /** `undefined` if nothing is shown. */
  let hasPanel: boolean | undefined
  /** Those that are open, in the order in which they were seen. */
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
    // It comes in front of what was shown before.
    layer.showPopover?.()
    if (activeElement instanceof HTMLElement) activeElement.focus()
  }
  // A dialog takes the focus when it opens, also where it has no event for that.
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
