/** The script tag for htmx 4. */

// Effect first: the script compresses better.
import "../htmx/Runtime.ts"
import { register } from "../htmx/v4/extension.ts"
import type { Htmx4 } from "../htmx/v4/HtmxApi.ts"

declare const htmx: Htmx4

register(htmx)
