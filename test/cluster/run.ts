/**
 * Three servers with one log in Redis behind a balancer, and pages that talk and listen while the servers are restarted one
 * after the other, one is killed, and Redis cuts all its connections. Reads `dist`: build first.
 */
import { setTimeout as pause } from "node:timers/promises"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Effect from "effect/Effect"
import * as Redis from "effect/persistence/Redis"
import { Program } from "../setup/Program.ts"
import { waitFor } from "../setup/waitFor.ts"
import { Balancer } from "./Balancer.ts"
import { Client, textsOf } from "./Client.ts"
import { programWithRedis } from "./programs.ts"

export interface Options {
  readonly redis: string
  readonly clients: number
  /** Milliseconds from one message to the next. */
  readonly every: number
  /** Called with what happens next. */
  readonly tell?: (event: string) => void
}

export interface Outcome {
  readonly said: number
  /** What was said and is not in the log, or is there twice. */
  readonly lost: ReadonlyArray<string>
  readonly doubled: ReadonlyArray<string>
  /** The pages that show something else than the log. */
  readonly different: number
  readonly frames: number
  readonly dials: number
  readonly wholes: number
  readonly retries: number
}

/** How long, in milliseconds, pages may need until they all show the log. */
const patience = 30_000

const twice = (texts: ReadonlyArray<string>) => texts.filter((text, at) => texts.indexOf(text) !== at)

/** Sends commands to Redis by a connection of their own. */
const inRedis = (url: string, ...commands: ReadonlyArray<readonly [string, ...ReadonlyArray<string>]>) =>
  Effect.gen(function* () {
    const redis = yield* Redis.Redis
    for (const command of commands) yield* redis.send(...command)
  }).pipe(Effect.provide(NodeRedis.layer({ url })), Effect.runPromise)

export const run = async ({ clients: count, every, redis, tell = () => {} }: Options): Promise<Outcome> => {
  await using stack = new AsyncDisposableStack()
  const prefix = `cluster-${process.pid}-${Date.now()}`
  stack.defer(() => inRedis(redis, ["DEL", `${prefix}:{lobby}:meta`, `${prefix}:{lobby}:stream`]))
  tell("three servers start")
  const programs = await Promise.all([1, 2, 3].map(() => Program.start(programWithRedis(redis, prefix))))
  for (const program of programs) stack.defer(() => program.close())
  const balancer = await Balancer.start(programs.map(({ port }) => port))
  stack.defer(() => balancer.close())
  const clients = Array.from({ length: count }, () => new Client(balancer.port))
  stack.defer(() => {
    for (const client of clients) client.close()
  })
  await waitFor(() => clients.every(({ frames }) => frames > 0), patience, {
    shown: "every page is in the room",
  })

  const said: Array<string> = []
  const talk = new AbortController()
  const talking = (async () => {
    while (!talk.signal.aborted) {
      const text = `m${said.length}`
      clients[said.length % count]?.say(text)
      said.push(text)
      await pause(every)
    }
  })()
  try {
    for (const [at, program] of programs.entries()) {
      tell(`server ${at + 1} is restarted`)
      await program.down("SIGTERM")
      await program.up()
      if (at > 0) continue
      tell("Redis cuts all connections")
      await inRedis(
        redis,
        ...["normal", "pubsub"].map((type) => ["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"] as const),
      )
    }
    tell("server 1 is killed")
    await programs[0]?.down("SIGKILL")
    await programs[0]?.up()
  } finally {
    talk.abort()
    await talking
  }

  tell("all pages catch up")
  await waitFor(() => clients.every(({ isDone }) => isDone), patience, {
    every: 50,
    shown: "every message is answered",
  })
  clients.push(new Client(balancer.port))
  let log: ReadonlyArray<string> = []
  const isLevel = ({ shown }: Client) =>
    shown.length === log.length && shown.every((text, at) => text === log[at])
  const areLevel = async () => {
    // A server may not have read the newest yet.
    log = textsOf(await (await fetch(`http://127.0.0.1:${balancer.port}/`)).text())
    return clients.every(isLevel)
  }
  await waitFor(areLevel, patience, { every: 50, shown: "every page shows the log" }).catch(() => {})
  const sum = (count: (client: Client) => number) =>
    clients.reduce((total, client) => total + count(client), 0)
  return {
    said: said.length,
    lost: said.filter((text) => !log.includes(text)),
    doubled: twice(log),
    different: sum((client) => Number(!isLevel(client))),
    frames: sum(({ frames }) => frames),
    dials: sum(({ dials }) => dials),
    wholes: sum(({ wholes }) => wholes),
    retries: sum(({ retries }) => retries),
  }
}
