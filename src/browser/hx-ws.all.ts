/** The script tag for htmx 4: the extension, and the companions for production. */

// First only for the order of modules in the script: it compresses better.
import "../htmx/Settings.ts"
import { delivery } from "../companions/delivery.ts"
import { doctor } from "../companions/doctor.ts"
import type { Htmx } from "../companions/Htmx.ts"
import { keep } from "../companions/keep.ts"
import { resume } from "../companions/resume.ts"
import { signals } from "../companions/signals.ts"
import { register } from "../htmx/v4/extension.ts"
import type { Htmx4 } from "../htmx/v4/HtmxApi.ts"

declare const htmx: Htmx & Htmx4

register(htmx)
resume(htmx)
delivery(htmx)
keep(htmx)
signals(htmx)
doctor(htmx)
