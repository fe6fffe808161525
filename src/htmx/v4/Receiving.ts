/** The frames of a connection on htmx 4: each is shown to listeners and swapped when the one before it is done with. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SerialQueue } from "../../core/SerialQueue.ts"
import { done } from "../awaitListeners.ts"
import { FrameBatch } from "../FrameBatch.ts"
import { isOnPage } from "../Page.ts"
import type { ElementConnection } from "./ElementConnection.ts"
import type { Api4, Htmx4 } from "./HtmxApi.ts"
import { parse, swap, swapOld } from "./swap.ts"
import { type Incoming, makeIncoming } from "./WsConnection.ts"

export class Receiving {
  readonly #htmx: Htmx4
  readonly #api: Api4
  readonly #owner: ElementConnection
  readonly #line = new SerialQueue()
  readonly #batch = new FrameBatch((frames) => frames.map((data) => () => this.#enqueue(data)))
  #saidDeprecated = false

  constructor(htmx: Htmx4, api: Api4, owner: ElementConnection) {
    this.#htmx = htmx
    this.#api = api
    this.#owner = owner
  }

  /** Applies a frame, together with those of its burst where that is wanted. */
  add(data: unknown, isBatched: boolean): void {
    if (isBatched) this.#batch.add(data)
    else this.#enqueue(data)
  }

  /** Has what has come applied before anything else happens to the connection. */
  endBurst(): void {
    this.#batch.end()
  }

  /** Succeeds when all that has come is applied: in the same turn if it is already. */
  get applied(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.#batch.end()
      this.inLine(() => {
        resume(Effect.void)
        return Exit.void
      })
    })
  }

  /** Does this after the frames that have come, and before those that will. */
  inLine(work: () => Effect.Effect<unknown, unknown>): void {
    this.#line.add(work, (error) => this.#fail(error))
  }

  /** What has come is still applied where the element stays; one that leaves takes it along. */
  end(): void {
    // htmx tells before it takes an element away.
    queueMicrotask(() => isOnPage(this.#owner.element) || this.#line.end())
  }

  #enqueue(data: unknown): void {
    this.inLine(() => Receiving.#receive(this, data))
  }

  #fail(error: unknown): void {
    const { element } = this.#owner
    if (isOnPage(element)) this.#owner.fail(element, error)
  }

  static readonly #receive = Effect.fnUntracedEager(function* (self: Receiving, data: unknown) {
    const owner = self.#owner
    const { element } = owner
    if (!isOnPage(element)) return
    const message = makeIncoming(data)
    const { json, text } = message
    const agrees = yield* owner.ask(element, "htmx:ws:before:message:incoming", { message })
    if (!agrees) return
    const { data: frame } = message
    if (typeof frame === "string") {
      if (owner.isOld && owner.port.tell("frame", frame)) return
      const isOwn = message.json === json && message.text === text
      const swapping = isOwn
        ? self.#swap(owner.isOld ? undefined : parse(frame), frame)
        : self.#swapGiven(message)
      if (swapping !== undefined) yield* done(swapping)
      else owner.port.tell("frame", frame)
    }
    if (isOnPage(element)) owner.tell(element, "htmx:ws:after:message:incoming", { message })
  })

  /** Swaps what a listener has made of a frame. */
  async #swapGiven(message: Incoming): Promise<unknown> {
    let json: unknown
    try {
      json = this.#owner.isOld ? undefined : ((await message.json()) ?? null)
    } catch {}
    return this.#swap(json, json === undefined ? await message.text() : "")
  }

  #swap(json: unknown, html: string): Promise<unknown> | undefined {
    const { element, isOld } = this.#owner
    return isOld
      ? swapOld(this.#htmx, element, html, (sentence, cause) => this.#fail(new Error(sentence, { cause })))
      : swap(this.#htmx, this.#api, element, json, html, () => {
          if (!this.#saidDeprecated)
            console.warn("htmx: [hx-ws] json.payload is deprecated; use json.content instead")
          this.#saidDeprecated = true
        })
  }
}
