/** Shows one of several views, selected by tabs (WAI-ARIA Authoring Practices, "Tabs"). */
import { h } from "./h.ts"

export interface View {
  readonly label: ReadonlyArray<Node | string>
  readonly view: HTMLElement
}

/** Returns the list of tabs. */
export const makeTabs = (views: ReadonlyArray<View>): HTMLElement => {
  let chosen = 0
  const tabs = views.map(({ label, view }, at) => {
    Object.assign(view, { id: `view-${at}`, role: "tabpanel" }).setAttribute("aria-labelledby", `tab-${at}`)
    return h(
      "button",
      { id: `tab-${at}`, role: "tab", "aria-controls": `view-${at}`, onclick: () => choose(at) },
      ...label,
    )
  })
  const choose = (now: number): void => {
    chosen = now
    for (const [at, tab] of tabs.entries()) {
      tab.ariaSelected = String(at === now)
      tab.tabIndex = at === now ? 0 : -1
    }
    for (const [at, { view }] of views.entries()) view.hidden = at !== now
  }
  const onkeydown = ({ key }: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
    if (step === undefined) return
    choose((chosen + step + tabs.length) % tabs.length)
    tabs[chosen]?.focus()
  }
  choose(0)
  return h("div", { className: "tabs", role: "tablist", ariaLabel: "Views", onkeydown }, ...tabs)
}
