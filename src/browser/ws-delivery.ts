/** The script tag of `ws-delivery`. */
import { delivery } from "../companions/delivery.ts"
import type { Htmx } from "../companions/Htmx.ts"

declare const htmx: Htmx

delivery(htmx)
