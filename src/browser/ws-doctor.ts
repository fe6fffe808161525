/** The script tag of `ws-doctor`. */
import { doctor } from "../companions/doctor.ts"
import type { Htmx } from "../companions/Htmx.ts"

declare const htmx: Htmx

doctor(htmx)
