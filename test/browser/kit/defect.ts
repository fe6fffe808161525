import type { HtmxVersion } from "../../setup/pages.ts"
import { Stage } from "./Stage.ts"
import { test } from "./test.ts"

export interface Where {
  /** The generations of htmx with the defect. @default both */
  readonly htmx?: ReadonlyArray<HtmxVersion>
  /** The generations whose official script must fail the scenario. @default the last of `htmx` */
  readonly official?: ReadonlyArray<HtmxVersion>
}

/** How long to wait for what the official script fails to do. */
const patience = 1_000

/**
 * Tests a defect of the official script. The scenario passes with our script and fails with the official one, which shows
 * that it finds the defect.
 */
export const defect = (
  title: string,
  scenario: (stage: Stage) => Promise<void>,
  { htmx = ["1.9", "2"], official = htmx.slice(-1) }: Where = {},
): void => {
  for (const generation of htmx) {
    test.concurrent(`${title} (htmx ${generation})`, ({ server, tab }) =>
      scenario(new Stage(tab, server, generation, "ours")))
  }
  for (const generation of official) {
    test.concurrent(`with the official script, not: ${title} (htmx ${generation})`, async ({
      server,
      tab,
    }) => {
      const found = await scenario(new Stage(tab, server, generation, "official", patience)).then(
        () => undefined,
        (error: unknown) => error,
      )
      if (found === undefined) throw new Error("The official script passes: the scenario shows nothing.")
      if (!isFinding(found)) throw found
    })
  }
}

/** Whether an error is a failed expectation or a timeout. Any other error is a fault of the scenario. */
const isFinding = (error: unknown): boolean =>
  error instanceof Error &&
  !error.message.startsWith("page.goto") &&
  (["AssertionError", "TimeoutError"].includes(error.name) || error.message.startsWith("Not within"))
