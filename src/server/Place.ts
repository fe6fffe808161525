/**
 * Places in logs, and the ids of frames that name them: `lobby:7f-42` is entry 42 of the room `lobby` since the epoch
 * `7f`, and `lobby:7f-42,news:c1-7` a place in each of two rooms.
 */

/** A place in the log of a room: behind the entry of that number. */
export interface Place {
  /** Drawn when the log begins, so that a log that begins anew does not name other entries by the same numbers. */
  readonly epoch: string
  readonly number: number
}

export const toId = (room: string, { epoch, number }: Place): string => `${room}:${epoch}-${number}`

/** The id of places in several rooms. */
export const join = (ids: Iterable<string>): string => [...ids].sort().join(",")

/** The place in a room that an id names, if it names one. */
export const placeIn = (room: string, id: string | undefined): Place | undefined => {
  const own = id?.split(",").find((part) => part.startsWith(`${room}:`))
  const [, epoch, number] = /^([\w.~]+)-(\d{1,15})$/.exec(own?.slice(room.length + 1) ?? "") ?? []
  return epoch === undefined ? undefined : { epoch, number: Number(number) }
}

/** How many characters an id may have. */
export const maxId = 128

/** How many characters the id of a place in a room has with a number of nine digits. */
export const lengthIn = (room: string, { epoch }: Place): number =>
  toId(room, { epoch, number: 999_999_999 }).length

/** Whether an id of a page can be one of ours. */
export const isId = (value: string): boolean => /^[\w.:,~-]+$/.test(value) && value.length <= maxId
