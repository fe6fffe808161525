/** The script tag for htmx 1.9 and 2: the extension, and the companions for production. */

// First only for the order of modules in the script: it compresses better.
import "../htmx/Settings.ts"
import { delivery } from "../companions/delivery.ts"
import { doctor } from "../companions/doctor.ts"
import type { Htmx } from "../companions/Htmx.ts"
import { keep } from "../companions/keep.ts"
import { resume } from "../companions/resume.ts"
import { signals } from "../companions/signals.ts"
import { register } from "../htmx/v2/extension.ts"
import type { Htmx2 } from "../htmx/v2/HtmxApi.ts"

declare const htmx: Htmx & Htmx2

register(htmx)
resume(htmx)
delivery(htmx)
keep(htmx)
signals(htmx)
doctor(htmx)
