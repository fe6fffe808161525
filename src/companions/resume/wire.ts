/** What servers send for resuming: control frames, and responses of `ws-resync`. */
import { controlOf } from "../control.ts"
import { replyIn } from "../delivery/replies.ts"
import { textOf } from "../events.ts"

/** The key of a control frame, and the header of a request for `ws-resync`. */
export const resync = "HX-Resync"
/** The header of its response, with the id of what the response shows. */
export const lastId = "HX-Last-ID"

/** Returns what a control frame reports: `true` if the page has to fetch the state, `false` if everything was sent. */
export const resyncOf = (frame: unknown): unknown => Reflect.get(Object(controlOf(textOf(frame))), resync)

/** Returns the acknowledgement or refusal in a frame, as a control frame of its own. */
export const answerIn = (frame: unknown): ReadonlyArray<string> => {
  const reply = replyIn(textOf(frame), () => {})
  return reply
    ? [
        JSON.stringify({
          [reply.refusal === undefined ? "HX-Ack" : "HX-Nack"]: reply.id,
          reason: reply.refusal,
        }),
      ]
    : []
}

/** Returns the signals in frames that are not applied, without their ids: they move no cursor. */
export const signalsIn = (frames: ReadonlyArray<unknown>): Array<unknown> =>
  frames.flatMap((frame) => {
    const control = Object(controlOf(textOf(frame)))
    const isSignal = Object.keys(control).length > 0 && !(resync in control)
    return isSignal ? JSON.stringify({ ...control, id: undefined }) : []
  })
