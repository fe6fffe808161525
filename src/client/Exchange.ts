/**
 * What a client makes of a connection: messages with an outcome, requests with an answer, streams of what comes.
 * It knows nothing of sockets: a `Transport` carries its letters, and tells it what happens.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as CloseCode from "../core/CloseCode.ts"
import type { Payload } from "../core/Payload.ts"
import { Line } from "../core/SerialQueue.ts"
import { Broadcast } from "./Broadcast.ts"
import type { Client, Problem, RequestOptions } from "./Client.ts"
import type { Codec } from "./Codec.ts"
import {
  BufferOverflow,
  ConnectionLost,
  closedByUs,
  DecodeError,
  EncodeError,
  type Over,
  RequestTimeout,
  type SendError,
} from "./Errors.ts"
import type { State } from "./State.ts"

/** A message on its way. One of `written` and `failed` is called, once, unless it is taken out before. */
export interface Letter<in Veto = never> {
  readonly value: unknown
  readonly payload: Payload
  /** It was handed to a socket. */
  readonly written: () => void
  /** It will not be. */
  readonly failed: (why: SendError | Veto) => void
}

/** What carries letters, and tells its exchange what happens. All takes effect in the turn of the call. */
export interface Transport<in out Veto = never> {
  /** Writes a letter, or lets it wait. */
  readonly send: (letter: Letter<Veto>) => void
  /** The letters that wait, oldest first. */
  readonly waiting: () => ReadonlyArray<Letter<Veto>>
  /** Takes back letters that wait. */
  readonly withdraw: (letters: ReadonlyArray<Letter<Veto>>) => void
  /** Lets these letters wait before all that wait. */
  readonly sendFirst: (letters: ReadonlyArray<Letter<Veto>>) => void
  readonly reconnect: () => void
  readonly close: (code: number, reason: string | undefined) => void
}

/** How far a subscriber may fall behind. */
export interface Buffering {
  /** How many messages wait for a subscriber that is busy: at least 1. Default: 1024. */
  readonly bufferSize?: number | undefined
  /**
   * What becomes of a subscriber with a full buffer: its stream fails with `BufferOverflow` (the default), or it
   * loses what has waited longest, or what has just come.
   */
  readonly overflow?: "fail" | "drop-oldest" | "drop-newest" | undefined
}

/** A request on its way, or written and not answered yet. */
interface Pending<In, Veto> extends Letter<Veto> {
  readonly retry: boolean
  readonly answeredBy: (message: In) => boolean
  readonly settle: (outcome: Effect.Effect<In, SendError | Veto | ConnectionLost>) => void
}

/** How long, in milliseconds, a request waits for its answer, unless told otherwise. */
const REQUEST_TIMEOUT = 10_000
const BUFFER_SIZE = 1024

/** States and problems are news: who falls behind so far loses the oldest. */
const news = { bufferSize: 64, overflow: "drop-oldest" } as const

const isOver = (state: State): state is Extract<State, { why: Over }> => "why" in state

/** Whether nothing comes on a socket any more, and nothing will be written to it. */
const hasNoSocket = ({ _tag }: State): boolean => _tag !== "Open" && _tag !== "Closing"

/** What an exchange tells, by name. */
export interface Events<In, Veto = never> {
  /** A message has come. */
  readonly message: In
  /** A frame has come that the schema does not take. It stops nothing. */
  readonly decodeError: DecodeError
  /** Something has gone wrong on the way, for a log. */
  readonly problem: Problem | Veto
  /** The state is another. */
  readonly state: State
}

export class Exchange<Out, In, Veto = never> implements Client<Out, In, BufferOverflow, Veto> {
  readonly #codec: Codec<Out, In>
  readonly #transport: Transport<Veto>
  readonly #bufferSize: number
  readonly #messages: Broadcast<In, Over | BufferOverflow>
  readonly #decodeErrors = new Broadcast<DecodeError>(news)
  readonly #problems = new Broadcast<Problem | Veto>(news)
  readonly #changes = new Broadcast<State>({ ...news, current: () => this.#state })
  /** Decodes one frame after the other: a schema may need time. */
  readonly #line = new Line()
  /** What was written and not answered yet, in the order of writing; with the state in which its socket was gone. */
  readonly #pending = new Map<Pending<In, Veto>, State | undefined>()
  #state: State

  /** An exchange for the life of the scope. */
  static make<Out, In, Veto = never>(
    codec: Codec<Out, In>,
    transport: Transport<Veto>,
    buffering: Buffering,
    state: State,
  ): Effect.Effect<Exchange<Out, In, Veto>, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.sync(() => new Exchange<Out, In, Veto>(codec, transport, buffering, state)),
      (exchange) => Effect.sync(() => exchange.#end()),
    )
  }

  private constructor(codec: Codec<Out, In>, transport: Transport<Veto>, buffering: Buffering, state: State) {
    const { bufferSize = BUFFER_SIZE, overflow = "fail" } = buffering
    if (!(bufferSize >= 1)) throw new RangeError(`bufferSize must be at least 1, and not ${bufferSize}`)
    this.#codec = codec
    this.#transport = transport
    this.#bufferSize = bufferSize
    this.#messages = new Broadcast<In, Over | BufferOverflow>({
      bufferSize,
      overflow: overflow === "fail" ? () => fellBehind(bufferSize) : overflow,
    })
    this.#state = state
    this.#changes.listenUnsafe((next) => this.#follow(next))
  }

  get state(): State {
    return this.#state
  }

  get changes(): Stream.Stream<State> {
    return this.#changes.stream
  }

  get messages(): Stream.Stream<In, Over | BufferOverflow> {
    return this.#messages.stream
  }

  get decodeErrors(): Stream.Stream<DecodeError> {
    return this.#decodeErrors.stream
  }

  get problems(): Stream.Stream<Problem | Veto> {
    return this.#problems.stream
  }

  /** Calls `listener` in the turn of the event; answers how to stop that. */
  readonly on = <Type extends keyof Events<In, Veto>>(
    type: Type,
    listener: (event: Events<In, Veto>[Type]) => void,
  ): (() => void) => {
    const sources: {
      [Key in keyof Events<In, Veto>]: Pick<Broadcast<Events<In, Veto>[Key]>, "listenUnsafe">
    } = {
      message: this.#messages,
      decodeError: this.#decodeErrors,
      problem: this.#problems,
      state: this.#changes,
    }
    return sources[type].listenUnsafe(listener)
  }

  readonly send = (message: Out): Effect.Effect<void, SendError | Veto> =>
    Effect.flatMap(this.#codec.encode(message), (payload) =>
      Effect.callback<void, SendError | Veto>((resume) => {
        const letter: Letter<Veto> = {
          value: message,
          payload,
          written: () => resume(Effect.void),
          failed: (why) => resume(Effect.fail(why)),
        }
        this.#post(letter)
        return Effect.sync(() => this.#withdraw(letter))
      }),
    )

  readonly sendUnsafe = (message: Out): void => {
    const encoding = Effect.runFork(this.#codec.encode(message))
    const encoded = encoding.pollUnsafe()
    encoding.interruptUnsafe()
    if (encoded === undefined) {
      const why = "a message could not be encoded at once"
      throw new EncodeError({ message: why, value: message, cause: undefined })
    }
    if (Exit.isFailure(encoded)) throw Cause.squash(encoded.cause)
    this.#post({
      value: message,
      payload: encoded.value,
      written: () => {},
      failed: (why) => this.#problems.publishUnsafe(why),
    })
  }

  readonly request = <Answer extends In = In, Retry extends boolean = false>(
    message: Out,
    options: RequestOptions<In, Answer, Retry>,
  ): Effect.Effect<
    Answer,
    SendError | Veto | RequestTimeout | (Retry extends true ? never : ConnectionLost)
  > => {
    const timeout = Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? REQUEST_TIMEOUT))
    return Effect.flatMap(this.#codec.encode(message), (payload) =>
      Effect.callback<In, SendError | Veto | ConnectionLost>((resume) => {
        const pending: Pending<In, Veto> = {
          value: message,
          payload,
          retry: options.retry ?? false,
          answeredBy: options.match,
          settle: resume,
          written: () => this.#pending.set(pending, undefined),
          failed: (why) => resume(Effect.fail(why)),
        }
        this.#post(pending)
        return Effect.sync(() => {
          if (!this.#pending.delete(pending)) this.#withdraw(pending)
        })
      }),
    ).pipe(
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () =>
          Effect.fail(
            new RequestTimeout({ message: `a request was not answered within ${timeout} ms`, timeout }),
          ),
      }),
    ) as Effect.Effect<
      Answer,
      SendError | Veto | RequestTimeout | (Retry extends true ? never : ConnectionLost)
    >
  }

  readonly awaitOpen: Effect.Effect<void, Over> = Effect.flatMap(
    Effect.suspend(() => this.#until((state) => state._tag === "Open" || isOver(state))),
    (state) => (isOver(state) ? Effect.fail(state.why) : Effect.void),
  )

  readonly reconnect: Effect.Effect<void> = Effect.sync(() => this.#transport.reconnect())

  readonly close = (code: number = CloseCode.NormalClosure, reason?: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (!CloseCode.isSendable(code))
        return Effect.die(new RangeError(`a close code must be 1000 or 3000 to 4999, and not ${code}`))
      this.#transport.close(code, reason)
      return Effect.asVoid(this.#until((state) => state._tag !== "Closing"))
    })

  /** The connection has come to another state. Those who are told may bring about the next one. */
  enterUnsafe(state: State): void {
    this.#state = state
    const unsent = isOver(state) ? this.#transport.waiting() : []
    if (unsent.length > 0) this.#transport.withdraw(unsent)
    if (hasNoSocket(state))
      for (const [pending, lostIn] of this.#pending) this.#pending.set(pending, lostIn ?? state)
    this.#changes.publishUnsafe(state)
    if (isOver(state)) for (const letter of unsent) letter.failed(state.why)
  }

  /** A frame has come, which may have been decoded. */
  receiveUnsafe(frame: unknown, decoded: Effect.Effect<In, DecodeError> = this.#codec.decode(frame)): void {
    if (this.#line.length >= this.#bufferSize) {
      const message = `a frame was dropped: ${this.#bufferSize} others wait to be decoded`
      this.#decodeErrors.publishUnsafe(new DecodeError({ message, frame, cause: undefined }))
    } else {
      this.#line.add(
        () => Effect.map(decoded, (message) => this.#deliver(message)),
        (error) => this.#decodeErrors.publishUnsafe(error),
      )
    }
  }

  /** Something went wrong that stops nothing. */
  reportUnsafe(problem: Problem): void {
    this.#problems.publishUnsafe(problem)
  }

  #end(): void {
    this.#line.end()
    if (!isOver(this.#state))
      this.enterUnsafe({ _tag: "Closed", why: closedByUs("the scope of the client has closed") })
    // What had its turn to come has none any more: also what was lost, or over, before.
    const state = this.#state
    if (isOver(state)) this.#inTurn(() => this.#conclude(state.why, [...this.#pending.keys()]))
    for (const news of [this.#changes, this.#decodeErrors, this.#problems]) news.endUnsafe()
  }

  #post(letter: Letter<Veto>): void {
    const state = this.#state
    if (isOver(state)) letter.failed(state.why)
    else if (state._tag === "Closing") letter.failed(closedByUs("the connection is being closed"))
    else this.#transport.send(letter)
  }

  #withdraw(letter: Letter<Veto>): void {
    this.#transport.withdraw([letter])
  }

  /** Hands a message to the request that it answers, if there is one, and to all subscribers. */
  #deliver(message: In): void {
    for (const pending of this.#pending.keys()) {
      const outcome = answer(pending, message)
      if (outcome === undefined) continue
      this.#pending.delete(pending)
      pending.settle(outcome)
      if (Exit.isSuccess(outcome)) break
    }
    this.#messages.publishUnsafe(message)
  }

  /** Does something when all that has come until now is decoded. */
  #inTurn(work: () => void): void {
    this.#line.add(
      () => Effect.sync(work),
      () => {},
    )
  }

  /** What a state means for those who wait for something to come. */
  #follow(state: State): void {
    if (isOver(state)) this.#inTurn(() => this.#conclude(state.why, this.#lostIn(state)))
    else if (hasNoSocket(state) && this.#pending.size > 0) this.#inTurn(() => this.#lose(state))
    if (state._tag === "Connecting") this.#inTurn(() => this.#messages.resumeUnsafe())
  }

  /** The requests whose socket was gone in this state. */
  #lostIn(state: State): ReadonlyArray<Pending<In, Veto>> {
    return [...this.#pending].flatMap(([pending, lostIn]) => (lostIn === state ? [pending] : []))
  }

  /** The connection has gone under requests. */
  #lose(state: State): void {
    const { code, reason } =
      state._tag === "Waiting" ? state : { code: CloseCode.AbnormalClosure, reason: "" }
    const lost = this.#lostIn(state)
    for (const pending of lost) this.#pending.delete(pending)
    this.#repost(lost.filter(({ retry }) => retry))
    const message = `the connection was lost (${code}) before a request was answered`
    for (const { retry, settle } of lost)
      if (!retry) settle(Effect.fail(new ConnectionLost({ message, code, reason })))
  }

  /** Sends again what was accepted before all that waits. */
  #repost(letters: ReadonlyArray<Letter<Veto>>): void {
    if (this.#state._tag === "Open" || isOver(this.#state)) for (const letter of letters) this.#post(letter)
    else this.#transport.sendFirst(letters)
  }

  /** Nothing will come any more. */
  #conclude(why: Over, unanswered: ReadonlyArray<Pending<In, Veto>>): void {
    const orderly =
      why._tag === "ConnectionClosed" &&
      (why.closedBy === "this side" || why.code === CloseCode.NormalClosure)
    this.#messages.endUnsafe(orderly ? undefined : why)
    for (const pending of unanswered) if (this.#pending.delete(pending)) pending.failed(why)
  }

  /** The first state, from now on, of which this is true. */
  #until(holds: (state: State) => boolean): Effect.Effect<State> {
    if (holds(this.#state)) return Effect.succeed(this.#state)
    return this.changes.pipe(
      Stream.filter(holds),
      Stream.runHead,
      Effect.map(Option.getOrElse(() => this.#state)),
    )
  }
}

const fellBehind = (bufferSize: number): BufferOverflow =>
  new BufferOverflow({
    message: `a subscriber has fallen ${bufferSize} messages behind: it is too slow, or bufferSize too small`,
    bufferSize,
  })

/** What a message makes of a request: nothing, its success, or the defect of its `match`. */
const answer = <In, Veto>(pending: Pending<In, Veto>, message: In): Exit.Exit<In> | undefined => {
  try {
    return pending.answeredBy(message) ? Exit.succeed(message) : undefined
  } catch (defect) {
    return Exit.die(defect)
  }
}
