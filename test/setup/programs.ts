/** Programs that use one part of the package and no other, as small as they get. */
export const programs = {
  WsClient: `
    import * as Effect from "effect/Effect"
    import * as Schema from "effect/Schema"
    import { WsClient } from "htmx-ext-effect-ws"
    Effect.runFork(Effect.scoped(WsClient.make({ url: "/ws", outgoing: Schema.Json, incoming: Schema.Json })))`,
  connect: `
    import { connect } from "htmx-ext-effect-ws"
    connect("/ws").post("hello")`,
}
