/** A share of the faults, which is quick. All of them, with every client: `npm run faults`. */
import { describe } from "vitest"
import { expect, test } from "../setup/browser.ts"
import type { Clients } from "./Clients.ts"
import { FaultServer } from "./FaultServer.ts"
import { type FaultName, faultNames, faults } from "./faults.ts"
import { NodeClients } from "./NodeClients.ts"
import { PageClients } from "./PageClients.ts"
import { run, type Trial, trialsOf } from "./run.ts"

/** One of each kind. */
const inPage: ReadonlyArray<FaultName> = [
  "refused",
  "status-401",
  "wrong-accept",
  "unknown-subprotocol",
  "frame-with-handshake",
  "close-with-handshake",
  "killed",
  "end",
  "close-1000",
  "close-1012",
  "close-without-code",
  "data-after-close",
  "invalid-utf8",
  "half-frame",
  "empty-frames",
  "split-characters",
  "ping-flood",
]
const inNode = faultNames.filter((name) => !faults[name].isHeavy && faults[name].foundBy === undefined)

const meet = async (clients: Clients, trials: ReadonlyArray<Trial>): Promise<void> => {
  await using server = await FaultServer.start()
  await using _closed = { [Symbol.asyncDispose]: () => clients.close() }
  const results = await run(server, clients, trials)
  const wrong = results.filter(({ complaints }) => complaints.length > 0)
  expect(wrong.map(({ complaints, name, when }) => [name, when, ...complaints])).toEqual([])
  expect(results.length).toBe(trials.length)
}

describe("a fault leaves one socket, the state that its code asks for, and every message accounted for", () => {
  for (const when of ["open", "message"] as const)
    test(`in Node, when ${when === "open" ? "the connection opens" : "it has sent a message"}`, () =>
      meet(
        new NodeClients(),
        trialsOf(inNode).filter((trial) => trial.when === when),
      ))

  for (const [htmx, when] of [
    ["1.9", "message"],
    ["2", "open"],
    ["4", "open"],
  ] as const)
    test(`on htmx ${htmx}`, async ({ browser }) => {
      const trials = trialsOf(inPage).filter((trial) => trial.when === when)
      await meet(await PageClients.make(browser, htmx), trials)
    })
})
