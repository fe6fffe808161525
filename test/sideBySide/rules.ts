import type { Trace } from "./run.ts"

/** A difference that is allowed on every page. `apply` removes it from both traces. */
export interface Rule {
  readonly name: string
  /** The sentence of the contract that requires it. */
  readonly wants: string
  readonly apply: (trace: Trace) => Trace
}

const camel = (type: string): string => type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

const added = new Set(
  [
    "wsConfigConnect",
    "wsReconnecting",
    "wsFailed",
    "wsDropped",
    "wsUnsent",
    "ws:reconnecting",
    "ws:failed",
    "ws:message:dropped",
    "ws:unsent",
    // Companions tell what becomes of each message, whether anybody asks or not.
    "wsDelivery",
    "ws:delivery",
  ]
    .map((name) => `htmx:${name}`)
    .flatMap((type) => [type, `${type} cancelled`]),
)

const addedTo: Readonly<Record<string, ReadonlyArray<string>>> = {
  "htmx:wsConnecting": ["attempt", "socketWrapper"],
  "htmx:wsOpen": ["attempt", "waitUntil"],
  "htmx:ws:before:connection": ["cancelled", "waitUntil"],
  "htmx:ws:after:connection": ["waitUntil"],
}

/** Removes the second spelling of an event that follows on the same element. */
const withoutTwins = (trace: Trace): Trace => {
  const expected: Array<string> = []
  return trace.filter((entry) => {
    if (typeof entry === "string") return true
    const twin = `${camel(entry.type)} on ${entry.on}`
    const at = entry.type === camel(entry.type) ? -1 : expected.indexOf(twin)
    if (at >= 0) expected.splice(at, 1)
    else expected.push(twin)
    return at < 0
  })
}

export const rules: ReadonlyArray<Rule> = [
  {
    name: "events in the kebab spelling follow those in the camel one",
    wants: "Events, on the element named, bubbling, in both spellings that htmx gives (camel and kebab)",
    apply: withoutTwins,
  },
  {
    name: "events that only ours has",
    wants: "★ = ours; everything else is the official surface.",
    apply: (trace) => trace.filter((entry) => typeof entry === "string" || !added.has(camel(entry.type))),
  },
  {
    name: "details that only ours have",
    wants: "★ = ours; everything else is the official surface.",
    apply: (trace) =>
      trace.map((entry) => {
        const names = typeof entry === "string" ? undefined : addedTo[camel(entry.type)]
        if (typeof entry === "string" || names === undefined) return entry
        const kept = Object.entries(entry.detail).filter(([name]) => !names.includes(name))
        return { ...entry, detail: Object.fromEntries(kept) }
      }),
  },
  {
    name: "how a message of htmx 4 ends is told to who asks for it",
    wants: "where an event lacks what a companion needs, the event gets it, since users need it too",
    apply: (trace) =>
      trace.map((entry) =>
        typeof entry === "string" || typeof entry.detail.message !== "string"
          ? entry
          : {
              ...entry,
              detail: { ...entry.detail, message: entry.detail.message.replace(" settle: ƒ,", "") },
            },
      ),
  },
  {
    name: "which elements htmx announces to its extensions",
    wants:
      "Handlers are attached once per element, although htmx ≥ 2.0.5 announces a parent and its `[hx-trigger]` children separately.",
    apply: (trace) =>
      trace.filter(
        (entry) => typeof entry === "string" || !/^htmx:(before|after)ProcessNode$/.test(entry.type),
      ),
  },
  {
    name: "the console message of an error that an event reports",
    wants: "the console line says what happened, never `[object Event]`",
    apply: (trace) =>
      trace.map((entry, at) => {
        const next = trace[at + 1]
        const told =
          typeof next === "object" &&
          (next.type === "htmx:ws:error" || (next.type === "htmx:error" && "errorInfo" in next.detail))
        return told && typeof entry === "string" && entry.startsWith("console error: ")
          ? "console error: what happened"
          : entry
      }),
  },
  {
    name: "the wording of a deprecation warning",
    wants: 'Deprecation warnings contain the word "deprecated" and the new name.',
    apply: (trace) =>
      trace.map((entry) =>
        typeof entry === "string" && entry.startsWith("console warn: ") && entry.includes("deprecated")
          ? `console warn: deprecated ${entry.match(/json\.content|hx-ws:(connect|send)/g)?.join(" ")}`
          : entry,
      ),
  },
]
