/** The WebSockets of the demo, from the handshake to the close. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Peer, raw } from "htmx-ext-effect-ws/server"
import { Chat, type Seat } from "./Chat.ts"
import { ClientMessage, Coffee } from "./ClientMessage.ts"
import { Feed } from "./Feed.ts"
import * as json from "./json.ts"
import { Outage } from "./Outage.ts"
import { ServerMessage } from "./ServerMessage.ts"

/** Accepts a socket, which an outage closes. */
const accept = Effect.gen(function* () {
  const outage = yield* Outage
  const refused = new Peer.PeerRefused({ status: 503, message: "There is an outage." })
  const peer = yield* Peer.accept(Coffee, {
    authorize: () => Effect.flatMap(outage.isOn, (isOn) => (isOn ? refused : Effect.void)),
  })
  yield* Effect.andThen(outage.begun, peer.close(1012, "a demonstrated outage")).pipe(Effect.forkScoped)
  return peer
})

/** Does what the messages of a peer ask for, until it has gone. */
const serve = (peer: Peer.Peer<typeof Coffee>, seat: Seat) =>
  Effect.as(
    peer.handle(({ id, values }) =>
      ClientMessage.match(values, {
        Say: ({ name, text }) => seat.say(name, text, id),
        Rename: ({ name }) => seat.rename(name),
      }),
    ),
    HttpServerResponse.empty(),
  )

/** Serves a page: it gets what it has missed of the rooms, and then what happens in them. */
export const page = Effect.gen(function* () {
  const chat = yield* Chat
  const peer = yield* accept
  yield* chat.room.join(peer)
  yield* (yield* Feed).room.join(peer)
  return yield* serve(peer, yield* chat.enter)
}).pipe(Effect.scoped)

const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(ServerMessage)))

/** Serves a program: it gets everything there is, and then each change. */
export const program = Effect.gen(function* () {
  const peer = yield* accept
  const seat = yield* (yield* Chat).enter
  const market = yield* (yield* Feed).follow
  // JSON needs no escaping.
  const tell = (message: ServerMessage) => peer.send(raw(encode(message)))
  yield* tell(json.everything(seat.state, market.state))
  yield* Stream.merge(Stream.map(seat.events, json.chatChange), Stream.map(market.events, json.tick)).pipe(
    Stream.runForEach(tell),
    Effect.forkScoped,
  )
  return yield* serve(peer, seat)
}).pipe(Effect.scoped)
