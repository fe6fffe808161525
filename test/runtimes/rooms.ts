/**
 * A room over crossws, on the runtime that runs this file: prints the URL to dial, and ends when its input does. A page
 * that says `restart` is closed with 1012.
 */
import type * as CrosswsBun from "crossws/adapters/bun"
import type * as CrosswsDeno from "crossws/adapters/deno"
import { Effect, Schema } from "effect"
import { Channel } from "htmx-ext-effect-ws/channel"
import { Crossws, html, Room } from "htmx-ext-effect-ws/server"

interface Runtime {
  readonly Bun?: {
    serve(options: object): { readonly port: number; upgrade: unknown }
  }
  readonly Deno?: {
    serve(
      options: { port: number; hostname: string; onListen: () => void },
      handle: (request: Request, info: never) => unknown,
    ): { readonly addr: { readonly port: number } }
  }
}

const runtime = globalThis as Runtime
const Chat = Channel.make("chat", { incoming: Schema.Struct({ text: Schema.NonEmptyString }) })

const hooks = Effect.gen(function* () {
  const lobby = yield* Room.make(Chat, {
    name: "lobby",
    snapshot: ({ content }) => ({ "#log": content("#log") }),
  })
  return yield* Crossws.hooks(Chat, (peer) =>
    Effect.gen(function* () {
      yield* lobby.join(peer)
      yield* peer.handle(({ values: { text } }) =>
        text === "restart" ? peer.close(1012) : lobby.append("#log", html`<li>${text}</li>`),
      )
    }),
  )
})

const listen = async (hooks: Crossws.Hooks): Promise<number> => {
  const hostname = "127.0.0.1"
  if (runtime.Bun) {
    const { default: adapter } = (await import("crossws/adapters/bun")) as typeof CrosswsBun
    const { handleUpgrade, websocket } = adapter({ hooks })
    return runtime.Bun.serve({ port: 0, hostname, fetch: handleUpgrade, websocket }).port
  }
  if (runtime.Deno) {
    const { default: adapter } = (await import("crossws/adapters/deno")) as typeof CrosswsDeno
    const { handleUpgrade } = adapter({ hooks })
    return runtime.Deno.serve({ port: 0, hostname, onListen: () => {} }, handleUpgrade).addr.port
  }
  const [{ createServer }, { default: adapter }] = await Promise.all([
    import("node:http"),
    import("crossws/adapters/node"),
  ])
  const server = createServer()
  server.on("upgrade", adapter({ hooks }).handleUpgrade)
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve))
  return (server.address() as { port: number }).port
}

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const port = yield* Effect.promise(listen.bind(undefined, yield* hooks))
      console.log(`ws://127.0.0.1:${port}/chat`)
      yield* Effect.never
    }),
  ),
)
