/** Reads the settings of companions: `htmx.config.ws.signals`, for example, and those of `ws-config` or `hx-config`. */
import { parentOf } from "./elements.ts"
import type { Htmx } from "./Htmx.ts"
import { inWords } from "./notices.ts"

type Settings = Readonly<Record<string, string>>

/**
 * Parses `{"signals": {"spread": "2s"}}`, or `signals.spread:2s`; in `hx-config` both are under `ws`. The main script
 * reports text that is neither.
 */
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

/** Returns the settings of `companion` for an element, as text: each from the nearest element that gives it. */
export const settingsOf = (htmx: Htmx, element: Element, companion: string): Settings => {
  const found: Array<Settings> = []
  for (let at: Element | undefined = element; at; at = parentOf(at)) {
    // The attribute may have another prefix, and `:inherited` behind it.
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

/** Returns a duration, written as for the main script, in milliseconds; `undefined` if it is not one. */
export const durationOf = (value: unknown): number | undefined => {
  const [, amount, unit = "ms"] = duration.exec(String(value)) ?? []
  if (amount === undefined) return undefined
  return Number(amount) * (/^m(?:s|il)/.test(unit) ? 1 : (units[unit.charAt(0)] as number))
}
