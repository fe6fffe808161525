/** Summarizes a course: the load of the server, and the waiting times of its users. */
import { type Course, WINDOW } from "./simulate.ts"

/** Times are in milliseconds, rates in dials per second and client. */
export interface Summary {
  /** The highest rate over 100 ms since the server is back. */
  readonly worstMoment: number
  /** The highest rate over a second since the server is back. */
  readonly worstSecond: number
  /** The highest rate over a second before that. */
  readonly worstSecondBefore: number
  /** Dials per client. One is enough if the server is never away. */
  readonly dials: number
  /** The time from the return of the server until half, 99 % and all of the clients are back. */
  readonly back50: number
  readonly back99: number
  readonly back100: number
  /** The time from the loss of a connection to the next one. */
  readonly meanWait: number
  readonly longestWait: number
}

/** Returns the largest sum of `width` neighbours between two indices. */
const worst = (counts: Uint32Array, from: number, to: number, width: number): number => {
  let sum = 0
  let most = 0
  for (let i = from; i < to; i++) {
    sum += (counts[i] ?? 0) - (i - width >= from ? (counts[i - width] ?? 0) : 0)
    most = Math.max(most, sum)
  }
  return most
}

export const summarize = ({ scenario, clients, dials, lostAt, backAt }: Course): Summary => {
  const up = Math.floor(scenario.outage / WINDOW)
  const ordered = backAt.toSorted()
  const back = (share: number) => (ordered[Math.ceil(share * clients) - 1] ?? 0) - scenario.outage
  const waits = backAt.map((time, client) => time - (lostAt[client] ?? 0))
  const sum = (numbers: Float64Array | Uint32Array) => {
    let total = 0
    for (const number of numbers) total += number
    return total
  }
  return {
    worstMoment: (worst(dials, up, dials.length, 1) / clients) * (1000 / WINDOW),
    worstSecond: worst(dials, up, dials.length, 1000 / WINDOW) / clients,
    worstSecondBefore: worst(dials, 0, up, 1000 / WINDOW) / clients,
    dials: sum(dials) / clients,
    back50: back(0.5),
    back99: back(0.99),
    back100: back(1),
    meanWait: sum(waits) / clients,
    longestWait: waits.reduce((longest, wait) => Math.max(longest, wait), 0),
  }
}
