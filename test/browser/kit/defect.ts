import type { HtmxVersion } from "../../setup/pages.ts"
import { Stage } from "./Stage.ts"
import { test } from "./test.ts"

export interface Where {
  /** The generations of htmx that the row concerns. Both where it is not said. */
  readonly htmx?: ReadonlyArray<HtmxVersion>
  /** Those whose official script is shown to fail the scenario. The last of `htmx` where it is not said. */
  readonly official?: ReadonlyArray<HtmxVersion>
}

/** How long the official script is given to do what it does not do. */
const patience = 1_000

/**
 * A row of the table of defects. The scenario passes with our script; with the official one it does not, which
 * shows that it would have found the defect.
 */
export const defect = (
  row: `D${number}`,
  title: string,
  scenario: (stage: Stage) => Promise<void>,
  { htmx = ["1.9", "2"], official = htmx.slice(-1) }: Where = {},
): void => {
  for (const generation of htmx) {
    test.concurrent(`${row}: ${title} (htmx ${generation})`, ({ server, tab }) =>
      scenario(new Stage(tab, server, generation, "ours")))
  }
  for (const generation of official) {
    test.concurrent(`${row} is there in the official script: not "${title}" (htmx ${generation})`, async ({
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

/** A failed expectation, or something that has not happened in time. Anything else is a fault of the scenario. */
const isFinding = (error: unknown): boolean =>
  error instanceof Error &&
  !error.message.startsWith("page.goto") &&
  (["AssertionError", "TimeoutError"].includes(error.name) || error.message.startsWith("Not within"))
