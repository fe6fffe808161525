import { describe } from "vitest"
import { openPage } from "../htmx/kit/openPage.ts"
import { openPage4 } from "../htmx/kit/openPage4.ts"
import type { HtmxVersion } from "../setup/pages.ts"

export interface Options {
  readonly body: string
  readonly head?: string
  readonly url?: string
  /** Another htmx 1.9, by its path on the test server. */
  readonly core?: string
  /** `htmx.config.ws`. */
  readonly config?: object
}

/** What tests of companions use of a page. */
export type Page = Awaited<ReturnType<typeof open>>

/** What is on the console, but for the notice of htmx 4 about the attributes of htmx 2. */
export const sentences = (page: Page): Array<string> =>
  page.console
    .filter((line) => !line.includes("ws-connect and ws-send are deprecated"))
    .map((line) => line.replace(/^error: htmx: /, ""))

const open = async (
  htmx: HtmxVersion,
  companions: ReadonlyArray<string>,
  { config = {}, ...options }: Options,
) => {
  const scripts = companions.map((name) => `/dist/ws-${name}.js`)
  const before = ({ htmx }: { htmx: { config: object } }) => void Object.assign(htmx.config, { ws: config })
  const page =
    htmx === "4"
      ? await openPage4({ ...options, scripts, before })
      : await openPage({ ...options, scripts, before, htmx })
  const settled = async () => {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  }
  return Object.assign(page, {
    /** Lets everything happen that takes no time: swaps of htmx 4, and what waits for promises. */
    settled,
    /** The events of a name, in order, as `label {detail}`. */
    record(name: string): Array<string> {
      const seen: Array<string> = []
      page.document.addEventListener(name, (event) => {
        const { elt, ...detail } = (event as CustomEvent).detail
        seen.push(`${(event.target as Element).id} ${JSON.stringify(detail)}`)
      })
      return seen
    },
    /** Has the page receive a frame, and everything happen that follows. */
    async receive(frame: unknown): Promise<void> {
      page.socket.message(typeof frame === "string" ? frame : JSON.stringify(frame))
      await settled()
    },
  })
}

/**
 * Runs a suite on each generation of htmx: `open` opens a page of it with our script and `companions`, `openLate` one
 * without those.
 */
export const onEach = (
  companions: ReadonlyArray<string>,
  suite: (
    open: (options: Options) => Promise<Page>,
    htmx: HtmxVersion,
    openLate: (options: Options) => Promise<Page>,
  ) => void,
): void =>
  describe.each(["1.9", "2", "4"] as const)("htmx %s", (htmx) =>
    suite(
      (options) => open(htmx, companions, options),
      htmx,
      (options) => open(htmx, [], options),
    ),
  )
