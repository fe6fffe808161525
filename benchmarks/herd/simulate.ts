/** Simulates a server that goes away, and its clients until the last of them is back. */
import type { Delays } from "./Delays.ts"

/** Times are in milliseconds. The first connection is lost at 0. */
export interface Scenario {
  /** The connections are lost one after the other, spread evenly over this time. */
  readonly lostWithin: number
  /** The server is back at this time. */
  readonly outage: number
  /** The time after which a refused dial fails, at least 1. */
  readonly failsAfter: number
  /** Handshakes that the server can do per second and client; may be Infinity. */
  readonly capacity: number
  /** How long a handshake may be queued. The server refuses a dial that would wait longer. */
  readonly patience: number
}

export interface Course {
  readonly scenario: Scenario
  readonly clients: number
  /** Dials in each `WINDOW`. */
  readonly dials: Uint32Array
  /** Clients that came back in each `WINDOW`. */
  readonly returns: Uint32Array
  /** When each client lost its connection. */
  readonly lostAt: Float64Array
  /** When each client had the next; Infinity if it had none within `HORIZON`. */
  readonly backAt: Float64Array
}

/** The width in milliseconds of the windows in which dials are counted. */
export const WINDOW = 100
/** When the simulation ends, in milliseconds, if a client never comes back. */
export const HORIZON = 3_600_000

const NOBODY = -1

/** The clients that dial in each millisecond, as linked lists: the first of each, and per client the next. */
class Calendar {
  #first = new Int32Array(1 << 16).fill(NOBODY)
  readonly #next: Int32Array

  constructor(clients: number) {
    this.#next = new Int32Array(clients)
  }

  add(client: number, millisecond: number): void {
    while (millisecond >= this.#first.length) this.#lengthen()
    this.#next[client] = this.#first[millisecond] ?? NOBODY
    this.#first[millisecond] = client
  }

  take(millisecond: number): Array<number> {
    const clients: Array<number> = []
    for (let client = this.#first[millisecond] ?? NOBODY; client !== NOBODY; ) {
      clients.push(client)
      client = this.#next[client] ?? NOBODY
    }
    return clients
  }

  #lengthen(): void {
    const first = new Int32Array(this.#first.length * 2).fill(NOBODY)
    first.set(this.#first)
    this.#first = first
  }
}

const increment = (counts: Uint16Array | Uint32Array, index: number): number => {
  const count = counts[index] ?? 0
  counts[index] = count + 1
  return count
}

/** Deterministic: only the delays are random. */
export const simulate = (clients: number, delays: Delays, scenario: Scenario): Course => {
  const { capacity, failsAfter, lostWithin, outage, patience } = scenario
  const handshake = 1000 / (capacity * clients)
  const calendar = new Calendar(clients)
  const retries = new Uint16Array(clients)
  const dialAt = new Float64Array(clients)
  const lostAt = Float64Array.from({ length: clients }, (_, client) => (lostWithin * client) / clients)
  const backAt = new Float64Array(clients).fill(Number.POSITIVE_INFINITY)
  const dials = new Uint32Array(HORIZON / WINDOW)
  const returns = new Uint32Array(HORIZON / WINDOW)

  const retry = (client: number, now: number): void => {
    const time = now + delays.of(client, increment(retries, client))
    dialAt[client] = time
    if (time < HORIZON) calendar.add(client, Math.floor(time))
  }

  for (let client = 0; client < clients; client++) retry(client, lostAt[client] ?? 0)

  let away = clients
  let freeAt = outage
  for (let millisecond = 0; millisecond < HORIZON && away > 0; millisecond++) {
    const dialling = calendar.take(millisecond).sort((a, b) => (dialAt[a] ?? 0) - (dialAt[b] ?? 0))
    for (const client of dialling) {
      const now = dialAt[client] ?? 0
      increment(dials, Math.floor(millisecond / WINDOW))
      const turn = Math.max(now, freeAt)
      if (now < outage || turn - now > patience) retry(client, now + failsAfter)
      else {
        freeAt = turn + handshake
        backAt[client] = freeAt
        increment(returns, Math.floor(freeAt / WINDOW))
        away--
      }
    }
  }
  return { scenario, clients, dials, returns, lostAt, backAt }
}
