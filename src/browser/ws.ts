/** The script tag for htmx 1.9 and 2. */
import type { Htmx2 } from "../htmx/HtmxApi.ts"
import { register } from "../htmx/htmx2.ts"

declare const htmx: Htmx2

register(htmx)
