/** The script tag for htmx 4. */
import type { Htmx4 } from "../htmx/HtmxApi.ts"
import { register } from "../htmx/htmx4.ts"

declare const htmx: Htmx4

register(htmx)
