/** Checks that the benchmarks do what they measure, and report scripts that do not. Measures no time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { Browser } from "../../benchmarks/Browser.ts"
import { type Contestant, contestants } from "../../benchmarks/contestants.ts"
import type { HtmxVersion } from "../../benchmarks/dialects.ts"
import { bare } from "../../benchmarks/inPage.ts"
import { sample } from "../../benchmarks/rounds.ts"
import type { Workload } from "../../benchmarks/Workload.ts"
import { connections } from "../../benchmarks/workloads/connections.ts"
import { series } from "../../benchmarks/workloads/growth.ts"
import { appends, fragments, small } from "../../benchmarks/workloads/incoming.ts"
import { workloads } from "../../benchmarks/workloads/index.ts"
import { submits } from "../../benchmarks/workloads/outgoing.ts"

/** Starts Chromium as the benchmarks do, without tracing. */
let browser: Browser
beforeAll(async () => {
  browser = await Browser.launch()
})
afterAll(() => browser.close())

const [, ours2, withoutHtmx] = contestants("2") as [Contestant, Contestant, Contestant]
const [official4, ours4] = contestants("4") as [Contestant, Contestant]
const growing = series.flatMap(({ points }) => points.slice(1, 2).map(([, workload]) => workload))

const runs: ReadonlyArray<{ generation: HtmxVersion; workload: Workload; contestant: Contestant }> = [
  ...[...workloads, ...growing].map((workload, i) =>
    i % 2 === 0
      ? { generation: "2" as const, workload, contestant: ours2 }
      : { generation: "4" as const, workload, contestant: ours4 },
  ),
  { generation: "4", workload: fragments, contestant: official4 },
  { generation: "2", workload: submits, contestant: withoutHtmx },
]

describe.concurrent("a benchmark", () => {
  test.for(runs)(
    "of $workload.name, by $contestant.name on htmx $generation, has the expected result",
    async ({ contestant, generation, workload }) => {
      const { faults, measures } = await sample(browser, generation, workload, contestant, workload.tiny)
      expect(faults).toEqual([])
      expect(Object.values(measures).every(Number.isFinite)).toBe(true)
    },
  )

  const broken = (code: string): Contestant => ({
    ...withoutHtmx,
    script: { code: `${code}; (${bare})()` },
  })

  test.for([
    ["swaps nothing", small, "Element.prototype.replaceWith = () => {}", "the page"],
    [
      "applies the frames in another order",
      appends,
      `const texts = []
      const listen = WebSocket.prototype.addEventListener
      WebSocket.prototype.addEventListener = function (type, apply) {
        listen.call(this, type, type !== "message" ? apply : (event) => {
          texts.unshift(event.data)
          if (texts.length === 3) for (const data of texts.splice(0)) apply({ data })
        })
      }`,
      "the page",
    ],
    [
      "sends everything twice",
      submits,
      `const send = WebSocket.prototype.send
      WebSocket.prototype.send = function (text) {
        send.call(this, text)
        send.call(this, text)
      }`,
      "what the server received",
    ],
    [
      "leaves its sockets open",
      connections,
      "WebSocket.prototype.close = () => {}",
      "not done after 2 s",
      2000,
    ],
    ["complains", small, `console.error("nothing works")`, "nothing works"],
  ] as const)("fails a script that %s", async ([, workload, code, sentence, limit]) => {
    const { faults } = await sample(browser, "2", workload, broken(code), workload.tiny, limit)
    expect(faults.join()).toContain(sentence)
  })
})
