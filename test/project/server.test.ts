/** The server of docs/server.md before it is ready. Its pages are in test/browser/server.test.ts. Reads `dist`: build first. */
import { expect, test } from "vitest"
import { Program, programOf } from "../setup/Program.ts"
import { waitFor } from "../setup/waitFor.ts"

const waiting = programOf("docs/server.md")
  .replace("{ Effect, Layer, Schema }", "{ Console, Effect, Layer, Schema }")
  .replace("{ html, Peer, Room }", "{ html, Peer, Room, RoomLog }")
  .replace(
    "  Layer.launch,",
    `  Layer.provide(Layer.succeed(RoomLog.Logs, () => Effect.andThen(Console.log("waits"), Effect.never))),\n$&`,
  )

test("it does not listen while a room waits for its log", { timeout: 30_000 }, async ({ onTestFinished }) => {
  const program = await Program.prepare(waiting)
  onTestFinished(() => program.close())
  program.spawn()
  await waitFor(() => program.output.includes("waits"), 20_000)
  const refused = fetch(program.url, { signal: AbortSignal.timeout(5_000) })
  await expect(refused).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } })
})
