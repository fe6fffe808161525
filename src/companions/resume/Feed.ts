/** What a page has of what the server pushes to a connect element, and how it gets what it lacks. */
import { attributeOf } from "../attributes.ts"
import { dispatch, type Names, textOf, type WsEvent } from "../events.ts"
import type { Htmx } from "../Htmx.ts"
import { idIn, toId } from "../ids.ts"
import type { Report } from "../notices.ts"
import { settingsOf } from "../settings.ts"
import { withParameter } from "../withParameter.ts"
import { makeCursor } from "./Cursor.ts"
import { answerIn, lastId, resync, resyncOf, signalsIn } from "./wire.ts"

/** Settings of the companion: `htmx.config.ws.resume`, or `resume` in `ws-config` and `hx-config`. */
export interface ResumeConfig {
  /**
   * The parameter of the URL that says the id of the last frame that the page shows.
   *
   * @default "last-id"
   */
  readonly param?: string
  /**
   * How many frames may wait while `ws-resync` is being fetched. If more come, it is fetched once more.
   *
   * @default 1000
   */
  readonly hold?: number
}

/** Why the page lacks something. */
export type GapReason = "asked" | "error" | "history" | "failed" | "unmarked" | "overflow" | "passed"

const gap: Names = ["wsGap", "ws:gap"]
const resumed: Names = ["wsResumed", "ws:resumed"]

/** How long there is at least between two fetches by the page itself, after one that failed, and at most until a response. */
const minute = 60_000
/** How long the frame that a response names may take to come. */
const patience = 10_000

type Timer = ReturnType<typeof setTimeout>

type Phase =
  /** The page shows all up to the cursor. */
  | { readonly _tag: "Following"; readonly timer?: undefined }
  /** It lacks something, which it may not fetch yet. */
  | { readonly _tag: "Lacking"; readonly timer: Timer }
  /** It fetches what it lacks. `from` is the id of the last frame before those that are held. */
  | {
      readonly _tag: "Fetching"
      readonly timer: Timer
      readonly token: string
      from: string | undefined
      held: Array<unknown>
      /** Whether the server has asked again meanwhile: the response may be of before. */
      isOutdated: boolean
    }
  /** It has what comes up to this frame, and ignores it. */
  | { readonly _tag: "Skipping"; readonly timer: Timer; readonly until: string }
  /** What was held is applied again, in front of what the connection has received since. */
  | { readonly _tag: "Releasing"; readonly timer?: undefined; readonly frames: Array<unknown> }

const following: Phase = { _tag: "Following" }

/** The public object of a connection: `socketWrapper` on htmx 1.9 and 2, `connection` on htmx 4. */
export interface Connection {
  apply(frame: unknown): void
  reconnect(): void
  /** `null` before the first dial. */
  readonly socket: object | null
  /** On htmx 4: settles when all received frames are applied. */
  readonly receiving: Promise<unknown>
}

let tokens = 0

/** What a page has of what the server pushes to a connect element. */
export type Feed = ReturnType<typeof makeFeed>

/** `isLate`: its connection is older than this script, and the page may show more than the attribute says. */
export const makeFeed = (htmx: Htmx, element: Element, isLate: boolean, report: Report) => {
  const cursor = makeCursor(htmx, element, isLate, report)
  /** The id of the last frame that has come. */
  let seen: string | undefined
  /** How many frames are being applied: with `batch`, several. */
  let applying = 0
  let connection: Connection | undefined
  let fetchedAt = -Infinity
  /** When it was for no wish of the server. */
  let ownFetchAt = -Infinity
  let phase: Phase = following
  /** Frames that are applied at once, whatever waits. */
  const urgent = new Set<unknown>()

  const enter = (next: Phase): void => {
    clearTimeout(phase.timer)
    phase = next
  }

  const idOf = (frame: unknown): string | undefined => toId(idIn(textOf(frame)), "the id of a frame", report)

  const settings = (): ResumeConfig => settingsOf(htmx, element, "resume")

  /** The id that the page may resume from, if there is one. */
  const known = (): string | undefined => {
    const id = cursor.read()
    return phase._tag === "Lacking" ? undefined : id
  }

  const apply = (frames: ReadonlyArray<unknown>): void => {
    for (const frame of frames) connection?.apply(frame)
  }

  const hurry = (frames: ReadonlyArray<unknown>): void => {
    for (const frame of frames) urgent.add(frame)
    apply(frames)
  }

  const resume = (): void => {
    enter(following)
    dispatch(htmx, element, resumed, { cursor: cursor.read() })
  }

  const release = (frames: ReadonlyArray<unknown>): void => {
    if (frames.length === 0) resume()
    else {
      enter({ _tag: "Releasing", frames: [...frames] })
      apply(frames)
    }
  }

  const fetch = (from: string | undefined, held: Array<unknown>, reason?: GapReason): void => {
    if (!element.isConnected) return
    fetchedAt = performance.now()
    if (reason !== "asked") ownFetchAt = fetchedAt
    const token = String(++tokens)
    const timer = setTimeout(() => lack("failed"), minute)
    enter({ _tag: "Fetching", timer, token, from, held, isOutdated: false })
    htmx
      .ajax("GET", attributeOf(htmx, element, "resync") as string, {
        source: element,
        headers: { [resync]: token },
      })
      .catch(() => answer(token, false))
  }

  /** Gives up a fetch, whose response would come too late now. Returns what it has held. */
  const abandon = (): ReadonlyArray<unknown> => {
    if (phase._tag !== "Fetching") return []
    const { held } = phase
    enter(following)
    htmx.trigger(element, "htmx:abort")
    return held
  }

  const fetchIn = (delay: number): void =>
    enter({ _tag: "Lacking", timer: setTimeout(() => fetch(seen, []), delay) })

  /** How long to wait until a minute after then. */
  const pause = (then: number): number => then + minute - performance.now()

  const lack = (reason: GapReason): void => {
    const held = abandon()
    const isAgreed = dispatch(htmx, element, gap, { cursor: cursor.read(), reason })
    const canFetch = attributeOf(htmx, element, "resync") !== undefined
    if (isAgreed && !canFetch)
      report(
        `<${element.localName} id="${element.getAttribute("id")}"> lacks frames: give it a ws-resync, to fetch what they showed`,
      )
    const delay = reason === "asked" ? 0 : pause(/error|history/.test(reason) ? ownFetchAt : fetchedAt)
    if (!isAgreed || !canFetch) enter(following)
    else if (delay > 0) fetchIn(delay)
    else {
      // What is held will be in what comes, but for the signals.
      fetch(seen, signalsIn(held), reason)
      return
    }
    apply(held)
  }

  /** Called when a response has been swapped, with its `HX-Last-ID`, or without one if it could not be. */
  const answer = (token: unknown, isSwapped: boolean, given?: string | null): void => {
    if (phase._tag !== "Fetching" || phase.token !== token) return
    const { from, held } = phase
    const id = toId(given, lastId, report)
    if (phase.isOutdated) fetch(from, held, "asked")
    else if (id === undefined) lack(isSwapped ? "unmarked" : "failed")
    else {
      cursor.moveTo(id)
      const index = held.findIndex((frame) => idOf(frame) === id)
      if (index >= 0 || id === from)
        release([...signalsIn(held.slice(0, index + 1)), ...held.slice(index + 1)])
      else {
        enter({ _tag: "Skipping", timer: setTimeout(() => lack("passed"), patience), until: id })
        hurry(signalsIn(held))
      }
    }
  }

  /** What the socket before had under way will not come: the server goes on behind what the URL says. */
  const restart = (): void => {
    applying = 0
    if (phase._tag === "Fetching") {
      abandon()
      // Without an id in the URL the server should send everything. If it does not, the page fetches it.
      fetchIn(pause(fetchedAt))
    } else if (phase._tag !== "Lacking") enter(following)
  }

  return {
    answer,

    /** Has the URL of a dial, whatever the page makes of it until then, say where to resume. */
    dial(detail: WsEvent["detail"]): void {
      const onHtmx4 = detail.connection as Connection | undefined
      const holder = (onHtmx4 ?? detail) as { url: unknown }
      let { url } = holder
      Object.defineProperty(holder, "url", {
        get: () => withParameter(String(url), settings().param ?? "last-id", known()),
        set: (value) => {
          url = value
        },
      })
      // Frames of the socket before may still wait for their swaps.
      if (onHtmx4 && seen !== undefined)
        (detail.waitUntil as (promise: unknown) => void)(onHtmx4.receiving.then(restart))
      else restart()
    },

    /** Returns whether a frame that has come is not to be applied, or not yet. */
    withholds(frame: unknown, by: Connection): boolean {
      connection = by
      if (urgent.delete(frame)) return false
      const id = idOf(frame)
      if (phase._tag === "Releasing") {
        const { frames } = phase
        const index = frames.indexOf(frame)
        if (index >= 0) frames.splice(0, index + 1)
        else {
          // It has come after them.
          frames.push(frame)
          apply([frame])
        }
        return index < 0
      }
      seen = id ?? seen
      if (phase._tag === "Fetching") {
        hurry(answerIn(frame))
        if (resyncOf(frame)) Object.assign(phase, { held: signalsIn(phase.held), from: id, isOutdated: true })
        else if (phase.held.push(frame) > (settings().hold ?? 1000)) lack("overflow")
      } else if (phase._tag !== "Skipping" || resyncOf(frame)) return false
      else {
        if (id === phase.until) resume()
        hurry([...answerIn(frame), ...signalsIn([frame])])
      }
      return true
    },

    /** Called with a frame that no listener has refused, before it is applied. */
    begin(frame: unknown): void {
      applying++
      if (resyncOf(frame)) lack("asked")
    },

    /** Called with a frame that has been applied. */
    end(frame: unknown): void {
      applying = Math.max(0, applying - 1)
      if (phase._tag === "Fetching") return
      const id = idOf(frame)
      if (id !== undefined) cursor.moveTo(id)
      if (
        phase._tag === "Releasing"
          ? phase.frames.length === 0
          : phase === following && resyncOf(frame) === false
      )
        resume()
    },

    /** Called with what is no event of a socket. */
    fail(): void {
      if (applying > 0 && !/Fetching|Lacking/.test(phase._tag)) lack("error")
      applying = 0
    },

    /** Called when a page of the history has taken the place of what was in `place`. */
    restore(place: Element): void {
      if (element.contains(place)) lack("history")
    },

    /** Has the attribute say what the page shows, until the returned function is called. */
    save: () => cursor.write(known()),
  }
}
