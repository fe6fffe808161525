/** A page that a test controls, without a socket. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Channel, Message } from "../channel/Channel.ts"
import * as Peer from "./Peer.ts"

/** The options of a test's page. */
export interface Options extends Peer.Buffering {
  /** The id of the last frame that the page shows: `page.lastId` of an earlier page, to resume. */
  readonly lastId?: string | undefined
}

/** A page that a test controls. */
export interface TestPage<C extends Channel> {
  /** The server's side. */
  readonly peer: Peer.Peer<C, undefined>
  /** The frames that the page has received. */
  readonly frames: ReadonlyArray<string>
  /** Succeeds with the next frame that `next` has not taken, as soon as it has arrived. */
  readonly next: Effect.Effect<string>
  /** The id of the last of them that has one. */
  readonly lastId: string | undefined
  /** How the server closed the socket, if it did. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined
  /** Sends the message of a form, with these headers. */
  readonly send: (values: Message<C>, headers?: Readonly<Record<string, string>>) => void
  /** Sends a frame as it is. */
  readonly sendFrame: (frame: string | Uint8Array) => void
  /** Reads one more frame, and then none until `flow`. */
  readonly stall: () => void
  /** Reads again. */
  readonly flow: () => void
  /** Ends the connection, like a page that is closed or loses its network. */
  readonly leave: () => void
}

const idOf = (frame: string): string | undefined =>
  /^<!--id:(.*?)-->/.exec(frame)?.[1] ??
  (frame.startsWith('{"HX-') ? (JSON.parse(frame) as { readonly id?: string }).id : undefined)

export const make = <C extends Channel>(
  channel: C,
  options: Options = {},
): Effect.Effect<TestPage<C>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const incoming = yield* Queue.make<string | Uint8Array, Cause.Done>()
    const reads = Latch.makeUnsafe(true)
    const frames: Array<string> = []
    const untaken = yield* Queue.unbounded<string>()
    let closed: TestPage<C>["closed"]
    const query = options.lastId === undefined ? "" : `?${options.param ?? "last-id"}=${options.lastId}`
    const leave = () => {
      reads.openUnsafe()
      Queue.endUnsafe(incoming)
    }
    const peer = yield* Peer.make(
      channel,
      {
        url: `/${query}`,
        receive: Queue.takeAll(incoming),
        send: (frame) =>
          Effect.suspend(() => {
            frames.push(frame)
            return Queue.offer(untaken, frame)
          }),
        backlog: () => (reads.isOpen() ? undefined : reads.await),
        close: (code, reason) =>
          Effect.sync(() => {
            closed = { code, reason }
            leave()
          }),
      },
      undefined,
      options,
    )
    const sendFrame = (frame: string | Uint8Array): void => void Queue.offerUnsafe(incoming, frame)
    return {
      peer,
      frames,
      next: Queue.take(untaken),
      get lastId() {
        return frames.reduce((last, frame) => idOf(frame) ?? last, options.lastId)
      },
      get closed() {
        return closed
      },
      send: (values, headers = {}) => sendFrame(JSON.stringify({ ...Object(values), HEADERS: headers })),
      sendFrame,
      stall: () => reads.closeUnsafe(),
      flow: () => reads.openUnsafe(),
      leave,
    }
  })
