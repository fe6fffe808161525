/** The attributes of htmx 1.9 and 2 that concern us, in both spellings. */
import { selectorOf } from "../elements.ts"

const spellings = (...names: ReadonlyArray<string>): Array<string> =>
  names.flatMap((name) => [name, `data-${name}`])

const selectorFor = (...names: ReadonlyArray<string>): string => selectorOf(spellings(...names))

export const statusNames = spellings("ws-status")
export const sends = selectorFor("ws-send")
export const bearsExtensions = selectorFor("hx-ext")

export const isHtmx1 = (version: string): boolean => version.startsWith("1.")

/** The elements that concern us. htmx 1.9 has an `hx-ws` of its own. */
export const oursOn = (version: string): string =>
  selectorFor("ws-connect", "ws-send", "ws-status", ...(isHtmx1(version) ? [] : ["hx-ws"]))

/** What htmx 1.9 announces one by one. */
export const announcedBy = (version: string): string =>
  [
    selectorFor("hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"),
    selectorFor("hx-trigger", "hx-ext", "hx-sse", "hx-ws", "hx-on"),
    ...(/^1\.9\.[0-3]$/.test(version) ? [] : ["form", "[type='submit']"]),
  ].join()
