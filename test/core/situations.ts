/** Every situation that a connection can be in, and how it gets there. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { Settings, State } from "../../src/core/Connection.ts"
import { Bench } from "./bench.ts"

interface Situation {
  readonly state: State["_tag"]
  readonly settings?: Partial<Settings>
  readonly reach: (bench: Bench) => Effect.Effect<void>
}

const sync =
  (reach: (bench: Bench) => void): Situation["reach"] =>
  (bench) =>
    Effect.sync(() => reach(bench))

const drop = (bench: Bench) => {
  bench.open()
  bench.peer.latest.drop()
}

const stalled = (bench: Bench) => {
  bench.open()
  bench.peer.latest.stall()
}

export const situations = {
  "never dialled": { state: "Closed", reach: () => Effect.void },
  "before a dial that waits": {
    state: "Connecting",
    reach: sync(({ connection, recorder }) => {
      const { dialling } = recorder
      recorder.dialling = () => Effect.never
      connection.reconnect()
      recorder.dialling = dialling
    }),
  },
  connecting: { state: "Connecting", reach: sync(({ connection }) => connection.reconnect()) },
  "open, and greeting": {
    state: "Holding",
    reach: sync(({ connection, recorder, peer }) => {
      recorder.greeting = Effect.never
      connection.reconnect()
      peer.latest.accept()
      recorder.greeting = Effect.void
    }),
  },
  open: { state: "Open", reach: sync((bench) => bench.open()) },
  "open, and the peer hanging up": {
    state: "Open",
    reach: sync((bench) => {
      bench.open()
      bench.peer.latest.startHangingUp()
    }),
  },
  closing: {
    state: "Closing",
    reach: sync((bench) => {
      stalled(bench)
      bench.connection.close(4001)
    }),
  },
  waiting: { state: "Waiting", reach: sync(drop) },
  "waiting without a network": {
    state: "Waiting",
    reach: sync((bench) => {
      bench.recorder.network = false
      drop(bench)
    }),
  },
  paused: {
    state: "Paused",
    reach: sync((bench) => {
      bench.open()
      bench.connection.pause()
      bench.peer.settle()
    }),
  },
  "paused, and the peer not yet gone": {
    state: "Paused",
    reach: sync((bench) => {
      stalled(bench)
      bench.connection.pause()
    }),
  },
  "closed by the peer": {
    state: "Closed",
    reach: sync((bench) => {
      bench.open()
      bench.peer.latest.hangUp(1000)
    }),
  },
  failed: { state: "Failed", settings: { reconnectMaxAttempts: 0 }, reach: sync(drop) },
  ended: {
    state: "Ended",
    reach: sync((bench) => {
      bench.open()
      bench.end()
    }),
  },
} satisfies Record<string, Situation>

export type Name = keyof typeof situations
export const names = Object.keys(situations) as Array<Name>

/** Brings a connection into a situation, and clears the calls recorded on the way there. */
export const arrange = (name: Name, settings: Partial<Settings> = {}) =>
  Effect.gen(function* () {
    const situation: Situation = situations[name]
    const bench = yield* Bench.make({ settings: { ...situation.settings, ...settings } })
    yield* situation.reach(bench)
    expect(bench.state).toBe(situation.state)
    bench.news()
    return bench
  })
