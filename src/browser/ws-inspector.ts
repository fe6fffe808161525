/** The script tag of `ws-inspector`. With `data-open`, the panel is open from the start. */
import type { Htmx } from "../companions/Htmx.ts"
import { inspector } from "../companions/inspector.ts"

declare const htmx: Htmx

inspector(htmx, { open: document.currentScript?.hasAttribute("data-open") ?? false })
