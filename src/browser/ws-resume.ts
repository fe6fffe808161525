/** The script tag of `ws-resume`. */
import type { Htmx } from "../companions/Htmx.ts"
import { resume } from "../companions/resume.ts"

declare const htmx: Htmx

resume(htmx)
