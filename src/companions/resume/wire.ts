/** What a server says about resuming: by control frames, and by responses of `ws-resync`. */
import { controlOf } from "../control.ts"
import { textOf } from "../events.ts"

/** The key of a control frame, and the header of a request for `ws-resync`. */
export const resync = "HX-Resync"
/** The header of its response: the id of what that shows. */
export const lastId = "HX-Last-ID"

/** What a control frame says: `true`, the page lacks something; `false`, it has been sent everything. */
export const resyncOf = (frame: unknown): unknown => Reflect.get(Object(controlOf(textOf(frame))), resync)
