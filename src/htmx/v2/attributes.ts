/** The attributes that the extension reads on htmx 1.9 and 2, in both spellings. */
import { selectorOf } from "../elements.ts"

const spellings = (...names: ReadonlyArray<string>): Array<string> =>
  names.flatMap((name) => [name, `data-${name}`])

const selectorFor = (...names: ReadonlyArray<string>): string => selectorOf(spellings(...names))

export const statusNames = spellings("ws-status")
export const sendSelector = selectorFor("ws-send")
export const extSelector = selectorFor("hx-ext")

export const isHtmx1 = (version: string): boolean => version.startsWith("1.")

/** Returns a selector of the elements that bear an attribute of the extension. htmx 1.9 has an `hx-ws` of its own. */
export const ownSelector = (version: string): string =>
  selectorFor("ws-connect", "ws-send", "ws-status", ...(isHtmx1(version) ? [] : ["hx-ws"]))

/** Returns a selector of the elements that htmx 1.9 announces one by one. */
export const announcedSelector = (version: string): string =>
  [
    selectorFor("hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch"),
    selectorFor("hx-trigger", "hx-ext", "hx-sse", "hx-ws", "hx-on"),
    ...(/^1\.9\.[0-3]$/.test(version) ? [] : ["form", "[type='submit']"]),
  ].join()
