/**
 * Handles frames with htmx's response headers: `{"HX-Trigger": {"unread": {"n": 3}}}` dispatches an event on the connect
 * element, and others navigate if the page allows them.
 */
import { controlOf } from "./control.ts"
import { afterFrame, elementOf, listen, textOf } from "./events.ts"
import { type Htmx, isHtmx4 } from "./Htmx.ts"
import { installOnce } from "./installOnce.ts"
import { inWords, makeReport, type Report } from "./notices.ts"
import { pageUrl } from "./pageUrl.ts"
import { durationOf, settingsOf } from "./settings.ts"

/** Settings of the companion: `htmx.config.ws.signals`, or `signals` in `ws-config` and `hx-config`. */
export interface SignalsConfig {
  /**
   * The headers that a frame may use, separated by spaces: `trigger`, `redirect`, `location`, `refresh`, `push-url` and
   * `replace-url`.
   *
   * @default "trigger"
   */
  readonly allow?: string
  /**
   * A duration, of which each signal waits for a random part: one signal to 10,000 pages may cause 10,000 requests at once.
   *
   * @default 0
   */
  readonly spread?: number | string
}

/** Why a header, or a part of it, is ignored. */
type Refusal = string

/** Returns the steps of a header, or why it is ignored. */
type Header = (htmx: Htmx, element: Element, value: unknown) => Refusal | ReadonlyArray<Step>
type Step = () => Refusal | undefined | undefined

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const find = (htmx: Htmx, selector: unknown): Element | null => {
  try {
    return htmx.find(selector as string) ?? null
  } catch {
    return null
  }
}

const trigger: Header = (htmx, element, value) => {
  const events: ReadonlyArray<readonly [name: string, detail: unknown]> = isRecord(value)
    ? Object.entries(value)
    : typeof value === "string"
      ? value.split(",").map((name) => [name.trim(), {}])
      : []
  // Companions would take an event named like the extension's for one of the extension.
  if (events.length === 0 || events.some(([name]) => !/^(?!htmx:ws)\S+$/.test(name)))
    return "its value has to name events, and none that begin with htmx:ws"
  return events.map(([name, value]) => () => {
    const detail = isRecord(value) ? value : { value }
    const target = "target" in detail ? find(htmx, detail.target) : element
    if (target === null) return `${inWords(detail.target)} is not on the page`
    if (target.isConnected) htmx.trigger(target, name, detail)
    return undefined
  })
}

/** Makes a header whose value is the URL of a page, or an object with it as `path`. */
const withUrl =
  (go: (url: URL, htmx: Htmx, context: Record<string, unknown>) => Refusal | undefined): Header =>
  (htmx, _, value) => {
    const { path, ...context } = isRecord(value) ? value : { path: value }
    try {
      const url = pageUrl(path as string)
      if (typeof path === "string" && /^https?:$/.test(url.protocol)) return [() => go(url, htmx, context)]
    } catch {}
    return "its value has to be the URL of a page"
  }

const inHistory = (act: "pushState" | "replaceState"): Header =>
  withUrl((url) => {
    if (url.origin !== location.origin) return `${url.origin} is another site`
    history[act]({ htmx: true }, "", url)
    return undefined
  })

const headers: Readonly<Record<string, Header>> = {
  trigger,
  redirect: withUrl((url) => void location.assign(url)),
  location: withUrl(({ href }, htmx, { push = "true", ...context }) => {
    // htmx pushes a URL if an attribute of the source says so: not all versions read it from the context.
    const source = document.createElement("i")
    source.setAttribute("hx-push-url", String(push))
    document.body.append(source)
    const remove = () => source.remove()
    // It must not be saved in the history.
    document.addEventListener("htmx:beforeHistorySave", remove, { once: true })
    // htmx reports a failed request by its own events.
    htmx.ajax("GET", href, { target: "body", ...context, source }).then(remove, remove)
    return undefined
  }),
  refresh: (_, __, value) => (String(value) === "true" ? [() => void location.reload()] : []),
  "push-url": inHistory("pushState"),
  "replace-url": inHistory("replaceState"),
}

/** Matches the headers that other companions read. */
const ofOthers = /^HX-(?:Resync|Ack|Nack)$/

/** Returns the steps of a control frame, or why it is ignored. One invalid header invalidates the whole frame. */
const stepsOf = (
  htmx: Htmx,
  element: Element,
  frame: object,
  allow: unknown,
): Refusal | ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  for (const [key, value] of Object.entries(frame)) {
    if (!key.startsWith("HX-") || ofOthers.test(key)) continue
    const name = key.slice("HX-".length).toLowerCase()
    if (!Object.hasOwn(headers, name)) return `there is no ${key}`
    if (
      !String(allow)
        .split(/[\s,]+/)
        .includes(name)
    )
      return `${key} is not in the setting signals.allow, "${allow}"`
    const result = (headers[name] as Header)(htmx, element, value)
    if (typeof result === "string") return `${key}: ${result}`
    steps.push(...result)
  }
  return steps
}

/** Reports `from:closest [ws-connect]` without quotes, which htmx 4 takes for `from:closest` with a filter: it never triggers. */
const reportUnquoted = (report: Report): void => {
  for (const element of document.querySelectorAll("[hx-trigger*='from:closest ']"))
    report(
      `hx-trigger="${element.getAttribute("hx-trigger")}" hears nothing on htmx 4: write from:'closest …', in quotes`,
    )
}

/** Installs the companion, on htmx 1.9, 2 or 4. It reports headers that it ignores on the console. */
export const signals = (htmx: Htmx): void =>
  installOnce("signals", () => {
    const report = makeReport("signals")
    let isFirst = true
    listen(htmx, afterFrame, (event) => {
      const element = elementOf(event)
      const text = textOf(event.detail.message)
      const frame = controlOf(text)
      if (frame === undefined) return
      if (isFirst && isHtmx4(htmx)) reportUnquoted(report)
      isFirst = false
      const { allow = "trigger", spread = 0 } = settingsOf(htmx, element, "signals")
      const longest = durationOf(spread)
      if (longest === undefined) report(`signals.spread is ${spread}, expected a duration (500, "2s")`)
      const steps = frame instanceof Error ? "it is not JSON" : stepsOf(htmx, element, frame, allow)
      const ignore = (refusal: Refusal | undefined) =>
        refusal && report(`${text?.slice(0, 200)} was ignored: ${refusal}`)
      if (typeof steps === "string") ignore(steps)
      else
        for (const step of steps) {
          if (longest) setTimeout(() => ignore(step()), Math.random() * longest)
          else ignore(step())
        }
    })
  })
