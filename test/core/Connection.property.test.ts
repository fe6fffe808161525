/** Promises that hold in any order of calls and events: `npm run model` tries more and longer ones. */
import * as fc from "fast-check"
import { test } from "vitest"
import { parts } from "../setup/parts.ts"
import { holds } from "./holds.ts"
import { carryOut, commands, listeners } from "./plans.ts"

test.each(parts(5))(
  "after any order of calls and events the connection is in the state of the table, %s",
  () => {
    holds(
      fc.property(commands(40), (plan) => void carryOut(plan)),
      60,
    )
  },
)

test.each(parts(5))(
  "whatever hooks do, there is one socket, every message has one outcome, and messages keep their order, %s",
  () => {
    holds(
      // What is thrown is reported, which ends a run of tests: `npm run model` throws, too.
      fc.property(listeners(40, ["end"]), (plan) => void carryOut(plan)),
      60,
    )
  },
)
