/** Measures how the cost of one message grows with the number of connections, and with its size. */
import { multiplex } from "../inPage.ts"
import type { Workload } from "../Workload.ts"
import { cells, incoming, inTurn, lists } from "./incoming.ts"

/** Workloads that differ in one parameter, by its value as shown in the table. */
export interface Series {
  readonly title: string
  readonly points: ReadonlyArray<readonly [label: string, workload: Workload]>
}

/** Returns the CPU time of a run, divided by its amount. */
const per = (amount: (size: number) => number, workload: Workload): Workload => ({
  ...workload,
  async run(stage, size) {
    const {
      faults,
      measures: { cpu = Number.NaN },
    } = await workload.run(stage, size)
    return { measures: { cost: cpu / amount(size) }, faults }
  },
})

/** The same frames over the same targets, over an increasing number of connections in rotation. */
const over = (count: number): Workload => {
  const workload = incoming({
    name: `connections-${count}`,
    title: `small frames over ${count} connections`,
    size: 2000,
    tiny: 20,
    content: cells(1000),
    first: multiplex,
    frame: (n, { replace }) => `${n % count} ${replace(`t${n % 1000}`, `<b id="t${n % 1000}">${n}</b>`)}`,
    shown: { selector: "main > b", texts: (frames) => inTurn(1000, frames) },
  })
  return per((size) => size, {
    ...workload,
    body: ({ connect }) => `<main hidden>${cells(1000)}${`<p ${connect("/ws")}></p>`.repeat(count)}</main>`,
    async run(stage, size) {
      await stage.opened(count)
      return workload.run(stage, size)
    },
  })
}

const ofSize = (label: string, bytes: number, size: number): Workload =>
  per(
    (size) => size * bytes,
    incoming({ name: `bytes-${bytes}`, title: `frames of ${label}`, size, tiny: 1, ...lists(bytes) }),
  )

export const series: ReadonlyArray<Series> = [
  {
    title: "CPU per message, by connections on the page",
    points: [1, 10, 100, 1000].map((count) => [`${count}`, over(count)] as const),
  },
  {
    title: "CPU per byte, by size of the frame",
    points: [
      ["1 KB", ofSize("1 KB", 1_000, 1000)],
      ["10 KB", ofSize("10 KB", 10_000, 100)],
      ["100 KB", ofSize("100 KB", 100_000, 20)],
      ["1 MB", ofSize("1 MB", 1_000_000, 3)],
      ["5 MB", ofSize("5 MB", 5_000_000, 1)],
    ],
  },
]
