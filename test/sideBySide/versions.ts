/** The oldest and the newest htmx of each line, with the scripts of each by their paths on the test server. */
export const versions = {
  "1.9.0": { line: "1.9", htmx: "/htmx-1.9.0.js", official: "/official-ws-1.9.0.js", ours: "/dist/ws.js" },
  "1.9.12": { line: "1.9", htmx: "/htmx-1.9.js", official: "/official-ws-1.9.js", ours: "/dist/ws.js" },
  "2.0.0": { line: "2", htmx: "/htmx-2.0.0.js", official: "/official-ws.js", ours: "/dist/ws.js" },
  "2.0.11": { line: "2", htmx: "/htmx-2.js", official: "/official-ws.js", ours: "/dist/ws.js" },
  "4.0.0": {
    line: "4",
    htmx: "/htmx-4.0.0.js",
    official: "/official-hx-ws-4.0.0.js",
    ours: "/dist/hx-ws.js",
  },
  "4.0.1": { line: "4", htmx: "/htmx-4.js", official: "/official-hx-ws.js", ours: "/dist/hx-ws.js" },
} as const

export type Version = keyof typeof versions
export type Line = (typeof versions)[Version]["line"]
export type Script = "official" | "ours"

/** Returns the versions of a list of lines and versions. */
export const versionsOf = (on: ReadonlyArray<Line | Version>): ReadonlyArray<Version> =>
  (Object.keys(versions) as Array<Version>).filter(
    (version) => on.includes(version) || on.includes(versions[version].line),
  )
