/** The newest entries of a room's log that this process has read, in order and without gaps. */
import { type Entry, toFrame } from "./Entry.ts"
import { type Place, toId } from "./Place.ts"
import type { Kept } from "./RoomLog.ts"

/** An entry with its place. */
export class Item {
  readonly entry: Entry
  readonly place: Place
  readonly id: string
  #frame: string | undefined

  constructor(room: string, entry: Entry, place: Place) {
    this.entry = entry
    this.place = place
    this.id = toId(room, place)
  }

  /** The frame for peers that are in no other room. */
  get frame(): string {
    this.#frame ??= toFrame(this.entry, this.id)
    return this.#frame
  }
}

export class Ring {
  readonly #room: string
  readonly #keep: number
  #items: ReadonlyArray<Item> = []
  #tail: Place | undefined

  constructor(room: string, keep: number) {
    this.#room = room
    this.#keep = keep
  }

  /** The place of the newest entry; `undefined` before the first read. */
  get tail(): Place | undefined {
    return this.#tail
  }

  get items(): ReadonlyArray<Item> {
    return this.#items
  }

  /** Adds entries that were read. Returns the new ones; `undefined` if they do not continue the earlier ones. */
  take({ entries, epoch, last }: Kept): ReadonlyArray<Item> | undefined {
    const first = last - entries.length + 1
    const read = entries.map((entry, index) => new Item(this.#room, entry, { epoch, number: first + index }))
    const { number = 0 } = this.#tail ?? {}
    const continues = this.#tail?.epoch === epoch && first <= number + 1 && last >= number
    const news = continues ? read.filter(({ place }) => place.number > number) : read
    this.#items = [...(continues ? this.#items : []), ...news].slice(-this.#keep)
    if (!continues || news.length > 0) this.#tail = { epoch, number: last }
    return continues ? news : undefined
  }

  /** Returns the entries after a place; `undefined` if some of them may be missing. */
  after(place: Place | undefined): ReadonlyArray<Item> | undefined {
    if (place === undefined || this.#tail === undefined || place.epoch !== this.#tail.epoch) return undefined
    const missing = this.#tail.number - place.number
    if (missing < 0 || missing > this.#items.length) return undefined
    return this.#items.slice(this.#items.length - missing)
  }
}
