import type { Extension, HtmxVersion } from "../../setup/pages.ts"
import { labelOf, type Options, openPage, type Page, type Recorded } from "./openPage.ts"

/** A page, and what happens on it. */
export interface Scenario extends Omit<Options, "htmx" | "ws"> {
  readonly title: string
  readonly play: (page: Page) => void
}

/** The events that the official script has, too. */
const official = new Set(
  [
    "Connecting",
    "Open",
    "Close",
    "Error",
    "BeforeMessage",
    "AfterMessage",
    "ConfigSend",
    "BeforeSend",
    "AfterSend",
  ]
    .map((name) => `htmx:ws${name}`)
    .concat("htmx:validation:halted"),
)

/** A value of a detail as it can be compared: by what it shows, not by what it is. */
const plain = (value: unknown): unknown => {
  if (typeof value === "function") return "function"
  if (typeof value !== "object" || value === null) return value
  if ("type" in value && "isTrusted" in value)
    return { event: value.type, ...("code" in value && { code: value.code }) }
  if ("type" in value) return { event: value.type }
  if (Object.prototype.toString.call(value) === "[object FormData]") return {}
  return JSON.parse(JSON.stringify({ value: Array.isArray(value) ? value : { ...value } })).value
}

const fieldsOf = ({ detail }: Recorded): Record<string, unknown> => {
  const { elt, socketWrapper, ...rest } = detail
  return {
    elt: elt === undefined ? undefined : labelOf(elt as Element),
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plain(value)])),
    ...(socketWrapper !== undefined && {
      socketWrapper: ["send", "sendImmediately", "queue"].every((name) => name in socketWrapper),
    }),
  }
}

/** The events of a page, what its server got, and what it looks like now. */
export interface Trace {
  readonly dials: ReadonlyArray<ReadonlyArray<unknown>>
  readonly wire: ReadonlyArray<ReadonlyArray<unknown>>
  readonly events: ReadonlyArray<{ readonly name: string; readonly on: string; readonly detail: object }>
  readonly kebab: ReadonlyArray<string>
  readonly html: string
  readonly console: ReadonlyArray<string>
}

export const traceOf = async (scenario: Scenario, htmx: HtmxVersion, ws: Extension): Promise<Trace> => {
  using page = await openPage({ ...scenario, htmx, ws })
  scenario.play(page)
  return {
    dials: page.dials,
    wire: page.sockets.map(({ sent }) => sent),
    events: page.log
      .filter(({ name }) => official.has(name))
      .map((recorded) => ({ name: recorded.name, on: labelOf(recorded.on), detail: fieldsOf(recorded) })),
    kebab: page.kebab.filter((name) =>
      /ws-(connecting|open|close|error|before|after|config-send)/.test(name),
    ),
    html: page.document.body.innerHTML,
    console: page.console,
  }
}

/** Only those fields of our events that the official script's have, too. */
export const limitedTo = (ours: Trace, theirs: Trace): Trace => ({
  ...ours,
  events: ours.events.map((event, index) => {
    const keys = Object.keys(theirs.events[index]?.detail ?? {})
    return {
      ...event,
      detail: Object.fromEntries(Object.entries(event.detail).filter(([key]) => keys.includes(key))),
    }
  }),
})
