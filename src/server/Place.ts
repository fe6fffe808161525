/**
 * Places in logs, and the ids of frames that name them: `lobby:7f-42` is entry 42 of the room `lobby` since the epoch
 * `7f`, and `lobby:7f-42,news:c1-7` a place in each of two rooms.
 */

/** A place in the log of a room: behind the entry of that number. */
export interface Place {
  /** Drawn when the log starts, so that the ids of an earlier log do not name entries of this one. */
  readonly epoch: string
  readonly number: number
}

export const toId = (room: string, { epoch, number }: Place): string => `${room}:${epoch}-${number}`

/** Returns the id of places in several rooms. */
export const join = (ids: Iterable<string>): string => [...ids].sort().join(",")

/** Returns the place in a room that an id names, if it names one. */
export const placeIn = (room: string, id: string | undefined): Place | undefined => {
  const own = id?.split(",").find((part) => part.startsWith(`${room}:`))
  const [, epoch, number] = /^([\w.~]+)-(\d{1,15})$/.exec(own?.slice(room.length + 1) ?? "") ?? []
  return epoch === undefined ? undefined : { epoch, number: Number(number) }
}

/** How many characters an id may have. */
export const maxId = 128

/** Returns the length of the id of a place in a room, with a number of nine digits. */
export const lengthIn = (room: string, { epoch }: Place): number =>
  toId(room, { epoch, number: 999_999_999 }).length

/** Returns whether an id that a page gives can be one of a room. */
export const isId = (value: string): boolean => /^[\w.:,~-]+$/.test(value) && value.length <= maxId
