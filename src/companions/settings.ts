/** The settings of companions: `htmx.config.ws.signals` of the page, and what `ws-config` or `hx-config` says nearer. */
import { parentOf } from "./elements.ts"
import type { Htmx } from "./Htmx.ts"
import { inWords } from "./notices.ts"

type Settings = Readonly<Record<string, string>>

/** `{"signals": {"spread": "2s"}}`, or `signals.spread:2s`; in `hx-config` both under `ws`. What is neither, the main script reports. */
const read = (text: string, companion: string): Settings => {
  try {
    const all = JSON.parse(text)
    return (all.ws ?? all)[companion]
  } catch {}
  const pairs = RegExp(`\\b${companion}\\.(\\w+)\\s*:\\s*(?:(["'])(.*?)\\2|([^\\s,]+))`, "gs")
  return Object.fromEntries(
    Array.from(text.matchAll(pairs), ([, key, , quoted, plain]) => [key, quoted ?? plain]),
  )
}

/** The settings of `companion` for an element, as text: each from the nearest place that gives it. */
export const settingsOf = (htmx: Htmx, element: Element, companion: string): Settings => {
  const found: Array<Settings> = []
  for (let at: Element | undefined = element; at; at = parentOf(at)) {
    // It may have another prefix, and `:inherited` behind it.
    for (const { name, value } of at.attributes)
      if (/-config\b/.test(name)) found.unshift(read(value, companion))
  }
  const all = Object.assign(
    {},
    (htmx.config.ws as Record<string, Settings> | undefined)?.[companion],
    ...found,
  )
  for (const key in all) all[key] &&= inWords(all[key])
  return all
}

const duration = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|[smh]|(?:milli|second|minute|hour|day|week)s?)?$/

const units: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

/** A duration in milliseconds, written as for the main script, or `undefined` if it is none. */
export const durationOf = (value: unknown): number | undefined => {
  const [, amount, unit = "ms"] = duration.exec(String(value)) ?? []
  if (amount === undefined) return undefined
  return Number(amount) * (/^m(?:s|il)/.test(unit) ? 1 : (units[unit.charAt(0)] as number))
}
