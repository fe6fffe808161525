/** The script tag for htmx 1.9 and 2. */

// First only for the order of modules in the script: it compresses better.
import "../htmx/Settings.ts"
import { register } from "../htmx/v2/extension.ts"
import type { Htmx2 } from "../htmx/v2/HtmxApi.ts"

declare const htmx: Htmx2

register(htmx)
