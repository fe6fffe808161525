/**
 * The typed side of a connection: messages with an outcome, requests with an answer, streams of messages. It sends by a
 * `Transport`, and whoever makes it calls `enter`, `receive` and `report`.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as CloseCode from "../core/CloseCode.ts"
import { elapsed } from "../core/elapsed.ts"
import type { DialError, SocketError } from "../core/Socket.ts"
import { Broadcast } from "./Broadcast.ts"
import { type Buffering, bufferingOf } from "./Buffering.ts"
import type { Client, Opening, Problem, Protocol, RequestOptions } from "./Client.ts"
import type { Codec } from "./Codec.ts"
import { aBoolean, aFunction, check, duration, required } from "./check.ts"
import { Decoding } from "./Decoding.ts"
import {
  type BufferOverflow,
  type ConnectionLost,
  closedByUs,
  type DecodeError,
  fellBehind,
  lost,
  messagesLost,
  notEncoded,
  type Over,
  type RequestTimeout,
  type SendError,
  unanswered,
} from "./Errors.ts"
import { type Request, Requests } from "./Requests.ts"
import type { State } from "./State.ts"
import type { Envelope, Transport } from "./Transport.ts"

/** In milliseconds. */
const REQUEST_TIMEOUT = 10_000

/** Buffering of states and problems, which logs and displays read: they lose the oldest. */
const newest = { bufferSize: 64, overflow: "drop-oldest" } as const

const isOver = (state: State): state is Extract<State, { why: Over }> => "why" in state

/** Whether the last socket is neither read nor written any more. */
const hasNoSocket = ({ _tag }: State): boolean => _tag !== "Open" && _tag !== "Closing"

/** The events of a client, by name. */
export interface Events<In, Veto = never> {
  /** A message arrived. */
  readonly message: In
  /** A frame arrived that `incoming` rejects. The connection goes on. */
  readonly decodeError: DecodeError
  /** Something went wrong that no call fails with. */
  readonly problem: Problem | Veto
  /** The state changed. */
  readonly state: State
}

export class Session<Out, In, Veto = never> implements Client<Out, In, BufferOverflow, Veto> {
  readonly #codec: Codec<Out, In>
  readonly #transport: Transport<Veto>
  readonly #messages: Broadcast<In, Over | BufferOverflow>
  readonly #decodeErrors = new Broadcast<DecodeError>(newest)
  readonly #problems = new Broadcast<Problem | Veto>(newest)
  readonly #changes = new Broadcast<State>({ ...newest, current: () => this.#state })
  readonly #decoding: Decoding<In>
  readonly #requests: Requests<In, Veto>
  /** The number of the socket in use. It grows whenever one has ended. */
  #epoch = 0
  readonly #scope: Scope.Scope
  readonly #now: () => number
  readonly #isKeyed: boolean
  #state: State
  /** What went wrong last since the connection was open. */
  #error: DialError | SocketError | undefined
  /** When the heartbeat was written, until a frame follows. */
  #pingedAt: number | undefined
  #roundTrip: number | undefined

  /** Makes a session for the life of the scope. */
  static make<Out, In, Veto = never>(
    codec: Codec<Out, In>,
    transport: Transport<Veto>,
    buffering: Buffering,
    state: State,
    protocol: Pick<Protocol<Out, In>, "answerTo"> = {},
  ): Effect.Effect<Session<Out, In, Veto>, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.gen(function* () {
        const clock = yield* Clock.Clock
        const scope = yield* Effect.scope
        return new Session<Out, In, Veto>(codec, transport, buffering, protocol, state, scope, () =>
          elapsed(clock),
        )
      }),
      (session) => Effect.sync(() => session.#end()),
    )
  }

  private constructor(
    codec: Codec<Out, In>,
    transport: Transport<Veto>,
    buffering: Buffering,
    protocol: Pick<Protocol<Out, In>, "answerTo">,
    state: State,
    scope: Scope.Scope,
    now: () => number,
  ) {
    const { backlog, bufferSize, overflow } = bufferingOf(buffering)
    this.#codec = codec
    this.#transport = transport
    this.#requests = new Requests(
      check("answerTo", aFunction, protocol.answerTo, undefined) as Protocol<Out, In>["answerTo"],
    )
    this.#isKeyed = protocol.answerTo !== undefined
    this.#decoding = new Decoding(
      bufferSize,
      (message) => this.#deliver(message),
      (error) => this.#decodeErrors.publish(error),
    )
    this.#messages = new Broadcast<In, Over | BufferOverflow>({
      bufferSize,
      backlog,
      overflow: overflow === "fail" ? () => fellBehind(bufferSize) : overflow,
      onLost: (count) => this.#problems.publish(messagesLost(count)),
    })
    this.#state = state
    this.#scope = scope
    this.#now = now
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

  /** Calls `listener` in the turn of each event. Returns a function that removes it. */
  readonly on = <Type extends keyof Events<In, Veto>>(
    type: Type,
    listener: (event: Events<In, Veto>[Type]) => void,
  ): (() => void) => {
    const sources: {
      [Key in keyof Events<In, Veto>]: Pick<Broadcast<Events<In, Veto>[Key]>, "listen">
    } = {
      message: this.#messages,
      decodeError: this.#decodeErrors,
      problem: this.#problems,
      state: this.#changes,
    }
    return sources[type].listen(listener)
  }

  readonly send = (message: Out): Effect.Effect<void, SendError | Veto> => this.#send(message, this.#post)

  #send(message: Out, post: (envelope: Envelope<Veto>) => void): Effect.Effect<void, SendError | Veto> {
    return Effect.flatMap(this.#codec.encode(message), (payload) =>
      Effect.callback<void, SendError | Veto>((resume) => {
        const envelope: Envelope<Veto> = {
          value: message,
          payload,
          written: () => resume(this.#transport.drained),
          failed: (why) => resume(Effect.fail(why)),
        }
        post(envelope)
        return Effect.sync(() => this.#transport.withdraw([envelope]))
      }),
    )
  }

  readonly sendUnsafe = (message: Out): void => {
    const encoding = Effect.runFork(this.#codec.encode(message))
    const encoded = encoding.pollUnsafe()
    encoding.interruptUnsafe()
    if (encoded === undefined) throw notEncoded(message, "the schema needs time: use send")
    if (Exit.isFailure(encoded)) throw Cause.squash(encoded.cause)
    this.#post({
      value: message,
      payload: encoded.value,
      written: () => {},
      failed: (why) => this.#problems.publish(why),
    })
  }

  readonly request = <Answer extends In = In, Retry extends boolean = false, E = never>(
    message: Out,
    options: RequestOptions<In, Answer, Retry, E>,
  ) =>
    Effect.suspend(() =>
      this.#request(message, options, check("retry", aBoolean, options.retry, false), this.#post),
    ) as Effect.Effect<
      Answer,
      SendError | Veto | RequestTimeout | E | (Retry extends true ? never : ConnectionLost)
    >

  #request<Answer extends In>(
    message: Out,
    options: RequestOptions<In, Answer, boolean, unknown>,
    retry: boolean,
    post: (envelope: Envelope<Veto>) => void,
  ): Effect.Effect<In, SendError | Veto | RequestTimeout | ConnectionLost> {
    const timeout = check("timeout", duration(1), options.timeout, REQUEST_TIMEOUT)
    const { failure, key, match } = options
    check("failure", aFunction, failure, undefined)
    if (key === undefined || match !== undefined) required("match", aFunction, match)
    else if (!this.#isKeyed)
      throw new TypeError("a request by key needs answerTo: give it to the client, or match to the request")
    return Effect.flatMap(this.#codec.encode(message), (payload) =>
      Effect.callback<In, SendError | Veto | ConnectionLost>((resume) => {
        let writtenAt = 0
        const request: Request<In, Veto> = {
          value: message,
          payload,
          retry,
          key,
          isAnsweredBy: match,
          outcome: (answer) => {
            const why = failure?.(answer as Answer)
            // Its type is that of the call.
            return why === undefined ? Exit.succeed(answer) : Exit.fail(why as never)
          },
          settle: (outcome) => {
            if (outcome._tag === "Success") this.#roundTrip = this.#now() - writtenAt
            resume(outcome)
          },
          written: () => {
            writtenAt = this.#now()
            this.#requests.add(request, this.#epoch)
          },
          failed: (why) => resume(Effect.fail(why)),
        }
        post(request)
        return Effect.sync(() => {
          if (!this.#requests.delete(request)) this.#transport.withdraw([request])
        })
      }),
    ).pipe(
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () => Effect.fail(unanswered(timeout)),
      }),
    )
  }

  readonly awaitOpen: Effect.Effect<void, Over> = Effect.flatMap(
    Effect.suspend(() => this.#until((state) => state._tag === "Open" || isOver(state))),
    (state) => (isOver(state) ? Effect.fail(state.why) : Effect.void),
  )

  readonly reconnect: Effect.Effect<void> = Effect.sync(() => {
    // A listener of the last state may call it while the scope closes.
    if (this.#scope.state._tag !== "Closed") this.#transport.reconnect()
  })

  readonly close = (code: number = CloseCode.NormalClosure, reason?: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (!CloseCode.isSendable(code))
        return Effect.die(new RangeError(`close code must be 1000 or 3000 to 4999, not ${code}`))
      this.#transport.close(code, reason)
      return Effect.asVoid(this.#until((state) => state._tag !== "Closing"))
    })

  /** Called when the connection has entered another state. A listener may cause the next one from inside. */
  enter(next: State): void {
    const state = this.#completed(next)
    this.#state = state
    const unsent = isOver(state) ? this.#transport.waiting() : []
    if (unsent.length > 0) this.#transport.withdraw(unsent)
    if (hasNoSocket(state)) this.#leave(this.#epoch++, state)
    if (state._tag === "Connecting") this.afterDecoding(() => this.#messages.resume())
    this.#changes.publish(state)
    if (isOver(state)) for (const envelope of unsent) envelope.failed(state.why)
  }

  /** Called when a frame has arrived, with the effect that decodes it. Returns whether there was room for it. */
  receive(frame: unknown, decoded: Effect.Effect<In, DecodeError>): boolean {
    if (this.#pingedAt !== undefined) this.#roundTrip = this.#now() - this.#pingedAt
    this.#pingedAt = undefined
    return this.#decoding.add(frame, decoded)
  }

  /** Called when the heartbeat has been written. */
  pinged(): void {
    this.#pingedAt = this.#now()
  }

  /** Called when something went wrong that no call fails with. */
  report(problem: Problem): void {
    if (problem._tag === "DialError" || problem._tag === "SocketError") this.#error = problem
    this.#problems.publish(problem)
  }

  #end(): void {
    this.#decoding.end()
    if (!isOver(this.#state))
      this.enter({ _tag: "Closed", why: closedByUs("the scope of the client was closed") })
    // The decoder has dropped its queue, and with it the end of a socket that was waiting there.
    const state = this.#state
    if (isOver(state)) this.#conclude(state.why)
    for (const broadcast of [this.#changes, this.#decodeErrors, this.#problems]) broadcast.end()
  }

  /** Adds what the session knows to a state. */
  #completed(state: State): State {
    if (state._tag !== "Open")
      return "code" in state || isOver(state) ? { ...state, error: this.#error } : state
    this.#error = undefined
    this.#pingedAt = undefined
    this.#roundTrip = undefined
    const roundTrip = (): number | undefined => this.#roundTrip
    return {
      ...state,
      get roundTrip() {
        return roundTrip()
      },
    }
  }

  /** Returns the argument of `onOpen`, whose messages are written at once, or fail. */
  opening(attempt: number, protocol: string): Opening<Out, In> {
    const post = (envelope: Envelope<Veto>): void => {
      const why = lost({ code: CloseCode.AbnormalClosure, reason: "" })
      if (!this.#transport.sendNow?.(envelope)) envelope.failed(why as never)
    }
    // Only the types know that there is no veto on a connection of the client's own.
    return {
      attempt,
      protocol,
      send: (message) => this.#send(message, post),
      request: (message, options) => Effect.suspend(() => this.#request(message, options, false, post)),
    } as Opening<Out, In>
  }

  readonly #post = (envelope: Envelope<Veto>): void => {
    const state = this.#state
    if (isOver(state)) envelope.failed(state.why)
    else if (state._tag === "Closing") envelope.failed(closedByUs("the connection is closing"))
    else this.#transport.send(envelope)
  }

  /** Delivers a message to the request that it answers, if there is one, and to all subscribers. */
  #deliver(message: In): void {
    this.#requests.answer(message)
    this.#messages.publish(message)
  }

  /** Calls `work` when all frames that have arrived are decoded. */
  afterDecoding(work: () => void): void {
    this.#decoding.after(work)
  }

  /** Settles the requests of an epoch, when all frames of its socket are decoded. */
  #leave(epoch: number, state: State): void {
    this.afterDecoding(() => (isOver(state) ? this.#conclude(state.why, epoch) : this.#lose(epoch, state)))
  }

  /** Sends the requests of a lost socket again, or fails them. */
  #lose(epoch: number, state: State): void {
    const why = lost(state._tag === "Waiting" ? state : { code: CloseCode.AbnormalClosure, reason: "" })
    const requests = this.#requests.take(epoch)
    this.#repost(requests.filter(({ retry }) => retry))
    for (const { retry, settle } of requests) if (!retry) settle(Exit.fail(why))
  }

  /** Sends messages again, before those that wait, since they were accepted before them. */
  #repost(envelopes: ReadonlyArray<Envelope<Veto>>): void {
    if (this.#state._tag === "Open" || isOver(this.#state))
      for (const envelope of envelopes) this.#post(envelope)
    else this.#transport.sendFirst(envelopes)
  }

  /** Ends `messages`, and fails the requests of an epoch, or all. */
  #conclude(why: Over, epoch?: number): void {
    const orderly =
      why._tag === "ConnectionClosed" &&
      (why.closedBy === "this side" || why.code === CloseCode.NormalClosure)
    this.#messages.end(orderly ? undefined : why)
    for (const request of this.#requests.take(epoch)) request.failed(why)
  }

  /** Succeeds with the first state, from now on, for which `holds` returns true. */
  #until(holds: (state: State) => boolean): Effect.Effect<State> {
    if (holds(this.#state)) return Effect.succeed(this.#state)
    return this.changes.pipe(
      Stream.filter(holds),
      Stream.runHead,
      Effect.map(Option.getOrElse(() => this.#state)),
    )
  }
}
