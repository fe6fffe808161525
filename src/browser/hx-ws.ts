/** The script tag for htmx 4. */

// First only for the order of modules in the script: it compresses better.
import "../htmx/Settings.ts"
import { register } from "../htmx/v4/extension.ts"
import type { Htmx4 } from "../htmx/v4/HtmxApi.ts"

declare const htmx: Htmx4

register(htmx)
