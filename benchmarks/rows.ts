/** The rows of the tables, with the most that ours may cost in each if the official script costs 1. */
import type { HtmxVersion } from "./dialects.ts"

export interface Row {
  readonly title: string
  readonly workload: string
  readonly measure: string
  /** The contestant whose figure is compared with the target. */
  readonly contestant: string
  readonly target?: Readonly<Partial<Record<HtmxVersion, number>>>
  /** The contestant that it is compared with. */
  readonly to: string
}

const row = (workload: string, title: string, htmx2: number | undefined, more: Partial<Row> = {}): Row => ({
  title,
  workload,
  measure: "cpu",
  contestant: "ours",
  to: "official",
  ...(htmx2 === undefined ? {} : { target: { "2": htmx2, "4": 1 } }),
  ...more,
})

export const rows: ReadonlyArray<Row> = [
  row("small", "5,000 small frames over 50 targets", 0.65),
  row("small", "the same, `batch: true`", 0.4, { contestant: "batch", target: { "2": 0.4 } }),
  row("small", '… `batch: "latest"` against bare', 1, {
    contestant: "latest",
    to: "bare",
    target: { "2": 1 },
  }),
  row("appends", "2,000 frames appended (`beforeend`)", 0.7),
  row("appends", "the same, `batch: true`", undefined, { contestant: "batch" }),
  row("fragments", "500 frames of 20 fragments", 0.6),
  row("large", "200 frames of 50 KB", 0.95),
  row("submits", "5,000 form submits", 0.9),
  row("sends", "25,000 programmatic sends", 1.05),
  row("draining", "draining 5,000 queued messages", 0.9),
  row("connections", "opening and closing 200 connections", 1.1),
  row("connections", "heap per connection", 2.5, { measure: "heap" }),
  row("connections", "of it JavaScript's", undefined, { measure: "jsHeap" }),
  row("cycles", "growth of the heap per mount and unmount", 1, { measure: "growth" }),
  row("idle", "50 idle connections", 1),
  row("evaluation", "evaluation of the script", undefined),
]
