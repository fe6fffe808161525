/**
 * Rooms for pages that are connected to another server than Effect's: by crossws, which has adapters for Deno, Bun,
 * Cloudflare Workers and others.
 *
 * **Example**
 *
 * ```ts
 * import nodeAdapter from "crossws/adapters/node"
 * import { Effect, Schema } from "effect"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 * import { Crossws, html, Room } from "htmx-ext-effect-ws/server"
 *
 * const Chat = Channel.make("chat", { incoming: Schema.Struct({ text: Schema.NonEmptyString }) })
 *
 * const program = Effect.gen(function* () {
 *   const lobby = yield* Room.make(Chat, { name: "lobby", snapshot: ({ content }) => ({ "#log": content("#log") }) })
 *   const hooks = yield* Crossws.hooks(Chat, (peer) =>
 *     Effect.andThen(
 *       lobby.join(peer),
 *       peer.handle(({ values }) => lobby.append("#log", html`<li>${values.text}</li>`)),
 *     ),
 *   )
 *   return nodeAdapter({ hooks })
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Channel } from "../channel/Channel.ts"
import { isAllowed, type Origins } from "./origins.ts"
import * as Peer from "./Peer.ts"
import type { Transport } from "./Transport.ts"

/** A peer of crossws, reduced to what is used of it. */
export interface CrosswsPeer {
  readonly request?: { readonly url: string } | undefined
  readonly context: object
  /** How many bytes wait to be written. Without it, slow pages are not detected. */
  readonly bufferedAmount?: number | undefined
  send(data: string): unknown
  close(code?: number, reason?: string): unknown
}

/** A message of crossws, reduced to what is used of it. */
export interface CrosswsMessage {
  readonly rawData: unknown
}

/** Hooks of crossws. */
export interface Hooks {
  readonly upgrade: (request: Request) => Promise<Response | { readonly context: Record<string, unknown> }>
  readonly open: (peer: CrosswsPeer) => void
  readonly message: (peer: CrosswsPeer, message: CrosswsMessage) => void
  readonly close: (peer: CrosswsPeer) => void
  readonly error: (peer: CrosswsPeer) => void
}

/** The options of `hooks`. */
export interface Options<out Identity, out E, out R> extends Peer.Buffering {
  /**
   * The pages that may connect.
   *
   * @default "same"
   */
  readonly origins?: Origins | undefined
  /**
   * Succeeds with the identity of the page, or fails if it may not connect. It runs before the handshake is answered: with
   * the status of a `PeerRefused`, or with 500 for any other failure, which is logged.
   */
  readonly authorize?: ((request: Request) => Effect.Effect<Identity, E, R>) | undefined
}

/**
 * Makes the hooks of a crossws adapter, for the life of the scope. `serve` is run for each page that has connected, as a
 * route of Effect's server is with `Peer.accept`.
 *
 * **Gotchas**
 *
 * The socket of a page closes when `serve` has ended: run `peer.handle` or `peer.messages`, which end when the page has
 * left. It closes with 1000, which pages do not retry, if `serve` has succeeded; with 1001 if the scope has closed; and
 * with 1011 if `serve` has failed. A socket that rejects the code is closed without one, and its page dials again.
 * A Durable Object that hibernates forgets its rooms: do not use its hibernation.
 */
export const hooks = <C extends Channel, A, E, R, Identity = undefined, E2 = never, R2 = never>(
  channel: C,
  serve: (peer: Peer.Peer<C, Identity>) => Effect.Effect<A, E, R>,
  options: Options<Identity, E2, R2> = {},
): Effect.Effect<Hooks, never, Scope.Scope | Exclude<R, Scope.Scope> | R2> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<Exclude<R, Scope.Scope> | R2>()
    const run = yield* FiberSet.makeRuntime<Exclude<R, Scope.Scope> | R2>()
    const incoming = new WeakMap<CrosswsPeer, Queue.Queue<string | Uint8Array, Cause.Done>>()
    const identities = new WeakMap<object, Identity>()

    const admit = (request: Request) =>
      Effect.gen(function* () {
        const origin = request.headers.get("origin") ?? undefined
        const host = request.headers.get("host") ?? new URL(request.url).host
        if (!isAllowed(options.origins ?? "same", origin, host))
          return yield* new Peer.PeerRefused({ status: 403, message: `${origin} may not connect here` })
        const token = {}
        if (options.authorize) identities.set(token, yield* options.authorize(request))
        return token
      })

    const end = (peer: CrosswsPeer): void => {
      const queue = incoming.get(peer)
      if (queue !== undefined) Queue.endUnsafe(queue)
    }

    return {
      upgrade: (request) =>
        Effect.runPromiseWith(context)(
          Effect.matchCauseEffect(admit(request), {
            onFailure: (cause) => {
              const why = Cause.squash(cause)
              return why instanceof Peer.PeerRefused
                ? Effect.succeed(new Response(why.message, { status: why.status }))
                : Effect.as(Effect.logError(cause), new Response(null, { status: 500 }))
            },
            onSuccess: (token) => Effect.succeed({ context: { [key]: token } }),
          }),
        ),
      open: (peer) => {
        const queue = Effect.runSync(Queue.unbounded<string | Uint8Array, Cause.Done>())
        incoming.set(peer, queue)
        // Only the types express that without `authorize` there is no identity.
        const identity = identities.get(Reflect.get(peer.context, key) as object) as Identity
        run(
          Peer.make(channel, transportOf(peer, queue), identity, options).pipe(
            Effect.flatMap(serve),
            Effect.scoped,
            Effect.catchCause((cause) =>
              Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.logError(cause),
            ),
          ),
        )
      },
      message: (peer, message) => {
        const queue = incoming.get(peer)
        if (queue !== undefined) Queue.offerUnsafe(queue, frameOf(message))
      },
      close: end,
      error: end,
    }
  })

/** The key of the context under which `upgrade` passes a page's identity to `open`. */
const key = "htmx-ext-effect-ws"

/** Returns the text of a message. One that is not text becomes an empty frame, which every channel refuses. */
const frameOf = ({ rawData }: CrosswsMessage): string | Uint8Array =>
  typeof rawData === "string" ? rawData : new Uint8Array()

/** How many bytes may wait in a socket before its page counts as slow. */
const highWaterMark = 65_536

const transportOf = (
  peer: CrosswsPeer,
  incoming: Queue.Queue<string | Uint8Array, Cause.Done>,
): Transport => {
  const isFull = (): boolean => Number(peer.bufferedAmount ?? 0) > highWaterMark
  // Not all adapters report that they have drained.
  const drained = Effect.repeat(Effect.andThen(Effect.sleep("20 millis"), Effect.sync(isFull)), {
    while: (full) => full,
  })
  return {
    url: peer.request?.url ?? "/",
    receive: Queue.takeAll(incoming),
    send: (frame) => Effect.ignore(Effect.try(() => peer.send(frame))),
    backlog: () => (isFull() ? Effect.asVoid(drained) : undefined),
    close: (code, reason) =>
      Effect.try(() => peer.close(code, reason)).pipe(
        Effect.catch(() => Effect.try(() => peer.close())),
        Effect.ignore,
      ),
  }
}
