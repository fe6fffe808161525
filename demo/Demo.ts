import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Chat } from "./Chat.ts"
import { Feed } from "./Feed.ts"
import { Outage } from "./Outage.ts"
import { PromptServer } from "./PromptServer.ts"
import * as Routes from "./Routes.ts"

export interface Options {
  /** `0` takes any free port. @default the first free one from 3000 on */
  readonly port?: number
  /** How long the server refuses everybody after a press of the outage button. @default 5 seconds */
  readonly outage?: Duration.Input
  /** The time between two ticks of the feed. @default 1 second */
  readonly tick?: Duration.Input
}

/** Starts the demo. Closing the scope stops it, and closes open sockets with code 1001. */
export const start = (
  options: Options = {},
): Effect.Effect<{ readonly url: string }, ServeError, Scope.Scope> =>
  Effect.map(Layer.build(layer(options)), (context) => ({
    url: HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address),
  }))

/** The demo, and its chat room for programs that take part without a socket. */
export const layer = ({ port, outage = "5 seconds", tick = "1 second" }: Options) =>
  HttpRouter.serve(Routes.layer, { disableLogger: true, disableListenLog: true }).pipe(
    Layer.provide([Outage.layer(outage), Feed.layer(tick)]),
    Layer.provideMerge(Chat.layer),
    Layer.provideMerge(port === undefined ? listenFrom(3000) : listen(port)),
  )

const listenFrom = (port: number): ReturnType<typeof listen> =>
  listen(port).pipe(
    Layer.catchTag("ServeError", (error) =>
      isInUse(error.cause) && port < 3100 ? listenFrom(port + 1) : Layer.effectContext(Effect.fail(error)),
    ),
  )

const isInUse = (cause: unknown) => cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE"

const listen = (port: number) =>
  NodeHttpServer.layer(() => new PromptServer(), {
    host: "127.0.0.1",
    port,
    // A request that became a WebSocket does not finish by itself: waiting for it before closing would never end.
    disablePreemptiveShutdown: true,
    websocket,
  })

// A constant, because the types of `ws` do not have `closeTimeout` yet.
const websocket = { maxPayload: 16 * 1024, closeTimeout: 500 }
