/** The controls of the network lab, and the banner that shows that it is on. */
import type { Lab } from "../lab/Lab.ts"
import { describeLab, isOn, modes, off, type Settings } from "../lab/settings.ts"
import { h } from "./h.ts"

const longest = 60_000

export interface LabView {
  readonly element: HTMLElement
  readonly banner: HTMLElement
}

export const makeLabView = (lab: Lab, onChange: () => void): LabView => {
  const banner = h("div", { className: "banner", role: "status" })

  const draw = (): void => {
    const { settings } = lab
    banner.hidden = !isOn(settings)
    banner.replaceChildren(
      h("span", {}, `Network lab of this tab: ${describeLab(settings)}`),
      h("button", { onclick: () => set(off) }, "Switch off"),
    )
    for (const input of element.querySelectorAll("input"))
      if (input.type === "radio") input.checked = input.value === settings.mode
      else input.valueAsNumber = settings[input.name as "latency" | "jitter"]
  }

  const set = (settings: Settings): void => {
    lab.set(settings)
    draw()
    onChange()
  }

  const onchange = (): void => {
    const data = new FormData(element)
    const millis = (name: string) => Math.min(longest, Math.max(0, Number(data.get(name)) || 0))
    set({ mode: data.get("mode") as Settings["mode"], latency: millis("latency"), jitter: millis("jitter") })
  }

  const group = (legend: string, ...children: ReadonlyArray<Node>) =>
    h("fieldset", {}, h("legend", {}, legend), ...children)
  const drop = (label: string, code: number) =>
    h("button", { type: "button", onclick: () => lab.break(code) }, label)
  const duration = (name: string, label: string) =>
    h("label", {}, label, h("input", { type: "number", name, min: 0, max: longest, step: 50 }), "ms")
  const element = h(
    "form",
    { className: "lab", onchange, onsubmit: (event: Event) => event.preventDefault() },
    group("Now", drop("Drop all (1006)", 1006), drop("Restart the server (1012)", 1012)),
    group(
      "From now on, in this tab",
      ...Object.entries(modes).map(([value, label]) =>
        h("label", {}, h("input", { type: "radio", name: "mode", value }), label),
      ),
    ),
    group("Delay of each message", duration("latency", "Latency"), duration("jitter", "± jitter")),
  )
  draw()
  return { element, banner }
}
