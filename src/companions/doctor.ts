/**
 * Finds out why a socket does not open: to a page, 401, 404, a Content-Security-Policy and a dead server all look like 1006.
 * After two failed attempts in a row, it makes one plain request to the server.
 */

import { attributeOf } from "./attributes.ts"
import {
  beforeDial,
  dispatch,
  elementOf,
  failed,
  listen,
  type Names,
  opened,
  reconnecting,
  type WsEvent,
} from "./events.ts"
import type { Htmx } from "./Htmx.ts"
import { installOnce } from "./installOnce.ts"
import { inWords, makeReport } from "./notices.ts"
import { pageUrl } from "./pageUrl.ts"

/** What keeps a socket from opening. `not-found` and `no-upgrade` are hints: healthy servers may answer a plain request so. */
export type Verdict =
  | "unauthorized"
  | "redirected"
  | "busy"
  | "csp"
  | "mixed-content"
  | "unreachable"
  | "not-found"
  | "no-upgrade"

/** The detail of `htmx:wsVerdict`, on htmx 4 `htmx:ws:verdict`. If it is cancelled, the companion does nothing more. */
export interface Diagnosis {
  readonly verdict: Verdict
  /** The status of the response, if there was one that a page can read. */
  readonly status?: number
  /** How long the server asks to wait, in milliseconds (`Retry-After`). */
  readonly retryAfter?: number | undefined
  /** What happened, and what to do. */
  readonly sentence: string
}

/** An element whose socket does not open. */
interface Patient {
  /** How many attempts there were since it was last open. */
  attempts: number
  /** The detail of the last dial. Listeners may replace its URL. */
  dial: Detail
  /** When the server may be dialled again, by `performance.now()`. */
  notBefore: number
  /** The answer that its last verdict was made from. */
  answer?: Promise<Diagnosis | undefined> | undefined
}

type Detail = WsEvent["detail"]

/** How long a URL is not probed again, in milliseconds. */
const INTERVAL = 60_000
/** How long a probe may take, in milliseconds. */
const TIMEOUT = 10_000

const verdictGiven: Names = ["wsVerdict", "ws:verdict"]

/** Returns the URL of a dial; `undefined` if it is invalid, which the main script reports. */
const urlOf = (dial: Detail): URL | undefined => {
  try {
    return pageUrl(String(((dial.connection ?? dial) as { readonly url: unknown }).url))
  } catch {
    return undefined
  }
}

/** Returns `Retry-After` in milliseconds (RFC 9110 §10.2.3: seconds, or a date). */
const retryAfterOf = (value: string | null): number | undefined => {
  const seconds = value === null || value === "" ? Number.NaN : Number(value)
  const wait = Number.isNaN(seconds) ? Date.parse(value ?? "") - Date.now() : seconds * 1000
  return wait >= 0 ? wait : undefined
}

/** Returns what the response to a plain request means. */
const read = ({ headers, status, type }: Response, path: string): Diagnosis => {
  const answer = `the server answers ${status} to ${path}`
  if (type === "opaqueredirect")
    return { verdict: "redirected", sentence: `the server redirects ${path} elsewhere: to log in?` }
  if (status === 401 || status === 403)
    return { verdict: "unauthorized", status, sentence: `${answer}: it wants a login` }
  if (status === 429 || status >= 500) {
    const retryAfter = retryAfterOf(headers.get("Retry-After"))
    const wait = retryAfter === undefined ? "" : `, to be asked again in ${Math.ceil(retryAfter / 1000)} s`
    return { verdict: "busy", status, retryAfter, sentence: answer + wait }
  }
  return status === 404
    ? { verdict: "not-found", status, sentence: `${answer}: is there a route for WebSockets?` }
    : {
        verdict: "no-upgrade",
        status,
        sentence: `${answer}: does a proxy on the way drop the header Upgrade?`,
      }
}

/** Makes a plain request to `url`. */
const probe = async (url: URL): Promise<Diagnosis> => {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), TIMEOUT)
  try {
    return read(
      await fetch(url, { redirect: "manual", cache: "no-store", signal: over.signal }),
      url.pathname,
    )
  } catch {
    return { verdict: "unreachable", sentence: `no server answers at ${url.host}` }
  } finally {
    clearTimeout(timer)
    // The body is not needed.
    over.abort()
  }
}

/** Returns why the page itself may not connect to this URL, if so. */
const forbidden = ({ host, href, protocol }: URL, blocked: ReadonlySet<string>): Diagnosis | undefined => {
  if (location.protocol === "https:" && protocol === "ws:")
    return { verdict: "mixed-content", sentence: `a page over https may connect to ${host} by wss: only` }
  return Array.from(blocked).some((uri) => href.startsWith(uri))
    ? {
        verdict: "csp",
        sentence: `the page's Content-Security-Policy lacks ${protocol}//${host} in connect-src`,
      }
    : undefined
}

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const doctor = (htmx: Htmx): void =>
  installOnce("doctor", () => {
    const report = makeReport("doctor")
    const patients = new WeakMap<Element, Patient>()
    /** The URLs that the Content-Security-Policy has blocked. */
    const blocked = new Set<string>()
    /** The diagnosis of each URL, and when it began, by `performance.now()`. */
    const asked = new Map<string, { readonly at: number; readonly answer: Promise<Diagnosis | undefined> }>()
    let isProbing = false

    const diagnose = async (url: URL): Promise<Diagnosis | undefined> => {
      const found = forbidden(url, blocked)
      const request = new URL(url.href.replace(/^ws/, "http"))
      if (found !== undefined || request.origin !== location.origin) return found
      isProbing = true
      const answer = await probe(request)
      isProbing = false
      return answer
    }

    /** Returns the diagnosis of a URL, which elements that dial the same one share. */
    const answerFor = (url: URL): Promise<Diagnosis | undefined> | undefined => {
      const now = performance.now()
      for (const [href, { at }] of asked) if (now - at >= INTERVAL) asked.delete(href)
      const known = asked.get(url.href)
      if (known !== undefined || isProbing) return known?.answer
      const answer = diagnose(url)
      asked.set(url.href, { at: now, answer })
      return answer
    }

    const examine = async (target: Element, { detail }: WsEvent, patient: Patient): Promise<void> => {
      const url = urlOf(patient.dial)
      const answer = url && answerFor(url)
      if (answer === patient.answer) return
      patient.answer = answer
      const diagnosis = await answer
      // Meanwhile, the socket may have opened, or the element may have left.
      if (diagnosis === undefined || patients.get(target) !== patient || !target.isConnected) return
      if (!dispatch(htmx, target, verdictGiven, { ...diagnosis })) return
      report(diagnosis.sentence)
      const { retryAfter = 0, verdict } = diagnosis
      patient.notBefore = performance.now() + retryAfter
      if (verdict !== "unauthorized" && verdict !== "redirected") return
      const connection = (detail.socketWrapper ?? detail.connection) as { readonly close: () => void }
      patients.delete(target)
      connection.close()
      const login = attributeOf(htmx, target, "login")
      if (login) location.assign(login)
    }

    const onTrouble = (event: WsEvent): void => {
      const { detail } = event
      const target = elementOf(event)
      const patient = patients.get(target)
      if (patient === undefined || patient.attempts < 2) return
      const wait = patient.notBefore - performance.now()
      if (wait > Number(inWords(detail.delay))) Object.assign(detail, { delay: wait })
      void examine(target, event, patient)
    }

    listen(htmx, beforeDial, (event) => {
      const { detail } = event
      const target = elementOf(event)
      const patient = patients.get(target) ?? { attempts: 0, dial: detail, notBefore: 0 }
      patient.attempts++
      patient.dial = detail
      patients.set(target, patient)
    })
    listen(htmx, opened, (event) => void patients.delete(elementOf(event)))
    listen(htmx, reconnecting, onTrouble)
    listen(htmx, failed, onTrouble)
    document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
      if (effectiveDirective === "connect-src") blocked.add(blockedURI)
    })
  })
