/** The script tag of `ws-keep`. */
import type { Htmx } from "../companions/Htmx.ts"
import { keep } from "../companions/keep.ts"

declare const htmx: Htmx

keep(htmx)
