/** The script tag of `ws-signals`. */
import type { Htmx } from "../companions/Htmx.ts"
import { signals } from "../companions/signals.ts"

declare const htmx: Htmx

signals(htmx)
