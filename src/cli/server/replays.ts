/** Checks what a server sends after a dial with `last-id`: the cases of section 7. */
import type golden from "../../../test/protocol/golden.json"
import { type Fault, shown } from "./frames.ts"
import type { Session } from "./Session.ts"

/** The outcome of a check: `undefined` if it passed, a fault, why it was skipped, or a note. */
export type Outcome = undefined | Fault | { readonly skipped: string } | { readonly note: string | undefined }

/** A case of the table, in which frames are numbered from 1 to 3. */
export type Replay = (typeof golden.replays)[number]

/** Returns whether a case is one after a restart, when the server keeps nothing. */
export const isAfterRestart = ({ kept }: Replay): boolean => kept.length === 0

const whole = `one frame with everything and the newest id, or {"HX-Resync": true} with that id`

const count = (frames: number): string =>
  frames === 0 ? "nothing" : frames === 1 ? "the frame after it" : `the ${frames} frames after it`

/** Dials with an id, and expects the frames after it, or everything. */
const expectRest = async (session: Session, at: number, what: string): Promise<Outcome> => {
  const lastId = session.pushed[at]?.id
  const rest = count(session.pushed.length - 1 - at)
  const answer = await session.resume(lastId)
  if (!("fault" in answer)) return answer.whole === undefined ? undefined : { note: "everything is sent" }
  return {
    fault: `Dialled with ${session.options.param}=${lastId}, ${what}; expected ${rest}, or ${whole}; ${answer.fault}`,
  }
}

/** Dials with an id that the server cannot use, or without one, and expects everything. */
const expectWhole = async (session: Session, lastId: string | undefined, what: string): Promise<Outcome> => {
  const { param } = session.options
  const answer = await session.resume(lastId)
  const fault = "fault" in answer ? answer.fault : answer.whole === undefined ? "nothing came" : undefined
  const dialled = lastId === undefined ? `without ${param}` : `with ${param}=${lastId}, ${what}`
  return fault === undefined ? undefined : { fault: `Dialled ${dialled}; expected ${whole}; ${fault}` }
}

/** Dials with an id from before the restart. */
const expectAnew = async (session: Session): Promise<Outcome> => {
  const { pushedBefore } = session
  const old = new Set(session.pushed.slice(0, pushedBefore).map(({ id }) => id))
  const again = session.pushed.slice(pushedBefore).find(({ id }) => old.has(id))
  if (again !== undefined)
    return {
      fault: `After the restart ${shown(again.frame)} came, with an id of before; expected another epoch in the ids, or a count that goes on: pages take old frames for new ones`,
    }
  const outcome = await expectRest(session, pushedBefore - 2, "an id of before the restart")
  return outcome !== undefined && "fault" in outcome ? outcome : undefined
}

/** Returns an id like those of the server, but unknown to it. */
const another = (id: string): string => `${id.slice(0, 100)}-of-another-epoch`

export const resume = async (session: Session, replay: Replay): Promise<Outcome> => {
  const { kept, last, title } = replay
  const { keep } = session.options
  const what = title.replace(/:.*/, "")
  if (isAfterRestart(replay)) return expectAnew(session)
  if (typeof last !== "number")
    return expectWhole(session, last === null ? undefined : another(session.newest), what)
  const [oldest = 1, newest = oldest] = [kept[0], kept.at(-1)]
  let missed = newest - last
  if (last < oldest && oldest > 1) {
    if (keep === undefined) return { skipped: "give --keep <how many frames the server keeps>" }
    missed = keep + oldest - 1 - last
  }
  const lacking = missed + 1 - session.pushed.length
  if (lacking > 0) await session.say(Math.ceil(lacking / session.framesOfOne))
  if (missed >= session.pushed.length)
    return { fault: `Sent ${session.sent}; expected a frame; none came, though frames came before` }
  return expectRest(session, session.pushed.length - 1 - missed, what)
}
