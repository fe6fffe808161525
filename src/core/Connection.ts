/**
 * What dials again: a scoped resource over any number of sockets, one after the other and never two at once.
 *
 * The life of a connection is one fiber that reads from top to bottom: dial, open, drain, end, wait, dial again.
 * A command (`reconnect`, `close`, `pause`) is another life that replaces it. Everything between an event and
 * what follows from it happens in the turn of the event.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as CloseCode from "./CloseCode.ts"
import * as Heartbeat from "./Heartbeat.ts"
import { inWords } from "./inWords.ts"
import { type DropReason, Outbox, type Transmit } from "./Outbox.ts"
import { type Owner, SendError, type Settings } from "./Owner.ts"
import * as Reconnect from "./Reconnect.ts"
import { abandoned, DialError, Socket, SocketClosed } from "./Socket.ts"
import type { State } from "./State.ts"

export type { Owner, Settings } from "./Owner.ts"
export type { State } from "./State.ts"

/** How long, in milliseconds, a wait sleeps at most before it looks at the clock again. */
const SLICE = 1000
/** How long it sleeps at least: an effect without any delay may take all turns of a page for itself. */
const SHORTEST = 1
/** A timer this late, in milliseconds, tells that the machine was asleep. */
const OVERSLEPT = 5000
/** The delay, in milliseconds, where the policy fails to tell one. */
const FALLBACK_DELAY = 1000

/** Calls an owner. What it throws is reported as a rejection that nobody has handled, and stops nothing. */
const guard = <B>(call: () => B, otherwise: B): B => {
  try {
    return call()
  } catch (defect) {
    report(defect)
    return otherwise
  }
}

const report = (defect: unknown): Effect.Effect<void> => {
  void Promise.reject(defect)
  return Effect.void
}

const tell = (call: () => void): Effect.Effect<void> => Effect.sync(() => guard(call, undefined))

export class Connection<A> {
  readonly outbox: Outbox<A>

  readonly #settings: Settings
  readonly #owner: Owner<A>
  readonly #context: Context.Context<never>
  readonly #clock: Clock.Clock
  readonly #backoff: Reconnect.Backoff
  #state: State = { _tag: "Closed" }
  #life: Fiber.Fiber<unknown, unknown> | undefined
  /** How the last socket that had opened ended. */
  #lastCode: number | undefined

  /** A connection for the life of the scope. It dials when told to: `reconnectUnsafe`. */
  static make<A>(settings: Settings, owner: Owner<A>): Effect.Effect<Connection<A>, never, Scope.Scope> {
    const options = {
      capacity: settings.queueCapacity,
      overflow: settings.queueOverflow,
      ttl: settings.queueTtl,
      onDrop: (message: A, reason: DropReason) => guard(() => owner.onDrop(message, reason), undefined),
    }
    return Effect.acquireRelease(
      Effect.contextWith((context: Context.Context<never>) =>
        Effect.map(Outbox.make(options), (outbox) => new Connection(settings, owner, outbox, context)),
      ),
      (connection) => Effect.sync(() => connection.#end()),
    )
  }

  private constructor(
    settings: Settings,
    owner: Owner<A>,
    outbox: Outbox<A>,
    context: Context.Context<never>,
  ) {
    this.#settings = settings
    this.#owner = owner
    this.#context = context
    this.#clock = Context.get(context, Clock.Clock)
    this.#backoff = Reconnect.backoff(
      settings.reconnectPolicy,
      () => settings.reconnectMaxAttempts,
      () => guard(() => owner.online(), true),
    )
    this.outbox = outbox
  }

  get state(): State {
    return this.#state
  }

  /** Sends in the same turn where the socket is open and nothing waits; lets the message wait otherwise. */
  sendUnsafe(message: A): void {
    this.outbox.sendUnsafe(message, this.#socket && this.#transmit)
  }

  /** Sends in the same turn and before all that waits, or answers `false`. */
  sendNowUnsafe(message: A): boolean {
    return this.#transmit(message, false, () => {}) === true
  }

  /** Dials at once, whatever the state: an open socket is replaced, a pending retry cancelled. */
  reconnectUnsafe(): void {
    this.#backoff.restart()
    this.#replace(this.#live(0))
  }

  /** Closes for good, with a close frame where there is a socket. What waits goes on waiting. */
  closeUnsafe(code?: number, reason?: string): void {
    const state = this.#state
    if ("socket" in state && state.socket !== undefined && state.line !== undefined) {
      this.#enter({ _tag: "Closing", line: state.line, socket: state.socket })
      state.socket.closeUnsafe(code, reason)
    } else if (state._tag === "Connecting" || state._tag === "Waiting" || state._tag === "Paused") {
      this.#replace(this.#stop({ _tag: "Closed" }))
    }
  }

  /** Closes until `resumeUnsafe`. Nothing happens where there is nothing to close. */
  pauseUnsafe(): void {
    const state = this.#state
    if (state._tag === "Open") {
      this.#enter({ _tag: "Paused", line: state.line, socket: state.socket })
      state.socket.closeUnsafe()
    } else if (state._tag === "Connecting" || state._tag === "Waiting") {
      this.#replace(tell(() => this.#enter({ _tag: "Paused" })))
    }
  }

  /** Dials again after `pauseUnsafe`. */
  resumeUnsafe(): void {
    if (this.#state._tag === "Paused") this.#replace(this.#live(0))
  }

  /** Lets the backoff start over: the next delay is the first of the policy. */
  restartBackoff(): void {
    this.#backoff.restart()
  }

  /** Makes a waiting connection try at once. */
  wakeUnsafe(): void {
    if (this.#state._tag === "Waiting") this.#replace(this.#live(this.#state.attempt))
  }

  #end(): void {
    const { _tag } = this.#state
    this.#life?.interruptUnsafe()
    this.#enter({ _tag: "Ended" })
    this.outbox.closeUnsafe()
    if (_tag === "Closed" || _tag === "Failed") return
    const closed = new SocketClosed({ code: CloseCode.NoStatusReceived, reason: "removed", wasClean: true })
    guard(() => this.#owner.onClose(closed), undefined)
  }

  #enter(next: State): void {
    const left = this.#state
    this.#state = next
    if (left._tag === "Open") this.#judge(left)
    if ("line" in left && left.line !== undefined && !("line" in next && next.line === left.line)) {
      this.#run(Scope.close(left.line, Exit.void))
    }
    guard(() => this.#owner.onState(next), undefined)
  }

  /** Another life in place of this one. A life that is just calling a listener ends when that returns. */
  #replace(life: Effect.Effect<void>): void {
    if (this.#state._tag === "Ended") return
    this.#life?.interruptUnsafe()
    this.#run(
      Effect.withFiber((fiber) => {
        this.#life = fiber
        return life
      }),
    )
  }

  #run(effect: Effect.Effect<void>): void {
    Effect.runForkWith(this.#context)(effect)
  }

  /** The socket that messages go to, sooner or later. */
  get #socket(): Socket | undefined {
    const state = this.#state
    return state._tag === "Open" || state._tag === "Connecting" ? state.socket : undefined
  }

  /** That socket, if it would write one now. */
  get #writable(): Socket | undefined {
    return this.#socket?.writable ? this.#socket : undefined
  }

  readonly #transmit: Transmit<A> = (message, waited, sent) => {
    if (this.#writable === undefined) return false
    const payload = this.#owner.beforeSend(message, waited)
    if (payload === undefined) return true
    // A listener may have closed it.
    const socket = this.#writable
    if (socket === undefined) return false
    try {
      socket.sendUnsafe(payload)
    } catch (cause) {
      const error = new SendError({ message: `the socket did not take a message: ${inWords(cause)}`, cause })
      guard(() => this.#owner.onError(error), undefined)
      return "refused"
    }
    sent()
    try {
      this.#owner.afterSend(message)
    } catch (defect) {
      report(defect)
    }
    return true
  }

  #live(first: number): Effect.Effect<void> {
    return Effect.gen(() => this.#attempts(first))
  }

  // Methods, and no functions made for each connection: engines give each generator function a prototype of its own.
  *#attempts(first: number) {
    const owner = this.#owner
    let attempt = first
    while (true) {
      const session = yield* Effect.catch(
        Effect.gen(() => this.#session(attempt)),
        (error) =>
          Effect.as(
            tell(() => owner.onError(error)),
            { closed: abandoned(error.message), socket: undefined, opened: false },
          ),
      )
      if (session === undefined) {
        yield* tell(() => this.#enter({ _tag: "Closed" }))
        yield* tell(() => owner.onCancelled())
        return yield* this.#stop({ _tag: "Closed" })
      }

      const { closed, opened, socket } = session
      if (opened)
        yield* Effect.catchDefect(
          Effect.suspend(() => owner.received()),
          report,
        )
      attempt = opened ? 1 : attempt + 1
      const left = this.#state
      yield* tell(() => this.#enter(this.#after(left, closed, attempt)))
      if (socket !== undefined) yield* tell(() => owner.onClose(closed))
      // A listener may have changed the settings that decide.
      const next = this.#after(left, closed, attempt)
      if (next._tag === "Closed") return yield* this.#stop(next)
      if (next._tag !== this.#state._tag) yield* tell(() => this.#enter(next))
      if (next._tag !== "Waiting") return

      if (opened) {
        if (closed.code !== this.#lastCode) this.#backoff.restart()
        this.#lastCode = closed.code
      }
      const delay = yield* this.#delay(closed)
      if (delay === undefined) {
        yield* tell(() => this.#enter({ _tag: "Failed" }))
        yield* tell(() => owner.onFailed(this.#backoff.retries(), closed))
        return yield* this.#stop({ _tag: "Failed" })
      }
      yield* tell(() => owner.onRetry(attempt, delay, closed))
      yield* this.#wait(delay)
    }
  }

  /** Enters the last state of a life, unless it has been entered already, and ends that. */
  #stop(state: State): Effect.Effect<void> {
    return tell(() => {
      if (this.#state._tag !== state._tag) this.#enter(state)
      guard(() => this.#owner.onStopped(), undefined)
    })
  }

  /** The state that follows the end of a socket, by the state that it ended in. */
  #after({ _tag }: State, closed: SocketClosed, attempt: number): State {
    switch (_tag) {
      case "Closing":
        return { _tag: "Closed", closed }
      case "Paused":
        return { _tag: "Paused" }
      default:
        return this.#settings.reconnect && this.#settings.reconnectCodes.has(closed.code)
          ? { _tag: "Waiting", attempt }
          : { _tag: "Closed", closed }
    }
  }

  /** The backoff goes on while the same failure repeats, and starts over when a connection has worked. */
  #judge({ since, socket }: Extract<State, { _tag: "Open" }>): void {
    const openFor = this.#clock.currentTimeMillisUnsafe() - since
    if (openFor >= this.#settings.reconnectStableAfter || socket.received > 0) this.#backoff.restart()
  }

  #delay(closed: SocketClosed): Effect.Effect<number | undefined> {
    return this.#backoff.next(closed).pipe(
      Effect.catch((error) =>
        error === undefined
          ? Effect.succeed(undefined)
          : Effect.as(
              tell(() => this.#owner.onError(error)),
              FALLBACK_DELAY,
            ),
      ),
    )
  }

  /** Waits so long, or until the machine has woken from sleep. */
  *#wait(delay: number) {
    const clock = this.#clock
    for (let left = delay; ; ) {
      const asleep = Math.max(SHORTEST, Math.min(left, SLICE))
      const since = clock.currentTimeMillisUnsafe()
      yield* Effect.sleep(asleep)
      const passed = clock.currentTimeMillisUnsafe() - since
      left -= Math.max(asleep, passed)
      if (left <= 0 || passed > asleep + OVERSLEPT) break
    }
  }

  /** One socket from dial to end; `undefined` where it shall not be dialled. */
  *#session(attempt: number) {
    const owner = this.#owner
    const { heartbeat } = this.#settings
    const line = Scope.makeUnsafe()
    yield* tell(() => this.#enter({ _tag: "Connecting", attempt, line }))
    const request = yield* Effect.catchDefect(
      Effect.suspend(() => owner.beforeDial(attempt)),
      (cause) =>
        Effect.fail(new DialError({ message: `the dial was not prepared: ${inWords(cause)}`, cause })),
    )
    if (request === undefined) return undefined

    const socket = yield* Scope.provide(Socket.dial(request, owner, this.#settings), line)
    yield* tell(() => this.#enter({ _tag: "Connecting", attempt, line, socket }))
    yield* tell(() => owner.onConnecting(attempt))
    const opened = yield* Effect.catch(socket.opened, Effect.succeed)
    if (opened instanceof SocketClosed) {
      // The browser says `error` itself where it is the one who ends the socket.
      if (opened.event === undefined && this.#state._tag === "Connecting") {
        const error = new DialError({ message: `${request.url} ${opened.reason}` })
        yield* tell(() => owner.onError(error))
      }
      return { closed: opened, socket, opened: false }
    }

    const since = this.#clock.currentTimeMillisUnsafe()
    // A listener may have closed it in the meantime.
    if (this.#state._tag === "Connecting") {
      yield* tell(() => this.#enter({ _tag: "Open", attempt, line, socket, since }))
      yield* tell(() => owner.onOpen(opened))
      yield* tell(() => this.outbox.drainUnsafe(this.#transmit))
    }
    if (heartbeat !== undefined) socket.endWith(Heartbeat.watch(socket, heartbeat))
    return { closed: yield* socket.closed, socket, opened: true }
  }
}
