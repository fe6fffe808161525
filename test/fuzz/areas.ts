/** What is fuzzed. */
import type { IAsyncProperty } from "fast-check"
import type { HtmxVersion } from "../setup/pages.ts"
import { attributes } from "./areas/attributes.ts"
import { callbacks } from "./areas/callbacks.ts"
import { client } from "./areas/client.ts"
import { controls } from "./areas/controls.ts"
import { frames } from "./areas/frames.ts"
import { server } from "./areas/server.ts"
import { settings } from "./areas/settings.ts"

/** Areas of pages: on each htmx. */
export const ofPages = { frames, controls, settings, attributes, callbacks } satisfies Readonly<
  Record<string, (htmx: HtmxVersion) => IAsyncProperty<unknown>>
>

/** Areas of programs, without a page. */
export const ofPrograms = { server, client } satisfies Readonly<Record<string, () => IAsyncProperty<unknown>>>
