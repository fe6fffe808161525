/**
 * A connection: a scoped resource over any number of sockets, one after the other and never two at once.
 *
 * One fiber runs a connection, and reads from top to bottom: dial, open, drain, end, wait, dial again. A command
 * (`reconnect`, `close`, `pause`) replaces it by another. Whatever follows from an event happens in the turn of the
 * event.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Backoff from "./Backoff.ts"
import * as CloseCode from "./CloseCode.ts"
import { abandoned, dial, hangUpUnused, type Socket } from "./dial.ts"
import { elapsed } from "./elapsed.ts"
import { guard, report } from "./guard.ts"
import * as Heartbeat from "./Heartbeat.ts"
import type { Hooks, Settings } from "./Hooks.ts"
import { inWords } from "./inWords.ts"
import * as Outbox from "./Outbox.ts"
import type * as Reconnect from "./Reconnect.ts"
import { type Outcome, Sender } from "./Sender.ts"
import { DialError, SocketClosed, type SocketEvent, type WebSocketLike } from "./Socket.ts"
import { endedIn, holds, isInUse, type Opened, type State } from "./State.ts"
import { sleepOrWake } from "./sleepOrWake.ts"

export type { Hooks, Settings } from "./Hooks.ts"
export type { State } from "./State.ts"
export type { Connection }

/** The delay if the policy fails, in milliseconds. */
const FALLBACK_DELAY = 1000

/** A frame that arrives sooner after the open, in milliseconds, may be a mere greeting of the server. */
const GREETING = 1000

/** Calls a hook, which may interrupt the fiber by calling the connection. */
const notify = (call: () => void): Effect.Effect<void> => Effect.sync(() => guard(call))

/** Makes a connection that lives as long as its scope. It dials when `reconnect` is called. */
export const make = <A>(
  settings: Settings,
  hooks: Hooks<A>,
): Effect.Effect<Connection<A>, never, Scope.Scope> => {
  const onDrop = (message: A, reason: Outbox.DropReason): void => guard(() => hooks.onDrop(message, reason))
  return Effect.acquireRelease(
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.map(Outbox.make(settings, onDrop), (outbox) => new Connection(settings, hooks, outbox, context)),
    ),
    (connection) => Effect.sync(() => connection.end()),
  )
}

class Connection<A> {
  readonly outbox: Outbox.Outbox<A>

  readonly #sender: Sender<A>
  readonly #settings: Settings
  readonly #hooks: Hooks<A>
  readonly #context: Context.Context<never>
  readonly #clock: Clock.Clock
  readonly #backoff: Backoff.Backoff
  readonly #watch = Heartbeat.make()
  #state: State = { _tag: "Closed" }
  /** The fiber that dials and waits. */
  #fiber: Fiber.Fiber<unknown, unknown> | undefined
  /** The codes with which sockets that had opened have ended since `#hasWorked` last held. */
  readonly #codes = new Set<number>()

  constructor(
    settings: Settings,
    hooks: Hooks<A>,
    outbox: Outbox.Outbox<A>,
    context: Context.Context<never>,
  ) {
    this.#settings = settings
    this.#hooks = hooks
    this.#context = context
    this.#clock = Context.get(context, Clock.Clock)
    this.#backoff = Backoff.make(settings, () => guard(() => hooks.online(), true))
    this.outbox = outbox
    this.#sender = new Sender(outbox, hooks, () => this.#writable)
  }

  get state(): State {
    return this.#state
  }

  /**
   * Sends a message in the same turn if the socket is open and nothing waits; queues it otherwise. Called from inside
   * `onOpen`, it sends the message before those that wait.
   */
  send(message: A): void {
    const outcome = this.#state._tag === "Greeting" ? this.sendNow(message) : "unsent"
    if (outcome === "unsent" || outcome === "refused") this.enqueue(message)
  }

  /** Sends a message like `send`, but after those that wait, also from inside `onOpen`. */
  enqueue(message: A): void {
    const { _tag } = this.#state
    // A stand-in may accept messages before it emits `open`.
    if (_tag === "Open" || (_tag === "Connecting" && this.outbox.size === 0)) this.#sender.send(message)
    else this.outbox.push(message)
  }

  /** Sends the messages that wait if the socket is open. */
  drain(): void {
    if (this.#state._tag === "Open") this.#sender.drain()
  }

  /** Sends a message in the same turn, before those that wait. Returns what became of it: it is never queued. */
  sendNow(message: A): Outcome {
    return this.#sender.sendNow(message)
  }

  /** Dials at once, in any state. Replaces an open socket, and cancels a retry. */
  reconnect(): void {
    this.#backoff.restart()
    this.#replace(this.#dial(0))
  }

  /** Closes for good, with a close frame if there is a socket. Queued messages stay in the outbox. */
  close(code?: number, reason?: string): void {
    const { _tag, scope, socket } = this.#state
    if (_tag === "Closing") return
    if (socket !== undefined) {
      this.#enter({ _tag: "Closing", scope, socket })
      socket.close(code, reason)
    } else if (_tag === "Connecting" || _tag === "Waiting" || _tag === "Paused") {
      this.#replace(this.#stop({ _tag: "Closed" }))
    }
  }

  /** Closes for good if this WebSocket is in use. Called just before the page's own call of `webSocket.close`. */
  adoptClose(webSocket: WebSocketLike): void {
    const state = this.#state
    // A socket that is abandoned closes its WebSocket itself.
    if (!isInUse(state) || state.socket?.webSocket !== webSocket || !state.socket.isLive) return
    this.#enter({ _tag: "Closing", scope: state.scope, socket: state.socket })
    state.socket.adoptClose()
  }

  /** Closes until `resume`, if there is anything to close. */
  pause(code?: number, reason?: string): void {
    const state = this.#state
    if (isInUse(state) && state._tag !== "Connecting") {
      this.#enter({ _tag: "Paused", scope: state.scope, socket: state.socket })
      state.socket.close(code, reason)
    } else if (state._tag === "Connecting" || state._tag === "Waiting") {
      this.#replace(this.#entering({ _tag: "Paused" }))
    }
  }

  /** Dials again after `pause`. */
  resume(): void {
    if (this.#state._tag === "Paused") this.#replace(this.#dial(0))
  }

  /** Starts the backoff over: the next delay is the first of the policy, or the one that follows `retries` retries. */
  restartBackoff(retries?: number): void {
    this.#backoff.restart(retries)
  }

  /** Dials at once if the connection waits for a retry. */
  wake(): void {
    if (this.#state._tag === "Waiting") this.#replace(this.#dial(this.#state.attempt))
  }

  /** @internal Ends the connection: its scope has closed. */
  end(): void {
    const { _tag } = this.#state
    this.#fiber?.interruptUnsafe()
    this.#enter({ _tag: "Ended" })
    this.#sender.end()
    if (_tag === "Closed" || _tag === "Failed") return
    const closed = new SocketClosed({
      code: CloseCode.NoStatusReceived,
      reason: "removed",
      wasClean: true,
    })
    guard(() => this.#hooks.onClose(closed))
  }

  /** Enters a state. `code` is the close code of a socket that had opened and has ended. */
  #enter(next: State, code?: number): void {
    const left = this.#state
    const ended = endedIn(left)
    this.#state = next
    if (left._tag === "Open" && this.#hasWorked(left)) {
      this.#backoff.restart()
      this.#codes.clear()
    }
    // Each code restarts the backoff once: two codes in turn are flapping.
    if (code !== undefined && !this.#codes.has(code)) {
      this.#backoff.restart()
      this.#codes.add(code)
    }
    if (left.scope !== undefined && left.scope !== next.scope) this.#run(Scope.close(left.scope, Exit.void))
    if (ended !== undefined && !holds(next, ended)) hangUpUnused(ended)
    // The page may have dialled again from a listener of the WebSocket that was just closed.
    if (this.#state === next) guard(() => this.#hooks.onState(next))
  }

  #entering(next: State, code?: number): Effect.Effect<void> {
    return notify(() => this.#enter(next, code))
  }

  /** Replaces the running fiber. One that is calling a hook ends when the hook returns. */
  #replace(effect: Effect.Effect<void>): void {
    if (this.#state._tag === "Ended") return
    this.#fiber?.interruptUnsafe()
    this.#run(
      Effect.withFiber((fiber) => {
        this.#fiber = fiber
        return effect
      }),
    )
  }

  #run(effect: Effect.Effect<void>): void {
    Effect.runForkWith(this.#context)(effect)
  }

  /** Returns the socket if a message can be written to it now. */
  get #writable(): Socket | undefined {
    const state = this.#state
    return isInUse(state) && state.socket?.writable ? state.socket : undefined
  }

  #dial(attempt: number): Effect.Effect<void> {
    return Effect.gen(() => this.#attempts(attempt))
  }

  // A method, and not a function made for each connection: engines give each generator function its own prototype.
  *#attempts(first: number) {
    const hooks = this.#hooks
    let attempt = first
    while (true) {
      const session = yield* this.#orReport(
        Effect.gen(() => this.#session(attempt)),
        ({ message }) => ({ closed: abandoned(message), socket: undefined, opened: false }),
      )
      if (session === undefined) {
        yield* this.#entering({ _tag: "Closed" })
        yield* notify(() => hooks.onCancelled())
        return yield* this.#stop({ _tag: "Closed" })
      }

      const { closed, opened, socket } = session
      attempt = opened ? 1 : attempt + 1
      const left = this.#state
      yield* this.#entering(this.#after(left, closed, attempt), opened ? closed.code : undefined)
      if (socket !== undefined) yield* notify(() => hooks.onClose(closed))
      // A listener may have changed the settings.
      const next = this.#after(left, closed, attempt)
      if (next._tag === "Closed") return yield* this.#stop(next)
      if (next._tag !== this.#state._tag) yield* this.#entering(next)
      if (next._tag !== "Waiting") return

      let delay = yield* this.#orReport(this.#backoff.next(closed), () => FALLBACK_DELAY)
      if (delay === undefined) {
        yield* this.#entering({ _tag: "Failed" })
        yield* notify(() => hooks.onFailed(this.#backoff.retries(), closed))
        return yield* this.#stop({ _tag: "Failed" })
      }
      const planned = delay
      yield* notify(() => {
        const other = hooks.onRetry(attempt, planned, closed)
        if (typeof other === "number" && other >= 0) delay = other
      })
      yield* sleepOrWake(delay)
    }
  }

  /** Calls `onError` with an error, and succeeds with `otherwise` in its place. */
  #orReport<B, C>(
    effect: Effect.Effect<B, DialError | Reconnect.DelayError>,
    otherwise: (error: Error) => C,
  ): Effect.Effect<B | C> {
    return Effect.catch(effect, (error) =>
      Effect.map(
        notify(() => this.#hooks.onError(error)),
        () => otherwise(error),
      ),
    )
  }

  /** Enters a state in which nothing is dialled, unless it is entered already, and calls `onStopped`. */
  #stop(state: State): Effect.Effect<void> {
    return notify(() => {
      if (this.#state._tag !== state._tag) this.#enter(state)
      // A listener of the state may have dialled again.
      if (this.#state._tag === state._tag) guard(() => this.#hooks.onStopped())
    })
  }

  /** Returns the state that follows the end of a socket in `state`. */
  #after(state: State, closed: SocketClosed, attempt: number): State {
    switch (state._tag) {
      case "Closing":
        return { _tag: "Closed", closed }
      case "Paused":
        return { _tag: "Paused" }
      default:
        return this.#settings.reconnect && this.#settings.reconnectCodes.has(closed.code)
          ? { _tag: "Waiting", attempt, previous: endedIn(state) }
          : { _tag: "Closed", closed }
    }
  }

  /** Whether the connection was open for long enough, or a frame arrived that is no mere greeting. */
  #hasWorked({ since, socket }: Opened): boolean {
    return (
      socket.receivedAt - since >= GREETING ||
      elapsed(this.#clock) - since >= this.#settings.reconnectStableAfter
    )
  }

  /** Dials one socket, and waits for its end. Returns `undefined` if `beforeDial` cancels the dial. */
  *#session(attempt: number) {
    const hooks = this.#hooks
    const { heartbeat } = this.#settings
    const scope = Scope.makeUnsafe()
    yield* this.#entering({ _tag: "Connecting", attempt, scope, previous: endedIn(this.#state) })
    const request = yield* asDialError("dial", () => hooks.beforeDial(attempt))
    if (request === undefined) return undefined

    const socket = yield* Scope.provide(dial(request, hooks, this.#settings), scope)
    yield* this.#entering({ _tag: "Connecting", attempt, scope, socket })
    yield* notify(() => hooks.onConnecting(attempt))
    const opened = yield* Effect.catch(socket.opened, Effect.succeed)
    if (opened instanceof SocketClosed) {
      // If the browser ended the socket, its `error` event has been reported.
      if (opened.event === undefined && this.#state._tag === "Connecting") {
        const error = new DialError({ message: `${request.url} ${opened.reason}` })
        yield* notify(() => hooks.onError(error))
      }
      return { closed: opened, socket, opened: false }
    }

    const since = elapsed(this.#clock)
    const watch = heartbeat && this.#watch(socket, heartbeat)
    // A listener may have closed the socket.
    if (this.#state._tag === "Connecting")
      yield* this.#greet({ attempt, scope, socket, since }, opened, watch)
    const closed = yield* socket.closed
    const hasGreeted = this.#state._tag !== "Holding"
    yield* Effect.catchDefect(
      Effect.suspend(() => hooks.received()),
      (defect) => Effect.sync(() => report(defect)),
    )
    return { closed, socket, opened: hasGreeted }
  }

  /** Calls `onOpen`, and then sends the messages that wait. */
  *#greet(opened: Opened, event: SocketEvent | undefined, watch: Effect.Effect<SocketClosed> | undefined) {
    const { attempt, socket } = opened
    yield* this.#entering({ _tag: "Greeting", ...opened })
    const greeting = yield* Effect.sync(() => guard(() => this.#hooks.onOpen(attempt, event), Effect.void))
    if (greeting === Effect.void) {
      yield* this.#open(opened)
      if (watch) socket.endWith(watch)
      return
    }
    if (this.#state._tag === "Greeting") yield* this.#entering({ _tag: "Holding", ...opened })
    socket.endWith(
      asDialError("greeting", () => greeting).pipe(
        Effect.andThen(this.#open(opened)),
        Effect.andThen(watch ?? Effect.never),
        Effect.catch((error) => {
          // A socket that is being closed already ends by itself.
          if (this.#state._tag !== "Holding") return Effect.never
          guard(() => this.#hooks.onError(error))
          return Effect.succeed(abandoned(error.message))
        }),
      ),
    )
  }

  /** Enters `Open`, and sends the messages that wait. */
  #open(opened: Opened): Effect.Effect<void> {
    return notify(() => {
      const { _tag } = this.#state
      if (_tag !== "Greeting" && _tag !== "Holding") return
      this.#enter({ _tag: "Open", ...opened })
      this.#sender.drain()
    })
  }
}

/** Runs the effect of a hook. Fails with `DialError` also if it dies. */
const asDialError = <B>(what: string, hook: () => Effect.Effect<B, DialError>): Effect.Effect<B, DialError> =>
  Effect.catchDefect(Effect.suspend(hook), (cause) =>
    Effect.fail(new DialError({ message: `the ${what} failed: ${inWords(cause)}`, cause })),
  )
