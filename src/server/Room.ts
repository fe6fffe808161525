/**
 * Sends to many pages: each page gets everything, in order and once, however late it joins and however often its
 * connection is lost.
 *
 * **Details**
 *
 * A room numbers what it sends, keeps the newest entries in a log (`Logs`: by default in the memory of this process), and
 * sends a page that reconnects those after the last frame that it shows. A page that is new or away for too long, or whose
 * log has started anew, gets the whole state: `snapshot`.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Channel from "../channel/Channel.ts"
import { contentAfter } from "./content.ts"
import { changeOf, type Entry, isElement } from "./Entry.ts"
import { nextToken } from "./Handling.ts"
import { Html } from "./html.ts"
import type { Peer } from "./Peer.ts"
import { PeerFeed, type Source } from "./PeerFeed.ts"
import * as Place from "./Place.ts"
import { Ring } from "./Ring.ts"
import { type LogError, Logs } from "./RoomLog.ts"
import * as TestPage from "./TestPage.ts"

export type { TestPage } from "./TestPage.ts"

/** The content of elements of a page, by the selectors of these elements. */
export type Content = Readonly<Record<string, Html>>

/** What a snapshot can be made from. */
export interface View {
  /**
   * Returns the content of an element, as the entries in the log have changed it: by changes of the element itself, and of
   * elements in it that are selected by their ids (`#m1`). Pushed HTML is not considered.
   */
  readonly content: (target: string) => Html
}

/** The options of a room. */
export interface Options<out E, out R> {
  /** Part of the ids of frames: 1 to 40 letters, digits and `_ . ~ -`. Unique among the rooms of a server. */
  readonly name: string
  /**
   * How many entries the log keeps.
   *
   * @default 500
   */
  readonly keep?: number | undefined
  /**
   * Returns the whole state: the content of elements. Without it, a page that needs the state has to fetch it
   * (`{"HX-Resync": true}`).
   */
  readonly snapshot?: ((view: View) => Content | Effect.Effect<Content, E, R>) | undefined
}

/** A room. When one of its functions has succeeded, the entry is in the log, and on its way to the pages. */
export interface Room<in out C extends Channel.Channel, out E = unknown> {
  readonly channel: C
  readonly name: string
  /** Adds HTML at the end of the elements that `target` selects. */
  readonly append: (target: string, html: Html) => Effect.Effect<void, LogError>
  /** Adds HTML at the start of the elements that `target` selects. */
  readonly prepend: (target: string, html: Html) => Effect.Effect<void, LogError>
  /** Replaces the content of the elements that `target` selects. */
  readonly update: (target: string, html: Html) => Effect.Effect<void, LogError>
  /** Replaces the elements that `target` selects by one element. */
  readonly replace: (target: string, html: Html) => Effect.Effect<void, LogError>
  /** Removes the elements that `target` selects. */
  readonly remove: (target: string) => Effect.Effect<void, LogError>
  /** Sends HTML as it is. Each element needs an `id`, or an `hx-swap-oob`, which htmx 4 requires. */
  readonly push: (html: Html) => Effect.Effect<void, LogError>
  /** Sends a signal to all pages: once, like everything else, and later if they were away. */
  readonly signal: <Name extends Channel.SignalName<C>>(
    name: Name,
    value: Channel.Signal<C, Name>,
  ) => Effect.Effect<void, LogError>
  /**
   * Runs an effect that changes the state that `snapshot` reads, and sends the change: this process makes no snapshot
   * meanwhile. It is not needed if the state is only in the log.
   *
   * **Gotchas**
   *
   * Do not call `change`, or run `snapshot`, inside of `change`: both wait for its end.
   */
  readonly change: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Succeeds with the whole state, to render a page with, and its id for `ws-resume` or `HX-Last-ID`. */
  readonly snapshot: Effect.Effect<{ readonly id: string; readonly content: Content }, E>
  /** The id of the newest entry. */
  readonly id: Effect.Effect<string>
  /** Sends a page what it has missed, and everything from now on, until the scope closes. */
  readonly join: (peer: Peer<C>) => Effect.Effect<void, never, Scope.Scope>
}

/**
 * Makes a room for the life of the scope. When it closes, the pages are closed with 1001, and dial again.
 *
 * **Example**
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 * import { html, Room } from "htmx-ext-effect-ws/server"
 *
 * const News = Channel.make("news")
 *
 * const program = Effect.gen(function* () {
 *   const news = yield* Room.make(News, { name: "news", snapshot: ({ content }) => ({ "#log": content("#log") }) })
 *   yield* news.append("#log", html`<li>It rains</li>`)
 *   console.log(String((yield* news.snapshot).content["#log"]))
 * })
 * await Effect.runPromise(Effect.scoped(program))
 * ```
 */
export const make = <C extends Channel.Channel, E = never, R = never>(
  channel: C,
  options: Options<E, R>,
): Effect.Effect<Room<C, E>, LogError, Scope.Scope | R> =>
  Effect.gen(function* () {
    const { keep = 500, name, snapshot } = options
    if (!/^[\w.~-]{1,40}$/.test(name))
      return yield* Effect.die(
        new RangeError(`the name of a room is "${name}", expected 1 to 40 letters, digits and _ . ~ -`),
      )
    if (!(Number.isInteger(keep) && keep > 0))
      return yield* Effect.die(new RangeError(`keep is ${keep}, expected a whole number from 1`))
    const context = yield* Effect.context<R>()
    const log = yield* (yield* Logs)(name, keep)
    const ring = new Ring(name, keep)
    const feeds = new Set<PeerFeed>()
    const reading = yield* Semaphore.make(1)
    const changing = yield* Semaphore.make(1)

    const read = reading.withPermit(
      Effect.map(
        Effect.suspend(() => log.read(ring.tail)),
        (kept) => {
          const news = ring.take(kept)
          for (const feed of feeds)
            if (news === undefined) feed.restart()
            else feed.publish(news)
        },
      ),
    )
    const pull = Effect.catch(read, (error) => Effect.logWarning(error))
    yield* read
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const feed of [...feeds]) feed.end()
      }),
    )
    yield* Effect.forkScoped(Stream.runForEach(log.changes, () => pull))
    const id = Effect.sync(() => Place.toId(name, ring.tail as Place.Place))

    const add = (entry: Entry): Effect.Effect<void, LogError> =>
      Effect.andThen(
        Effect.flatMap(nextToken(name), (token) => log.append(entry, ring.tail, token)),
        pull,
      )
    const change = (swap: Extract<Entry, { _tag: "Change" }>["swap"]) => (target: string, html: Html) =>
      add({ _tag: "Change", swap, target, html: html.source })

    const render = (make: NonNullable<typeof snapshot>) =>
      Effect.suspend(() => {
        const place = ring.tail as Place.Place
        const content = make(viewOf(ring))
        const effect = Effect.isEffect(content)
          ? Effect.provideContext(content, context)
          : Effect.succeed(content)
        return Effect.map(effect, (content) => ({ place, content }))
      })
    let rendered: { readonly place: Place.Place; readonly html: string } | undefined
    const whole = (make: NonNullable<typeof snapshot>): Source["whole"] =>
      changing.withPermit(
        // Pages that join at the same place, as after a restart, share it.
        Effect.suspend(() =>
          rendered !== undefined && rendered.place === ring.tail
            ? Effect.succeed(rendered)
            : Effect.map(render(make), ({ content, place }) => {
                rendered = { place, html: fragmentsOf(content) }
                return rendered
              }),
        ),
      )
    const source: Source = {
      name,
      ring,
      pull,
      whole: snapshot && whole(snapshot),
      feeds,
    }

    return {
      channel,
      name,
      id,
      append: change("beforeend"),
      prepend: change("afterbegin"),
      update: change("innerHTML"),
      replace: (target, html) =>
        isElement(html)
          ? change("outerHTML")(target, html)
          : Effect.die(new TypeError(`replace: expected an element to put in place of ${target}`)),
      remove: (target) => change("delete")(target, new Html("")),
      push: ({ source }) => add({ _tag: "Fragments", html: source }),
      signal: (name, value) =>
        Channel.encodeSignal(channel, name, value).pipe(
          Effect.orDie,
          Effect.flatMap((value) => add({ _tag: "Signal", name, value })),
        ),
      change: (effect) => changing.withPermit(effect),
      snapshot: changing.withPermit(
        Effect.map(render(snapshot ?? (() => ({}))), ({ content, place }) => ({
          id: Place.toId(name, place),
          content,
        })),
      ),
      join: (peer) =>
        Effect.suspend(() => {
          const { lastId, outgoing } = peer
          const idLength = Place.lengthIn(name, ring.tail as Place.Place)
          const all = [...outgoing.feeds].reduce((sum, feed) => sum + 1 + feed.idLength, idLength)
          if (all > Place.maxId) return Effect.die(new RangeError(tooManyRooms(name, all)))
          return Effect.acquireRelease(
            Effect.sync(() => new PeerFeed(source, outgoing, Place.placeIn(name, lastId), idLength)),
            (feed) => Effect.sync(feed.leave),
          )
        }),
    } satisfies Room<C, E>
  })

/**
 * Makes a page that a test controls, and lets it join a room.
 *
 * **Example**
 *
 * ```ts
 * import { match } from "node:assert"
 * import { Effect } from "effect"
 * import { Channel } from "htmx-ext-effect-ws/channel"
 * import { html, Room } from "htmx-ext-effect-ws/server"
 *
 * const test = Effect.gen(function* () {
 *   const room = yield* Room.make(Channel.make("news"), { name: "news" })
 *   const first = yield* Room.test(room, { lastId: yield* room.id })
 *   yield* room.append("#log", html`<p>one</p>`)
 *   match(yield* first.next, /<p>one</)
 *   first.leave()
 *   yield* room.append("#log", html`<p>two</p>`)
 *   const second = yield* Room.test(room, { lastId: first.lastId })
 *   match(yield* second.next, /<p>two</)
 * })
 * await Effect.runPromise(Effect.scoped(test))
 * ```
 */
export const test = <C extends Channel.Channel>(
  room: Room<C>,
  options?: TestPage.Options,
): Effect.Effect<TestPage.TestPage<C>, never, Scope.Scope> =>
  Effect.tap(TestPage.make(room.channel, options), ({ peer }) => room.join(peer))

const tooManyRooms = (name: string, characters: number): string =>
  `with the room ${name}, the ids of a page would have ${characters} characters, expected ${Place.maxId} at most: give its rooms shorter names, or let it join fewer`

const fragmentsOf = (content: Content): string =>
  Object.entries(content)
    .map(([target, { source }]) => changeOf({ _tag: "Change", swap: "innerHTML", target, html: source }))
    .join("")

const viewOf = ({ items }: Ring): View => ({
  content: (target) => new Html(items.reduce((inside, { entry }) => contentAfter(inside, target, entry), "")),
})
