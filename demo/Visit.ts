import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Socket from "effect/socket/Socket"
import { Chat, type Seat } from "./Chat.ts"
import * as ClientMessage from "./ClientMessage.ts"
import type { Dialect } from "./Dialect.ts"
import { Feed } from "./Feed.ts"
import { Outage } from "./Outage.ts"

const serviceRestart = new Socket.CloseEvent(1012, "a demonstrated outage")

/** Serves one WebSocket from its handshake to its close. */
export const visit = (dialect: Dialect) =>
  Effect.gen(function* () {
    const outage = yield* Outage
    const request = yield* HttpServerRequest.HttpServerRequest
    if (isForeign(request)) return HttpServerResponse.empty({ status: 403 })
    if (yield* outage.isOn) return HttpServerResponse.empty({ status: 503 })

    const socket = yield* request.upgrade
    const { pull } = yield* socket.reader
    const { write } = yield* socket.writer

    const seat = yield* (yield* Chat).enter
    const market = yield* (yield* Feed).follow

    const lastId = new URL(request.url, "ws://demo").searchParams.get("last-id") ?? undefined
    for (const frame of dialect.greeting(seat.state, market.state, lastId)) yield* write(frame)
    yield* Stream.merge(
      Stream.map(seat.events, dialect.chatChange),
      Stream.map(market.events, dialect.tick),
    ).pipe(Stream.runForEach(write), Effect.forkScoped)
    yield* Effect.andThen(outage.begun, write(serviceRestart)).pipe(Effect.forkScoped)

    // Runs until the peer has confirmed the close, so that messages it sent before are still handled.
    while (true) {
      for (const frame of yield* pull) {
        const answer = yield* receive(seat, frame)
        if (answer !== undefined) yield* write(answer)
      }
    }
  }).pipe(
    Effect.catchTag("SocketError", () => Effect.succeed(HttpServerResponse.empty())),
    Effect.scoped,
  )

// Browsers let any page of any site open a WebSocket to this one; only the Origin header shows which site it is.
export const isForeign = ({ headers }: HttpServerRequest.HttpServerRequest) =>
  headers.origin !== undefined && URL.parse(headers.origin)?.host !== headers.host

/** Does what a message asks for. Returns the answer, if its sender waits for one. */
const receive = (seat: Seat, frame: string | Uint8Array) => {
  const id = ClientMessage.idOf(frame)
  const answer = (text: object) => (id === undefined ? undefined : JSON.stringify(text))
  return Option.match(ClientMessage.decode(frame), {
    onNone: () => Effect.succeed(answer({ "HX-Nack": id, reason: "this is no message of the demo" })),
    onSome: (message) =>
      Effect.as(
        ClientMessage.ClientMessage.match(message, {
          Say: ({ name, text }) => seat.say(name, text, id),
          Rename: ({ name }) => seat.rename(name),
        }),
        answer({ "HX-Ack": id }),
      ),
  })
}
