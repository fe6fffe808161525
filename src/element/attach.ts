/** A client over the connection of an element. What the page shows of that in public is all it knows. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import type { Problem } from "../client/Client.ts"
import type { Codec } from "../client/Codec.ts"
import type { MessageDiscarded } from "../client/Errors.ts"
import { type Buffering, closedByUs, Exchange, type Transport } from "../client/Exchange.ts"
import type { State } from "../client/State.ts"
import * as CloseCode from "../core/CloseCode.ts"
import type { StateName } from "../htmx/Status.ts"
import type { Generation, Hear, Shown, Told } from "./Generation.ts"
import * as Json from "./json.ts"
import { listen } from "./listen.ts"
import type { Letter, Mail } from "./Mail.ts"
import { NoConnection } from "./NoConnection.ts"
import { closedByPeer, exhausted } from "./outcomes.ts"

/** A client for the life of the scope, as soon as the element has a connection. */
export const attach = <Out, In, R, C extends Shown, M extends Mail>(
  generation: Generation<C, M>,
  element: Element,
  codec: Codec<Out, In, R>,
  buffering: Buffering,
): Effect.Effect<Exchange<Out, In, MessageDiscarded>, NoConnection, Scope.Scope | R> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R>()
    const provided: Codec<Out, In> = {
      encode: (message) => Effect.provideContext(codec.encode(message), context),
      decode: (frame) => Effect.provideContext(codec.decode(frame), context),
    }
    const connection = yield* connected(generation, element)
    const tie: Tie<Out, In, C, M> = new Tie(generation, element, connection, provided, () => exchange)
    const exchange: Exchange<Out, In, MessageDiscarded> = yield* Exchange.make(
      provided,
      tie,
      buffering,
      unexplained(connection.state),
    )
    yield* Effect.acquireRelease(
      Effect.sync(() => tie.listen()),
      () => Effect.sync(() => tie.letGo()),
    )
    return exchange
  })

/** The connection of an element; waited for where htmx has not come to it yet. */
const connected = <C extends Shown, M extends Mail>(
  { asks, connectionOf, dialling }: Generation<C, M>,
  element: Element,
): Effect.Effect<C, NoConnection> =>
  Effect.callback((resume) => {
    const settle = (outcome: Effect.Effect<C, NoConnection>): void => {
      stop()
      resume(outcome)
    }
    const look = (): void => {
      const found = connectionOf(element)
      if (found instanceof NoConnection) settle(Effect.fail(found))
      else if (found !== undefined) settle(Effect.succeed(found))
      else if (!asks(element)) settle(Effect.fail(new NoConnection({ message: "the element asks for none" })))
    }
    const listener = (): void => {
      look()
      // The official script tells first, and shows its connection then.
      queueMicrotask(look)
    }
    const stop = listen(element, Object.fromEntries(dialling.map((name) => [name, listener])))
    look()
    return Effect.sync(stop)
  })

class Tie<Out, In, C extends Shown, M extends Mail> implements Transport<MessageDiscarded>, Told<M> {
  mail: M
  readonly #generation: Generation<C, M>
  readonly #element: Element
  readonly #codec: Codec<Out, In>
  readonly #exchange: () => Exchange<Out, In, MessageDiscarded>
  /** The last that the element had. */
  #connection: C
  /** Ends the listening, while there is any. */
  #stop: (() => void) | undefined
  #isToReview = false

  constructor(
    generation: Generation<C, M>,
    element: Element,
    connection: C,
    codec: Codec<Out, In>,
    exchange: () => Exchange<Out, In, MessageDiscarded>,
  ) {
    this.#generation = generation
    this.#element = element
    this.#connection = connection
    this.#codec = codec
    this.#exchange = exchange
    this.mail = generation.mail(connection, element)
  }

  listen(): void {
    const listeners = Object.entries(this.#generation.hears).map(([name, hear]) => {
      const listener = (event: CustomEvent): void => {
        if (event.target === this.#element) this.#hear(event, hear)
      }
      return [name, listener] as const
    })
    this.#stop = listen(this.#element, Object.fromEntries(listeners))
  }

  letGo(): void {
    this.#stop?.()
    this.#stop = undefined
  }

  // What the exchange asks for.

  send(letter: Letter): void {
    this.#review()
    const { state } = this.#exchange()
    if ("why" in state) letter.failed(state.why)
    else this.mail.send(letter)
  }

  waiting(): ReadonlyArray<Letter> {
    return this.mail.waiting()
  }

  replace(letters: ReadonlyArray<Letter>): void {
    this.mail.replace(letters)
  }

  reconnect(): void {
    if (this.#stop === undefined) return
    this.#connection.reconnect()
    this.#review()
  }

  close(code: number, reason: string | undefined): void {
    this.#review()
    if ("why" in this.#exchange().state) return
    const connection = this.#connection
    this.enter({ _tag: "Closing" })
    connection.close(code, reason)
    if (this.#exchange().state._tag !== "Closing") return
    if (!this.#generation.isClosing(connection, this.#element))
      this.enter({ _tag: "Closed", why: closedByUs("the connection was closed") })
  }

  // What events tell.

  get isCurrent(): boolean {
    return this.#current === this.#connection
  }

  enter(state: State): void {
    this.#exchange().enterUnsafe(state)
  }

  ended(code: number | null, reason: string): void {
    // The successor of one that is no longer the element's may come in this turn.
    if (!this.isCurrent) return
    const { state } = this.#exchange()
    const name = this.#connection.state
    if (name === "paused") this.enter({ _tag: "Paused" })
    else if (name === "closed" && !("why" in state))
      this.enter({
        _tag: "Closed",
        why:
          state._tag === "Closing"
            ? closedByUs("the connection was closed")
            : closedByPeer(code ?? CloseCode.NoStatusReceived, reason),
      })
  }

  report(error: unknown): void {
    if (isProblem(error)) this.#exchange().reportUnsafe(error)
  }

  offer(frame: unknown): boolean {
    if (!Json.canBe(frame)) return false
    const decoding = Effect.runFork(this.#codec.decode(frame))
    const decoded = decoding.pollUnsafe()
    // A schema that needs time begins anew where what it does can be interrupted.
    decoding.interruptUnsafe()
    const fits = decoded === undefined || Exit.isSuccess(decoded)
    if (fits || Json.parse(frame) !== undefined) this.#exchange().receiveUnsafe(frame, decoded)
    return fits
  }

  #hear(event: CustomEvent, hear: Hear<M>): void {
    const connection = event.detail[this.#generation.field]
    if (connection !== this.#connection && connection === this.#current) this.#adopt(connection)
    if (connection === this.#connection) hear(event, this)
    this.#reviewSoon()
  }

  get #current(): C | undefined {
    const connection = this.#generation.connectionOf(this.#element)
    return connection instanceof NoConnection ? undefined : connection
  }

  #adopt(connection: C): void {
    const left = this.mail.waiting()
    this.#connection = connection
    this.mail = this.#generation.mail(connection, this.#element)
    for (const letter of left) letter.failed(closedByUs("the element has got another connection"))
  }

  #reviewSoon(): void {
    if (this.#isToReview) return
    this.#isToReview = true
    queueMicrotask(() => {
      this.#isToReview = false
      if (this.#stop === undefined) return
      this.#review()
      this.mail.review()
    })
  }

  /** Brings the state into line with what no event has told. */
  #review(): void {
    const connection = this.#current
    if (connection !== undefined && connection !== this.#connection) this.#adopt(connection)
    const { state } = this.#exchange()
    const name = connection?.state ?? "closed"
    if (connection === undefined) {
      if (!("why" in state))
        this.enter({ _tag: "Closed", why: closedByUs("the element has no connection any more") })
    } else if (names[state._tag] !== name) this.enter(unexplained(name))
  }
}

const names: Record<State["_tag"], StateName> = {
  Connecting: "connecting",
  Open: "open",
  Waiting: "reconnecting",
  Paused: "paused",
  Closing: "closed",
  Closed: "closed",
  Failed: "failed",
}

/** A state of which only the name is known. */
const unexplained = (name: StateName): State => {
  const code = CloseCode.NoStatusReceived
  switch (name) {
    case "connecting":
      return { _tag: "Connecting", attempt: 0 }
    case "open":
      return { _tag: "Open" }
    case "reconnecting":
      return { _tag: "Waiting", attempt: 1, delay: 0, code, reason: "" }
    case "paused":
      return { _tag: "Paused" }
    case "closed":
      return { _tag: "Closed", why: closedByUs("the page has closed the connection") }
    case "failed":
      return { _tag: "Failed", why: exhausted(0, code, "") }
  }
}

const problems: ReadonlySet<unknown> = new Set(["DialError", "SocketError", "DelayError", "SendError"])

/** The script may be another copy of ours: its classes are not ours, but their tags are. */
const isProblem = (error: unknown): error is Problem =>
  typeof error === "object" && error !== null && "_tag" in error && problems.has(error._tag)
