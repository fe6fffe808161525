/** Random commands to a connection, to its peer, and to the clock. */
import { inspect } from "node:util"
import * as fc from "fast-check"
import type { Settings } from "../../src/core/Connection.ts"
import type { Callbacks } from "./bench.ts"
import { Run } from "./Run.ts"

type PageCommand = keyof Run["page"]
type ServerCommand = keyof Run["server"]
type TimeCommand = "advance" | "suspend" | "set date"

export type Command =
  | readonly ["page", PageCommand]
  | readonly ["server", ServerCommand]
  | readonly [TimeCommand, number]

type Call = keyof Callbacks

/** What the page does in a hook, once. */
export interface Reaction {
  readonly call: Call
  readonly commands: ReadonlyArray<PageCommand>
}

export interface Plan {
  readonly settings: Partial<Settings>
  readonly steps: ReadonlyArray<{ readonly command: Command; readonly reaction: Reaction | null }>
}

const settings: fc.Arbitrary<Partial<Settings>> = fc.record({
  reconnect: fc.constantFrom(true, true, true, false),
  reconnectMaxAttempts: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 2),
  heartbeat: fc.constantFrom(undefined, { interval: 3000, timeout: 1000, message: "ping" }),
  queueCapacity: fc.constantFrom(1, 3, 100),
  queueOverflow: fc.constantFrom("reject" as const, "drop-oldest" as const),
  queueTtl: fc.constantFrom(undefined, undefined, 2000),
})

const pageCommands: Record<Exclude<PageCommand, "throw">, number> = {
  reconnect: 26,
  close: 4,
  pause: 4,
  resume: 12,
  wake: 6,
  send: 30,
  "send at once": 4,
  take: 4,
  veto: 3,
  network: 3,
  "take time to dial": 3,
  "cancel dials": 1,
  "fail dials": 1,
  "throw in dials": 1,
  "allow dials": 12,
  dial: 16,
  "cancel a dial": 1,
  "fail a dial": 2,
  "take time to greet": 3,
  greet: 16,
  "fail to greet": 2,
  "take time to apply": 3,
  apply: 14,
  "other delay": 2,
  end: 1,
}
const serverCommands: Record<ServerCommand, number> = {
  accept: 70,
  refuse: 6,
  frame: 26,
  drop: 6,
  violate: 2,
  "hang up": 2,
  "hang up 1000": 2,
  "hang up 1001": 3,
  "hang up 1008": 1,
  "hang up 1012": 5,
  "hang up 1013": 2,
  "hang up 4401": 1,
  "start hanging up": 3,
  stall: 3,
  settle: 6,
  "late open": 1,
  "late message": 1,
  "late error": 1,
  "late close": 1,
}

const weighted = <Who extends "page" | "server", Name extends string>(
  who: Who,
  weights: Record<Name, number>,
) =>
  Object.entries<number>(weights).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant([who, name as Name] as const),
  }))

const timed = (name: TimeCommand, weight: number, ...times: Array<number>) => ({
  weight,
  arbitrary: fc.constantFrom(...times).map((time) => [name, time] as const),
})

const HOUR = 3_600_000

const command: fc.Arbitrary<Command> = fc.oneof(
  ...weighted("page", pageCommands),
  ...weighted("server", serverCommands),
  timed("advance", 28, 0, 1, 500, 999, 1000, 2000, 3000, 4999, 5000, 15_000, 60_000),
  timed("suspend", 3, 500, 3000, 7000, HOUR),
  timed("set date", 3, -HOUR, -3000, 3000, HOUR),
)

const calls: ReadonlyArray<Call> = [
  "beforeDial",
  "construct",
  "onCancelled",
  "onConnecting",
  "onOpen",
  "onMessage",
  "onError",
  "received",
  "onClose",
  "onStopped",
  "onRetry",
  "onFailed",
  "beforeSend",
  "afterSend",
  "onDrop",
  "online",
  "=Connecting",
  "=Greeting",
  "=Holding",
  "=Open",
  "=Closing",
  "=Waiting",
  "=Paused",
  "=Closed",
  "=Failed",
  "=Ended",
]

const reacting: ReadonlyArray<PageCommand> = [
  "reconnect",
  "close",
  "pause",
  "resume",
  "wake",
  "send",
  "send",
  "send at once",
  "take",
]

/** In each other step there is none. */
const reaction = (rare: ReadonlyArray<PageCommand>): fc.Arbitrary<Reaction | null> =>
  fc.option(
    fc.record({
      call: fc.constantFrom(...calls),
      commands: fc.array(
        fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom(...reacting) },
          { weight: 1, arbitrary: fc.constantFrom(...rare) },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { freq: 2 },
  )

const ofLength = (length: number) => ({ minLength: length, maxLength: length })

/** Commands whose effects the model knows. */
export const commands = (length: number): fc.Arbitrary<Plan> =>
  fc.record({
    settings,
    steps: fc.array(
      command.map((command) => ({ command, reaction: null })),
      ofLength(length),
    ),
  })

/** Commands, and listeners that give commands. `rare` are those that a listener seldom gives. */
export const listeners = (
  length: number,
  rare: ReadonlyArray<PageCommand> = ["end", "throw"],
): fc.Arbitrary<Plan> =>
  fc.record({
    settings,
    steps: fc.array(fc.record({ command, reaction: reaction(rare) }), ofLength(length)),
  })

const perform = (run: Run, command: Command): void => {
  const [who, what] = command
  if (who === "page") run.page[what]()
  else if (who === "server") run.server[what]()
  else if (who === "advance") run.advance(what)
  else if (who === "suspend") run.suspend(what)
  else run.setDate(what)
}

/** A plan in one line. */
export const print = ({ settings, steps }: Plan): string => {
  const texts = steps.map(({ command, reaction }) => {
    const listens = reaction === null ? "" : ` [in ${reaction.call}: ${reaction.commands.join(", ")}]`
    return command.join(" ") + listens
  })
  return `${inspect(settings, { breakLength: Infinity })}\n${texts.join("; ")}`
}

/** Carries out a plan. Throws at the first command after which something does not hold. */
export const carryOut = ({ settings, steps }: Plan): Run => {
  const run = new Run(settings)
  const { hooks } = run.bench.recorder
  // What a listener does is beyond the model.
  let isKnown = true
  for (const { command, reaction } of steps) {
    if (reaction !== null) {
      isKnown = false
      run.dialsInConstructor ||= reaction.call === "construct"
      hooks[reaction.call] = () => {
        hooks[reaction.call] = () => {}
        for (const name of reaction.commands) run.page[name]()
      }
    }
    perform(run, command)
    run.check()
    if (isKnown) run.checkModel()
  }
  run.recover(isKnown)
  run.finish(isKnown)
  return run
}
