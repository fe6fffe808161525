/** What has a figure in the contract: how often a server that fails again and again is dialled, and how long a hanging handshake holds up others. */
import { waitFor } from "../setup/waitFor.ts"
import type { Clients } from "./Clients.ts"
import type { FaultServer } from "./FaultServer.ts"
import { type FaultName, faults } from "./faults.ts"
import { expectedOf, retriedCodes } from "./run.ts"

/** Whether every dial meets it, and the client dials again. */
export const canFlap = (name: FaultName, clients: Clients): boolean => {
  const { foundBy, isHeavy, network, inProcess } = faults[name]
  const code = expectedOf(faults[name], clients)
  return !foundBy && !isHeavy && !network && !inProcess && code !== "none" && retriedCodes.includes(code)
}

/** How often servers are dialled in eight seconds that fail at every dial, with the defaults and `Math.random()` of 0.5. */
export const flap = async (
  server: FaultServer,
  clients: Clients,
  names: ReadonlyArray<FaultName>,
): Promise<ReadonlyMap<FaultName, number>> => {
  const targets = await Promise.all(
    names.map(async (name) => {
      const path = `/flapping-${name}`
      return { path, url: await server.url(path, name, { times: 1e6 }), fault: faults[name], settings: {} }
    }),
  )
  await clients.open(targets)
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  const seen = await clients.seen()
  await clients.remove()
  return new Map(names.map((name, at) => [name, seen[targets[at]?.path ?? ""]?.dials ?? 0]))
}

/** How long a good connection waits behind handshakes that hang, with a `connectTimeout` of a second, in milliseconds. */
export const openBehind = async (server: FaultServer, clients: Clients, name: FaultName): Promise<number> => {
  const path = `/behind-${name}`
  const settings = { connectTimeout: 1_000 }
  const hanging = { path, url: await server.url(path, name, { times: 1e6 }), fault: faults[name], settings }
  const good = { path: "/good", url: await server.url("/good"), settings }
  const begun = performance.now()
  await clients.open([hanging, good])
  await waitFor(async () => (await clients.seen())["/good"]?.state === "open", 20_000)
  const waited = performance.now() - begun
  await clients.remove()
  return waited
}
