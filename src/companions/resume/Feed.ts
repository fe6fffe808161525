/** How far a connect element has got in the frames of its server, and how it gets missing ones. */
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
   * The parameter of the URL that holds the id of the last frame that the page shows.
   *
   * @default "last-id"
   */
  readonly param?: string
  /**
   * How many frames may wait while `ws-resync` is being fetched. If there are more, it is fetched once more.
   *
   * @default 1000
   */
  readonly hold?: number
}

/** Why frames are missing. */
export type GapReason = "asked" | "error" | "history" | "failed" | "unmarked" | "overflow" | "passed"

const gap: Names = ["wsGap", "ws:gap"]
const resumed: Names = ["wsResumed", "ws:resumed"]

/** The shortest time between two fetches by the page itself, or after one that failed; and the longest wait for a response. */
const minute = 60_000
/** How long the frame that a response names may take to arrive. */
const skipTimeout = 10_000

type Timer = ReturnType<typeof setTimeout>

type Phase =
  /** The page shows all up to the cursor. */
  | { readonly _tag: "Following"; readonly timer?: undefined }
  /** Frames are missing, and the state may not be fetched yet. */
  | { readonly _tag: "Missing"; readonly timer: Timer }
  /** It fetches the state. `from` is the id of the last frame before those that are held. */
  | {
      readonly _tag: "Fetching"
      readonly timer: Timer
      readonly token: string
      from: string | undefined
      held: Array<unknown>
      /** Whether the server has asked for a fetch again meanwhile: the response may be from before. */
      isOutdated: boolean
    }
  /** The state contains all frames up to this one, which are ignored. */
  | { readonly _tag: "Skipping"; readonly timer: Timer; readonly until: string }
  /** Held frames are applied, before those that the connection has received since. */
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

/** The feed of a connect element. */
export type Feed = ReturnType<typeof makeFeed>

/** Makes a feed. `isLate` is `true` if the connection is older than this script: the page may show more than the attribute says. */
export const makeFeed = (htmx: Htmx, element: Element, isLate: boolean, report: Report) => {
  const cursor = makeCursor(htmx, element, isLate, report)
  /** The id of the last frame that has arrived. */
  let seen: string | undefined
  /** How many frames are being applied: with `batch`, several. */
  let applying = 0
  let connection: Connection | undefined
  let fetchedAt = -Infinity
  /** When the page last fetched by itself, not since the server asked for it. */
  let ownFetchAt = -Infinity
  let phase: Phase = following
  /** Frames that are applied before those that wait. */
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
    return phase._tag === "Missing" ? undefined : id
  }

  const apply = (frames: ReadonlyArray<unknown>): void => {
    for (const frame of frames) connection?.apply(frame)
  }

  const applyAtOnce = (frames: ReadonlyArray<unknown>): void => {
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
    const timer = setTimeout(() => reportGap("failed"), minute)
    enter({ _tag: "Fetching", timer, token, from, held, isOutdated: false })
    htmx
      .ajax("GET", attributeOf(htmx, element, "resync") as string, {
        source: element,
        headers: { [resync]: token },
      })
      .catch(() => answer(token, false))
  }

  /** Aborts a fetch, whose response would be too late now. Returns the frames that were held. */
  const abandon = (): ReadonlyArray<unknown> => {
    if (phase._tag !== "Fetching") return []
    const { held } = phase
    enter(following)
    htmx.trigger(element, "htmx:abort")
    return held
  }

  const fetchIn = (delay: number): void =>
    enter({ _tag: "Missing", timer: setTimeout(() => fetch(seen, []), delay) })

  /** Returns how long to wait until a minute after `then`. */
  const pause = (then: number): number => then + minute - performance.now()

  const reportGap = (reason: GapReason): void => {
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
      // The state will contain the held frames, but not their signals.
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
    else if (id === undefined) reportGap(isSwapped ? "unmarked" : "failed")
    else {
      cursor.moveTo(id)
      const index = held.findIndex((frame) => idOf(frame) === id)
      if (index >= 0 || id === from)
        release([...signalsIn(held.slice(0, index + 1)), ...held.slice(index + 1)])
      else {
        enter({ _tag: "Skipping", timer: setTimeout(() => reportGap("passed"), skipTimeout), until: id })
        applyAtOnce(signalsIn(held))
      }
    }
  }

  /** Called before a dial. Frames of the socket before will not arrive: the server continues after the id in the URL. */
  const restart = (): void => {
    applying = 0
    if (phase._tag === "Fetching") {
      abandon()
      // Without an id in the URL the server should send everything. If it does not, the page fetches it.
      fetchIn(pause(fetchedAt))
    } else if (phase._tag !== "Missing") enter(following)
  }

  return {
    answer,

    /** Adds the id to resume from to the URL of a dial, also if the page replaces that URL. */
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

    /** Called with each frame. Returns whether it must not be applied, or not yet. */
    withholds(frame: unknown, by: Connection): boolean {
      connection = by
      if (urgent.delete(frame)) return false
      const id = idOf(frame)
      if (phase._tag === "Releasing") {
        const { frames } = phase
        const index = frames.indexOf(frame)
        if (index >= 0) frames.splice(0, index + 1)
        else {
          // It has arrived after them.
          frames.push(frame)
          apply([frame])
        }
        return index < 0
      }
      seen = id ?? seen
      if (phase._tag === "Fetching") {
        applyAtOnce(answerIn(frame))
        if (resyncOf(frame)) Object.assign(phase, { held: signalsIn(phase.held), from: id, isOutdated: true })
        else if (phase.held.push(frame) > (settings().hold ?? 1000)) reportGap("overflow")
      } else if (phase._tag !== "Skipping" || resyncOf(frame)) return false
      else {
        if (id === phase.until) resume()
        applyAtOnce([...answerIn(frame), ...signalsIn([frame])])
      }
      return true
    },

    /** Called with a frame that no listener has cancelled, before it is applied. */
    begin(frame: unknown): void {
      applying++
      if (resyncOf(frame)) reportGap("asked")
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

    /** Called when an error happened that is not an event of a socket. */
    fail(): void {
      if (applying > 0 && !/Fetching|Missing/.test(phase._tag)) reportGap("error")
      applying = 0
    },

    /** Called when a page of the history has replaced the content of `place`. */
    restore(place: Element): void {
      if (element.contains(place)) reportGap("history")
    },

    /** Writes the id of what the page shows to the attribute, until the returned function is called. */
    save: () => cursor.write(known()),
  }
}
