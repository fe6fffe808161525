/** Applies the frames of a connection on htmx 4, one after the other: each is shown to listeners, and swapped. */

import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SerialQueue } from "../../core/SerialQueue.ts"
import { isOnPage } from "../elements.ts"
import { awaitListeners } from "../events.ts"
import { FrameBatch } from "../FrameBatch.ts"
import { failure, makeReport } from "../notices.ts"
import { done } from "../Runtime.ts"
import type { Carrier } from "./Carrier.ts"
import type { Api4, Htmx4 } from "./HtmxApi.ts"
import { parseJson, swap, swapOld } from "./swap.ts"
import { type Incoming, makeIncoming } from "./WsConnection.ts"

export class Receiving {
  readonly #htmx: Htmx4
  readonly #api: Api4
  readonly #carrier: Carrier
  readonly #queue = new SerialQueue()
  readonly #batch = new FrameBatch((frames) => frames.map((data) => () => this.#enqueueFrame(data)))
  readonly #report = makeReport("hx-ws")

  constructor(htmx: Htmx4, api: Api4, carrier: Carrier) {
    this.#htmx = htmx
    this.#api = api
    this.#carrier = carrier
  }

  /** Applies a frame, alone or with those of its burst. */
  add(data: unknown, isBatched: boolean): void {
    if (isBatched) this.#batch.add(data)
    else this.#enqueueFrame(data)
  }

  /** Applies the frames of the burst before anything else happens to the connection. */
  endBurst(): void {
    this.#batch.end()
  }

  /** Succeeds when all received frames are applied: in the same turn if they are already. */
  get applied(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.#batch.end()
      this.enqueue(() => {
        resume(Effect.void)
        return Exit.void
      })
    })
  }

  /** Calls `work` after the frames received so far, and before later ones. */
  enqueue(work: () => Effect.Effect<unknown, unknown>): void {
    this.#queue.add(work, (error) => this.#fail(error))
  }

  /** Ends the queue. Frames received so far are still applied if the element stays, and dropped if it leaves. */
  end(): void {
    // htmx announces the removal of an element before it removes it.
    queueMicrotask(() => isOnPage(this.#carrier.element) || this.#queue.end())
  }

  #fail(error: unknown): void {
    const { element } = this.#carrier
    if (isOnPage(element)) this.#carrier.fail(element, error)
  }

  #enqueueFrame(data: unknown): void {
    this.enqueue(() => this.#receive(data))
  }

  #receive(data: unknown): Effect.Effect<unknown, unknown> {
    const carrier = this.#carrier
    const { element } = carrier
    if (!isOnPage(element)) return Effect.void
    const message = makeIncoming(data)
    const { json, text } = message
    const name = "htmx:ws:before:message:incoming"
    const asked = carrier.ask(element, name, { message }, (waiting) =>
      awaitListeners(
        name,
        waiting,
        carrier.settings.waitTimeout,
        (sentence, cause) => cause ?? new Error(sentence),
      ),
    )
    return Effect.flatMapEager(asked, (agrees) => {
      if (!agrees) return Effect.void
      const { data: frame } = message
      let swapping: Promise<unknown> | undefined
      const isTaken = carrier.isOld && carrier.port.call("onFrame", frame)
      if (typeof frame === "string" && !isTaken) {
        const isOwn = message.json === json && message.text === text
        swapping = isOwn
          ? this.#swap(carrier.isOld ? undefined : parseJson(frame), frame)
          : this.#swapGiven(message)
        if (swapping === undefined) carrier.port.call("onFrame", frame)
      }
      return Effect.flatMapEager(swapping === undefined ? Effect.void : done(swapping), () => {
        if (isOnPage(element)) carrier.dispatch(element, "htmx:ws:after:message:incoming", { message })
        return Effect.void
      })
    })
  }

  /** Swaps a frame that a listener has changed. */
  async #swapGiven(message: Incoming): Promise<unknown> {
    let json: unknown
    try {
      json = this.#carrier.isOld ? undefined : ((await message.json()) ?? null)
    } catch {}
    return this.#swap(json, json === undefined ? await message.text() : "")
  }

  #swap(json: unknown, html: string): Promise<unknown> | undefined {
    const { element, isOld } = this.#carrier
    return isOld
      ? swapOld(this.#htmx, element, html, (what, cause) => this.#fail(failure(what, cause)))
      : swap(this.#htmx, this.#api, element, json, html, () =>
          this.#report("json.payload is deprecated; use json.content instead", console.warn),
        )
  }
}
