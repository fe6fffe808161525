/** The implementations that are measured. Each is compared with the official script. */

import type { HtmxVersion } from "./dialects.ts"
import { bare } from "./inPage.ts"

export interface Contestant {
  readonly name: string
  /** The script that opens the sockets: a file, or its text. */
  readonly script: { readonly file: string } | { readonly code: string }
  readonly needsHtmx: boolean
  /** Set in `htmx.config.ws`. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The workloads that it runs. @default all */
  readonly only?: ReadonlyArray<string>
}

const scripts = {
  "2": { ours: "dist/ws.min.js", readable: "dist/ws.js", official: "node_modules/htmx-ext-ws/ws.js" },
  "4": {
    ours: "dist/hx-ws.min.js",
    readable: "dist/hx-ws.js",
    official: "node_modules/htmx-4/dist/ext/hx-ws.js",
  },
} as const satisfies Record<HtmxVersion, object>

const extension = (name: string, file: string): Contestant => ({ name, script: { file }, needsHtmx: true })

const bursts = ["small", "appends"]

/** Adds `against`, another build, to compare two of ours in one run. */
export const contestants = (generation: HtmxVersion, against?: string): Array<Contestant> => {
  const { ours, official } = scripts[generation]
  return [
    extension("official", official),
    extension("ours", ours),
    { name: "bare", script: { code: `(${bare})()` }, needsHtmx: false },
    { ...extension("batch", ours), settings: { batch: true }, only: bursts },
    { ...extension("latest", ours), settings: { batch: "latest" }, only: bursts },
    ...(against === undefined ? [] : [extension("candidate", against)]),
  ]
}

/** Contestants with readable scripts, so that a profile shows names of functions. */
export const readable = (generation: HtmxVersion): Array<Contestant> => {
  const { official, readable } = scripts[generation]
  return [
    extension("ours", readable),
    extension("official", official),
    { ...extension("batch", readable), settings: { batch: true }, only: bursts },
  ]
}
