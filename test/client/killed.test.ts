/** The promises of a client whose server is killed in the middle of its work, and started again. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { WsClient } from "../../src/index.ts"
import { waitFor } from "../setup/waitFor.ts"

/** Prints the port and every message that it receives, a line each; answers those that ask. */
const program = `
  import { writeSync } from "node:fs"
  import { WebSocketServer } from "ws"
  const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[1]) })
  server.on("listening", () => writeSync(1, server.address().port + "\\n"))
  server.on("connection", (socket) =>
    socket.on("message", (data) => {
      const { _tag, id } = JSON.parse(data)
      writeSync(1, _tag + " " + id + "\\n")
      if (_tag === "Ask") setTimeout(() => socket.send(JSON.stringify({ answer: id })), Math.random() * 4)
    }))`

/** All that a server has received, over all its lives. */
class Mortal {
  readonly heard: Array<string> = []
  port = 0
  #life: ChildProcess | undefined

  async start(): Promise<void> {
    const life = spawn(process.execPath, ["--input-type=module", "--eval", program, `${this.port}`], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    this.#life = life
    this.port = await new Promise<number>((resolve, reject) => {
      life.once("error", reject)
      life.once("exit", () => reject(new Error("the server has not started")))
      createInterface({ input: life.stdout }).on("line", (line) => {
        if (/^\d+$/.test(line)) resolve(Number(line))
        else this.heard.push(line)
      })
    })
  }

  async kill(): Promise<void> {
    const life = this.#life
    this.#life = undefined
    if (life === undefined) return
    life.kill("SIGKILL")
    await once(life, "close")
  }
}

const mortal = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = new Mortal()
    await server.start()
    return server
  }),
  (server) => Effect.promise(() => server.kill()),
)

it.live(
  "around kill -9 every request with retry is answered, and no plain message is seen twice",
  () =>
    Effect.gen(function* () {
      const server = yield* mortal
      const chat = yield* WsClient.make({
        url: `ws://127.0.0.1:${server.port}`,
        outgoing: Schema.Struct({ _tag: Schema.Literals(["Ask", "Tell"]), id: Schema.Number }),
        incoming: Schema.Struct({ answer: Schema.Number }),
        reconnect: Schedule.spaced("20 millis"),
      })

      let id = 0
      let kills = 0
      const asked: Array<number> = []
      const told: Array<number> = []
      /** Sends messages and requests, as long as servers die. */
      const stream = Effect.gen(function* () {
        while (kills < 5) {
          const [ask, tell] = [id++, id++]
          asked.push(ask)
          told.push(tell)
          yield* chat.send({ _tag: "Tell", id: tell })
          const { answer } = yield* chat.request(
            { _tag: "Ask", id: ask },
            { match: ({ answer }) => answer === ask, retry: true, timeout: "20 seconds" },
          )
          expect(answer).toBe(ask)
        }
      })
      const fate = Effect.promise(async () => {
        while (kills < 5) {
          const heard = server.heard.length
          await waitFor(() => server.heard.length >= heard + 20, 20_000)
          await server.kill()
          await server.start()
          kills++
        }
      })
      yield* Effect.all([stream, stream, stream, stream, fate], { concurrency: "unbounded" })
      yield* Effect.promise(() => waitFor(() => server.heard.includes(`Ask ${asked.at(-1)}`)))

      const heard = (tag: string) =>
        server.heard.filter((line) => line.startsWith(tag)).map((line) => Number(line.split(" ")[1]))
      expect(asked.length).toBeGreaterThan(50)
      expect([...new Set(heard("Ask"))].sort((a, b) => a - b)).toEqual(asked.sort((a, b) => a - b))
      expect(heard("Tell")).toEqual([...new Set(heard("Tell"))])
      expect(told).toEqual(expect.arrayContaining(heard("Tell")))
    }),
  60_000,
)
