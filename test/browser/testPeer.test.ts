/** Compares the fake peer of `./testing` with a real WebSocket in Chromium and a real server. */
import * as fc from "fast-check"
import type { Page } from "playwright-core"
import { describe, vi } from "vitest"
import { TestPeer } from "../../src/testing/index.ts"
import { acceptRaw, hang, refuse, wrongAccept } from "../setup/behaviours.ts"
import { expect, test } from "../setup/browser.ts"
import { closeFrame, frame, opcode } from "../setup/frames.ts"
import type { TestServer } from "../setup/server.ts"
import type { Visit } from "../setup/Visit.ts"
import { waitFor } from "../setup/waitFor.ts"
import type { PageSide } from "../testing/pageSide.ts"
import { pageSide } from "../testing/pageSide.ts"
import { type PeerAct, rehearse, type Scenario, type Sight, type Step, shown } from "../testing/Scenario.ts"

declare global {
  interface Window {
    pageSide: typeof pageSide
    side: PageSide
  }
}

/** A closing frame, with or without a body. */
const closing = (code?: number, reason?: string) =>
  code === undefined ? frame("", { opcode: opcode.close }) : closeFrame(code, reason)

/** Servers that have sent a close frame, and must send nothing after it; the test server would reply once more. */
const silent = new WeakSet<Visit>()

/** Performs a step on a real server. `ends` is whether the step ends the connection. */
const perform = (visit: Visit, act: PeerAct, ends: boolean): void => {
  if (visit.isGone) return
  const [what] = act
  if (what === "drop") visit.reset()
  else if (what === "stall") visit.stopReading()
  else if (visit.openedAt === undefined) {
    // The test server sends a subprotocol only if some were offered.
    if (what === "accept" && act[1] && visit.protocols.length === 0)
      void acceptRaw("", { protocol: act[1] })(visit)
    else if (what === "accept") void visit.accept(act[1])
    else if (what === "refuse") void refuse(503)(visit)
    else if (what === "violate") void wrongAccept()(visit)
    else if (what === "recover") visit.startReading()
  } else if (what === "violate") visit.raw(frame("x", { opcode: opcode.reserved }))
  else if (silent.has(visit)) {
    if (ends) visit.end()
  } else if (what === "recover") visit.startReading()
  else if (what === "send") visit.send(act[1])
  else if (what === "sendBytes") visit.send(new Uint8Array(act[1]))
  else if (what === "hangUp" || what === "startHangingUp") {
    silent.add(visit)
    if (what === "startHangingUp") visit.stopReading()
    visit.raw(closing(act[1], act[2]))
    if (what === "hangUp") visit.end()
  }
}

const open = async (page: Page, server: TestServer): Promise<void> => {
  await page.addInitScript({ content: `window.pageSide = ${pageSide}` })
  await page.goto(server.page("/", ""))
}

/** Plays a scenario in a page, and compares each step with the fake. */
const compare = async (page: Page, server: TestServer, scenario: Scenario, path: string): Promise<void> => {
  const { protocols, steps } = scenario
  const sights = await rehearse(scenario)
  server.webSocket(path, hang())
  await page.evaluate(
    ([url, protocols]) => {
      window.side = window.pageSide(WebSocket, url, protocols)
    },
    [server.wsUrl(path), protocols] as const,
  )
  const dials = sights[0]?.readyState !== undefined
  const visit = dials ? await waitFor(() => server.visitsTo(path)[0]) : undefined
  const look = async (): Promise<Sight> => {
    const closed = visit?.openedAt === undefined ? undefined : visit.closed
    return {
      ...(await page.evaluate(() => window.side.look())),
      received: await Promise.all((visit?.messages ?? []).map(({ data }) => shown(data))),
      closing: closed && { code: closed.code === 1005 ? undefined : closed.code, reason: closed.reason },
    }
  }
  const stalls = steps.some((step) => "peer" in step && step.peer[0] === "stall")
  // A real network buffers what a stalled server does not read, and may deliver it when the connection is cut. The
  // test server reads nothing after its close frame, and takes the reply for a close frame of the page.
  const comparable = (real: Sight, fake: Sight): Sight => ({
    ...real,
    bufferedAmount: stalls ? fake.bufferedAmount : real.bufferedAmount,
    received:
      visit !== undefined && silent.has(visit)
        ? fake.received
        : real.received.slice(0, stalls ? fake.received.length : undefined),
    closing: fake.closing && real.closing,
  })
  const check = async (index: number): Promise<void> => {
    const fake = sights[index] as Sight
    let real = comparable(await look(), fake)
    const same = async () => {
      real = comparable(await look(), fake)
      return JSON.stringify(real) === JSON.stringify(fake)
    }
    await waitFor(same, 1500).catch(() => {})
    expect({ after: steps.slice(0, index), real }).toEqual({ after: steps.slice(0, index), real: fake })
  }
  await check(0)
  for (const [index, step] of steps.entries()) {
    if ("page" in step)
      await page.evaluate((acts) => {
        for (const act of acts) window.side.act(act)
      }, step.page)
    else if (visit !== undefined)
      perform(visit, step.peer, sights[index + 1]?.readyState === WebSocket.CLOSED)
    await check(index + 1)
  }
  if (visit !== undefined && !visit.isGone) visit.reset()
}

type PageActs = Extract<Step, { page: unknown }>["page"]
const page = (...acts: PageActs): Step => ({ page: acts })
const peer = (...act: PeerAct): Step => ({ peer: act })
const accept = peer("accept")
const accepted = (...steps: ReadonlyArray<Step>): Scenario => ({ steps: [accept, ...steps] })
const offering = (protocols: string | Array<string>, ...steps: ReadonlyArray<Step>): Scenario => ({
  protocols,
  steps,
})

const sends = page(
  ["send", "text"],
  ["send", ""],
  ["send", "\ud800"],
  ["sendBytes", "ArrayBuffer", [1, 2]],
  ["sendBytes", "Uint8Array", [3]],
  ["sendBytes", "DataView", [4, 255]],
  ["sendBytes", "Blob", [5, 6]],
  ["sendBytes", "Uint8Array", []],
)

/** Scenarios in which a page closes with each of these in turn: the first that does not throw closes. */
const closes = (
  ...args: ReadonlyArray<readonly [code?: number | null, reason?: string]>
): ReadonlyArray<Scenario> => args.map((args) => accepted(page(["close", ...args])))

const cases: Record<string, ReadonlyArray<Scenario>> = {
  accepted: [accepted()],
  refused: [{ steps: [peer("refuse")] }],
  "dropped in the handshake": [{ steps: [peer("drop")] }],
  "answered wrongly in the handshake": [{ steps: [peer("violate")] }],
  "closed while CONNECTING": [{ steps: [page(["close"])] }, { steps: [page(["close", 4000, "no"])] }],
  dropped: [accepted(peer("drop"))],
  "sent an invalid frame": [accepted(peer("violate")), accepted(peer("startHangingUp"), peer("violate"))],
  "given a subprotocol": [
    offering("a", accept),
    offering(["a", "b"], peer("accept", "b")),
    offering(["a", "b"], peer("accept", "A")),
    offering(["a", "b"], peer("accept", "")),
    { steps: [peer("accept", "a")] },
  ],
  "sent to in every state": [
    {
      steps: [
        sends,
        accept,
        sends,
        peer("stall"),
        page(["close"], ["send", "lost"]),
        sends,
        peer("drop"),
        sends,
      ],
    },
    accepted(peer("startHangingUp", 1001), sends, peer("hangUp"), sends),
  ],
  "sent bytes": [
    accepted(
      peer("sendBytes", [1, 2, 255]),
      page(["binaryType", "arraybuffer"]),
      peer("sendBytes", [1, 2, 255]),
      peer("sendBytes", []),
      peer("send", "text"),
      page(["binaryType", "nodebuffer"]),
      peer("sendBytes", [3]),
      page(["binaryType", "blob"]),
      peer("sendBytes", [4]),
    ),
  ],
  "given other handlers": [
    accepted(page(["handlers", "none"]), peer("send", "a"), page(["handlers", "new"]), peer("send", "b")),
    accepted(page(["handlers", "new"]), peer("send", "a")),
  ],
  "hung up on with any code": [
    accepted(peer("hangUp")),
    ...[
      0, 1, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
      1015, 1016, 1999, 2000, 2999, 3000, 3999, 4000, 4401, 4999, 5000, 0xffff,
    ].map((code) => accepted(peer("hangUp", code, "why"))),
    accepted(peer("hangUp", 1000, "é".repeat(61))),
  ],
  "hung up on in two steps": [
    accepted(peer("startHangingUp", 1012, "soon"), page(["close", 4000]), peer("hangUp", 1013)),
    accepted(peer("startHangingUp", 4401), peer("drop")),
    accepted(peer("startHangingUp", 1006)),
  ],
  "closed with any code and reason": closes(
    [],
    [null],
    [1000],
    [3000, ""],
    [4999, "bye "],
    [4000, "é".repeat(61)],
    [4000, "x".repeat(124)],
    [4000, "\ud800".repeat(42)],
    [null, "why"],
    [null, ""],
    [0],
    [999.9],
    [1000.9],
    [1001],
    [1005],
    [1006, "x".repeat(124)],
    [2999],
    [5000],
    [70_000],
    [-1],
  ),
  "closed twice": [accepted(page(["close", 4000], ["close", 4001]), page(["close", 1001]))],
  "closed when the peer has stalled": [
    accepted(peer("stall"), page(["close", 4000]), peer("send", "late"), peer("recover")),
    accepted(peer("stall"), page(["close", 4000]), peer("hangUp", 1012)),
    accepted(peer("stall"), page(["close", 4000]), peer("drop")),
    accepted(peer("stall"), page(["close", 4000]), peer("violate")),
  ],
}

describe("a page cannot tell the fake from a real socket that is", () => {
  test.for(Object.entries(cases))("%s", async ([, scenarios], { page, server }) => {
    await open(page, server)
    for (const [index, scenario] of scenarios.entries()) await compare(page, server, scenario, `/ws${index}`)
  })
})

/** Returns the URL that the constructor gives for its arguments, or the name of the error that it throws. */
const constructed = (
  Constructor: typeof WebSocket,
  dials: ReadonlyArray<readonly [url: string, protocols?: string | Array<string>]>,
): ReadonlyArray<string> =>
  dials.map(([url, protocols]) => {
    try {
      const socket = protocols === undefined ? new Constructor(url) : new Constructor(url, protocols)
      socket.close()
      return socket.url
    } catch (error) {
      return (error as Error).name
    }
  })

test("a page cannot tell them apart by the arguments that the constructor accepts", async ({
  page,
  server,
}) => {
  const urls = [
    ..."|?|/rel|../up|//x.test|http://x.test|https://x.test|ws://x.test|wss://x.test:443|ws://x.test:80/".split(
      "|",
    ),
    ..."ws://x.test/#|#|#a|ws://x.test/#a|ftp://x.test|file:///x|about:blank|data:,x|ws://|ws://x:99999|ws://[".split(
      "|",
    ),
    ..."WS://X.TEST/a b?c d|ws://me:pw@x.test/|ws://x.test/\ud800|null|ws://é.test/é?é".split("|"),
  ]
  const offers = [
    ...["", "a", "A-b_c.d", "a b", "a,b", "a/b", "é", "{", "\u007f", "a\t", "!#$%&'*+-.^_`|~0"],
    ...[[], [""], ["a", "b"], ["a", "a"], ["a", "A"], ["a", "b", "a"]],
  ]
  const dials = [
    ...urls.map((url) => [url] as const),
    ...offers.map((protocols) => ["ws://x.test/", protocols] as const),
  ]
  await open(page, server)
  vi.stubGlobal("location", { href: page.url() })
  const fake = constructed(TestPeer.make().WebSocket, dials)
  vi.unstubAllGlobals()
  const real = await page.evaluate(
    ([source, dials]) => new Function(`return ${source}`)()(WebSocket, dials),
    [String(constructed), dials] as const,
  )
  const told = (results: ReadonlyArray<string>) => results.map((result, at) => [dials[at], result])
  expect(told(fake)).toEqual(told(real))
})

const text = fc.constantFrom("", "a", "é", "\ud800")
const bytes = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 3 })
const pageAct: fc.Arbitrary<PageActs[number]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant("send" as const), text) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("sendBytes" as const),
      fc.constantFrom("ArrayBuffer" as const, "Uint8Array" as const, "DataView" as const, "Blob" as const),
      bytes,
    ),
  },
  { weight: 1, arbitrary: fc.constant(["close"] as const) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("close" as const),
      fc.constantFrom(null, 1000, 3000, 4999, 1001, 999.5, 4999.9, 1e9, -1),
      fc.constantFrom("", "why", "é".repeat(61), "x".repeat(124)),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant("close" as const), fc.constantFrom(null, 1000, 3000, 5000)) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant("binaryType" as const), fc.constantFrom("blob", "arraybuffer", "text")),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant("handlers" as const), fc.constantFrom("none", "new")) },
)
const code = fc.oneof(
  fc.constantFrom(1000, 1005, 1006, 1012, 1015, 4401),
  fc.integer({ min: 0, max: 0xffff }),
)
const body = fc.oneof(
  fc.constant([] as const),
  fc.tuple(code),
  fc.tuple(code, fc.constantFrom("", "why", "\ud800")),
)
const hangingUp = fc
  .tuple(fc.constantFrom("hangUp" as const, "hangUp" as const, "startHangingUp" as const), body)
  .map(([what, body]) => [what, ...body] as const)
const peerAct: fc.Arbitrary<PeerAct> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(["accept"] as const) },
  { weight: 1, arbitrary: fc.constantFrom(["accept", "a"] as const, ["accept", ""] as const) },
  { weight: 4, arbitrary: fc.tuple(fc.constant("send" as const), text) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("sendBytes" as const), bytes) },
  { weight: 1, arbitrary: fc.constantFrom(["refuse"] as const, ["drop"] as const, ["violate"] as const) },
  { weight: 1, arbitrary: fc.constantFrom(["stall"] as const, ["recover"] as const) },
  { weight: 2, arbitrary: hangingUp },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ page: fc.array(pageAct, { minLength: 1, maxLength: 3 }) }),
  fc.record({ peer: peerAct }),
)
const scenario: fc.Arbitrary<Scenario> = fc.record(
  {
    protocols: fc.constantFrom<string | Array<string>>("a", ["a", "b"], [], ["a", "a"]),
    steps: fc
      .tuple(
        fc.constantFrom(accept, accept, accept, page(["send", "early"]), peer("stall")),
        fc.array(step, { maxLength: 8 }),
      )
      .map(([first, rest]) => [first, ...rest]),
  },
  { requiredKeys: ["steps"] },
)

// Set `SAMPLES=1000` in the environment for more.
test("a page cannot tell the fake from a real socket in random scenarios", { timeout: 600_000 }, async ({
  page,
  server,
}) => {
  await open(page, server)
  let count = 0
  const property = fc.asyncProperty(scenario, (scenario) => compare(page, server, scenario, `/ws${count++}`))
  await fc.assert(property, { numRuns: Number(process.env.SAMPLES ?? 50) })
})
