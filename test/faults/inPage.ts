/** What runs in the pages of faults. */
import type { Seen } from "./Clients.ts"

export interface Counts {
  readonly sent: number
  readonly dropped: number
  /** Without an outcome so far. */
  readonly waiting: number
  /** With more outcomes than one. */
  readonly twice: number
}

declare global {
  interface Window {
    faults: {
      readonly seen: () => Record<string, Seen>
      readonly reconnect: (path: string) => void
      /** How many timers wait. */
      readonly timers: () => number
      /** Counts the messages by what has become of them, and forgets those that have ended, and all that was received. */
      readonly count: () => Counts
    }
  }
}

/** Runs before the scripts of the page, and uses nothing but its parameter. Watches sockets, timers and the events of both lines of htmx. */
export const watch = (addRun: (runs: Array<[string, number]>, text: string) => void): void => {
  const all: Record<string, Omit<Seen, "live" | "state">> = {}
  const sockets: Record<string, Array<WebSocket>> = {}
  const publicObjects: Record<string, { reconnect(): void }> = {}
  const at = (path: string) =>
    (all[path] ??= { dials: 0, most: 0, opens: 0, codes: [], retries: 0, runs: [], outcomes: {} })
  const liveOf = (path: string): number =>
    (sockets[path] ?? []).filter(({ readyState }) => readyState < WebSocket.CLOSING).length

  const RealWebSocket = window.WebSocket
  window.WebSocket = class extends RealWebSocket {
    constructor(url: string | URL, protocols?: string | Array<string>) {
      super(url, protocols)
      const path = new URL(url).pathname
      const others = (sockets[path] ?? []).filter(({ readyState }) => readyState < WebSocket.CLOSING)
      sockets[path] = [...others, this]
      const seen = at(path)
      seen.dials++
      seen.most = Math.max(seen.most, liveOf(path))
    }
  }

  const timers = new Set<number>()
  const { clearTimeout, setTimeout } = window
  const later = (handler: (...rest: Array<unknown>) => void, delay = 0, ...rest: Array<unknown>): number => {
    const run = (): void => {
      timers.delete(id)
      handler(...rest)
    }
    const id: number = setTimeout(run, delay)
    timers.add(id)
    return id
  }
  Object.assign(window, {
    setTimeout: later,
    clearTimeout: (id: number) => {
      timers.delete(id)
      clearTimeout(id)
    },
  })

  type Detail = Record<string, unknown> & {
    event: { code: number }
    message: string & { data: unknown; values: { m: string } }
  }
  const textOf = ({ message }: Detail): string => String(message.data ?? message)
  const numberOf = ({ message }: Detail): string => message.values?.m ?? JSON.parse(message).m
  const received = (seen: Omit<Seen, "live" | "state">, detail: Detail): void => {
    if (textOf(detail) !== `{"type":"pong"}`) addRun(seen.runs, textOf(detail))
  }
  const ended = (outcome: string) => (seen: Omit<Seen, "live" | "state">, detail: Detail) => {
    // A heartbeat has no sender.
    const message = numberOf(detail)
    if (message === undefined) return
    if (seen.outcomes[message] === undefined) strays++
    else seen.outcomes[message].push(outcome)
  }
  /** Outcomes of messages that had ended. */
  let strays = 0
  const accepted = (seen: Omit<Seen, "live" | "state">, message: string): void => {
    seen.outcomes[message] ??= []
  }
  const opened = (seen: Omit<Seen, "live" | "state">): void => void seen.opens++
  const retried = (seen: Omit<Seen, "live" | "state">): void => void seen.retries++
  const handlers: Record<string, (seen: Omit<Seen, "live" | "state">, detail: Detail) => void> = {
    "htmx:wsOpen": opened,
    "htmx:ws:after:connection": opened,
    "htmx:wsReconnecting": retried,
    "htmx:ws:reconnecting": retried,
    "htmx:wsClose": (seen, { event }) => seen.codes.push(event.code),
    "htmx:ws:close": (seen, { code, reason }) => {
      if (reason === "closed") seen.codes.push(code as number)
    },
    "htmx:wsBeforeMessage": received,
    "htmx:ws:before:message:incoming": received,
    "htmx:wsConfigSend": (seen, { parameters }) => accepted(seen, (parameters as { m: string }).m),
    "htmx:ws:before:message:outgoing": (seen, { message }) => accepted(seen, message.values.m),
    "htmx:wsAfterSend": ended("sent"),
    "htmx:ws:after:message:outgoing": ended("sent"),
    "htmx:wsDropped": ended("dropped"),
    "htmx:ws:message:dropped": ended("dropped"),
  }
  const { dispatchEvent } = EventTarget.prototype
  EventTarget.prototype.dispatchEvent = function (event) {
    const handle = handlers[event.type]
    const owner = this instanceof Element ? this.closest("[data-path]") : null
    const path = owner?.getAttribute("data-path")
    if (handle !== undefined && path) {
      const { detail } = event as CustomEvent
      const publicObject = detail.socketWrapper ?? detail.connection
      if (publicObject !== undefined) publicObjects[path] = publicObject
      handle(at(path), detail)
    }
    return dispatchEvent.call(this, event)
  }

  window.faults = {
    seen: () =>
      Object.fromEntries(
        Object.entries(all).map(([path, seen]) => {
          const status = document.querySelector(`[data-path="${path}"] [data-ws-state]`)
          return [path, { ...seen, live: liveOf(path), state: status?.getAttribute("data-ws-state") ?? "" }]
        }),
      ),
    reconnect: (path) => publicObjects[path]?.reconnect(),
    timers: () => timers.size,
    count: () => {
      const counts = { sent: 0, dropped: 0, waiting: 0, twice: strays }
      strays = 0
      for (const seen of Object.values(all)) {
        seen.runs = []
        seen.codes = []
        for (const [message, [outcome, ...others]] of Object.entries(seen.outcomes)) {
          counts[(outcome ?? "waiting") as "sent" | "dropped" | "waiting"]++
          counts.twice += others.length
          if (outcome !== undefined) delete seen.outcomes[message]
        }
      }
      return counts
    },
  }
}
