/** How far a peer has got in a room that it has joined. */
import * as Effect from "effect/Effect"
import { toFrame, withId } from "./Entry.ts"
import type { Feed, Outgoing } from "./Outgoing.ts"
import { join, type Place, toId } from "./Place.ts"
import type { Item, Ring } from "./Ring.ts"

/** A room, reduced to what a feed uses of it. */
export interface Source {
  readonly name: string
  readonly ring: Ring
  /** Reads what others have added to the log. */
  readonly pull: Effect.Effect<void>
  /** Succeeds with the whole state and its place in the log; `undefined` if pages have to fetch it. */
  readonly whole: Effect.Effect<{ readonly html: string; readonly place: Place }, unknown> | undefined
  readonly feeds: Set<PeerFeed>
}

type State =
  /** The page resumes from here. If the log still has what follows, a control frame reports when all of it was sent. */
  | { readonly _tag: "Joining"; readonly at: Place | undefined }
  /** Its queue was full, or the log has started anew. */
  | { readonly _tag: "Behind"; readonly at: Place | undefined }
  /** Everything up to here is in its queue, and new entries are added at once. */
  | { readonly _tag: "Following"; readonly at: Place }

export class PeerFeed implements Feed {
  readonly idLength: number
  readonly #source: Source
  readonly #outgoing: Outgoing
  #state: State

  constructor(source: Source, outgoing: Outgoing, at: Place | undefined, idLength: number) {
    this.idLength = idLength
    this.#source = source
    this.#outgoing = outgoing
    this.#state = { _tag: "Joining", at }
    source.feeds.add(this)
    outgoing.feeds.add(this)
    outgoing.catchUp(this)
  }

  readonly leave = (): void => {
    this.#source.feeds.delete(this)
    this.#outgoing.feeds.delete(this)
    this.#outgoing.places.delete(this.#source.name)
  }

  /** Called when the room ends. */
  end(): void {
    this.#outgoing.endGoing()
  }

  get #isJoined(): boolean {
    return this.#source.feeds.has(this)
  }

  /** Called with the new entries of the log. */
  publish(items: ReadonlyArray<Item>): void {
    if (this.#state._tag !== "Following") return
    this.#deliver(items, this.#state.at)
    if (this.#state._tag !== "Following" && this.#outgoing.limits.slow === "close") this.#outgoing.endSlow()
  }

  /** Called if the log has started anew, or has lost entries. */
  restart(): void {
    this.#fallBehind(undefined)
  }

  readonly advance: Effect.Effect<void> = Effect.gen({ self: this }, function* () {
    const { pull, ring, whole } = this.#source
    if (this.#state.at !== undefined && ring.after(this.#state.at) === undefined) yield* pull
    if (!this.#isJoined) return
    const { _tag, at } = this.#state
    const missed = ring.after(at)
    if (at !== undefined && missed !== undefined) {
      const isComplete = this.#deliver(missed, at)
      if (isComplete && _tag === "Joining") this.#offerControl(false)
    } else if (whole === undefined) this.#resync()
    else yield* this.#deliverWhole(whole)
  })

  /** Has the page fetch the state. */
  #resync(): void {
    const { name, ring } = this.#source
    if (ring.tail === undefined) return
    this.#outgoing.places.set(name, toId(name, ring.tail))
    if (this.#offerControl(true)) this.#state = { _tag: "Following", at: ring.tail }
    else this.#fallBehind(undefined)
  }

  #offerControl(isResyncNeeded: boolean): boolean {
    return this.#outgoing.offer(JSON.stringify({ "HX-Resync": isResyncNeeded, id: this.#outgoing.id }))
  }

  #deliverWhole(whole: NonNullable<Source["whole"]>): Effect.Effect<void> {
    const { name, ring } = this.#source
    return Effect.matchCauseEffect(whole, {
      onFailure: (cause) =>
        Effect.andThen(
          Effect.logError(`the snapshot of the room ${name} failed`, cause),
          Effect.sync(() => this.#outgoing.endFailed()),
        ),
      onSuccess: ({ html, place }) =>
        Effect.sync(() => {
          if (!this.#isJoined) return
          const missed = ring.after(place)
          if (missed !== undefined && this.#offerAt(toId(name, place), (id) => withId(id, html)))
            this.#deliver(missed, place)
          else this.#fallBehind(undefined)
        }),
    })
  }

  /** Puts entries into the queue, as far as they fit. Returns whether all did. */
  #deliver(items: ReadonlyArray<Item>, from: Place): boolean {
    const { places } = this.#outgoing
    let at = from
    for (const item of items) {
      const makeFrame = (id: string) => (id === item.id ? item.frame : toFrame(item.entry, id))
      if (!this.#offerAt(item.id, makeFrame)) {
        this.#fallBehind(at)
        return false
      }
      at = item.place
    }
    places.set(this.#source.name, toId(this.#source.name, at))
    this.#state = { _tag: "Following", at }
    return true
  }

  #offerAt(own: string, makeFrame: (id: string) => string): boolean {
    const { places } = this.#outgoing
    const { name } = this.#source
    const id = places.size > 1 || !places.has(name) ? join([...others(places, name), own]) : own
    const isOffered = this.#outgoing.offer(makeFrame(id))
    if (isOffered) places.set(name, own)
    return isOffered
  }

  #fallBehind(at: Place | undefined): void {
    this.#state = { _tag: this.#state._tag === "Joining" ? "Joining" : "Behind", at }
    if (at === undefined) this.#outgoing.places.delete(this.#source.name)
    this.#outgoing.catchUp(this)
  }
}

const others = (places: ReadonlyMap<string, string>, name: string): ReadonlyArray<string> =>
  [...places].filter(([room]) => room !== name).map(([, id]) => id)
