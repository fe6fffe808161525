/** Profiles a workload by function. */
import type { Protocol } from "../node_modules/playwright-core/types/protocol.d.ts"
import type { Browser } from "./Browser.ts"
import type { Session } from "./Cdp.ts"
import type { Contestant } from "./contestants.ts"
import type { HtmxVersion } from "./dialects.ts"
import { type Cost, Meter } from "./Meter.ts"
import { patience } from "./rounds.ts"
import { Stage } from "./Stage.ts"
import type { Workload } from "./Workload.ts"

/** A meter that also records a CPU profile. */
class Profiler extends Meter {
  readonly profiles: Array<Protocol.Profiler.Profile> = []
  readonly #session: Session

  static override async on(session: Session): Promise<Profiler> {
    await session.send("Performance.enable")
    await session.send("Profiler.enable")
    await session.send("Profiler.setSamplingInterval", { interval: 100 })
    return new Profiler(session)
  }

  private constructor(session: Session) {
    super(session)
    this.#session = session
  }

  override measure(work: () => Promise<unknown>, settled: () => Promise<unknown>): Promise<Cost> {
    return super.measure(async () => {
      await this.#session.send("Profiler.start")
      await work()
      this.profiles.push((await this.#session.send("Profiler.stop")).profile)
    }, settled)
  }
}

type Node = Protocol.Profiler.ProfileNode

const scriptOf = ({ callFrame: { url } }: Node): string =>
  url.endsWith("/contestant.js")
    ? "extension"
    : /\/htmx-\d/.test(url)
      ? "htmx"
      : url === ""
        ? "browser"
        : "page"

const nameOf = ({ callFrame: { functionName, lineNumber, url } }: Node): string =>
  `${functionName || "(anonymous)"}${url === "" ? "" : `:${lineNumber + 1}`}`

interface Line {
  readonly script: string
  readonly name: string
  /** The script that called it if it is a function of the browser; else its own script. */
  readonly caller: string
  readonly share: number
}

/** Self time by function, as a share of the page's busy time; functions of the browser, by their caller. */
const linesOf = (profiles: ReadonlyArray<Protocol.Profiler.Profile>): Array<Line> => {
  const times = new Map<string, Omit<Line, "share"> & { time: number }>()
  for (const { nodes, samples = [], timeDeltas = [] } of profiles) {
    const parents = new Map(
      nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
    )
    const callerOf = (node: Node): Node => {
      const parent = parents.get(node.id)
      return scriptOf(node) !== "browser" || parent === undefined ? node : callerOf(parent)
    }
    const lines = new Map(
      nodes.map((node) => {
        const caller = callerOf(node)
        const by = caller === node || scriptOf(caller) === "browser" ? "" : ` by ${nameOf(caller)}`
        return [
          node.id,
          { script: scriptOf(node), name: `${nameOf(node)}${by}`, caller: scriptOf(caller) },
        ] as const
      }),
    )
    samples.forEach((id, i) => {
      const line = lines.get(id)
      if (line === undefined || line.name === "(idle)") return
      const key = `${line.script} ${line.caller} ${line.name}`
      const known = times.get(key) ?? { ...line, time: 0 }
      times.set(key, { ...known, time: known.time + (timeDeltas[i] ?? 0) })
    })
  }
  const all = sum(Array.from(times.values(), ({ time }) => time))
  return [...times.values()]
    .sort((a, b) => b.time - a.time)
    .map(({ time, ...line }) => ({ ...line, share: time / all }))
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, one) => sum + one, 0)

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** Lists the functions with the most self time, and sums for each script, alone and with its calls of the browser. */
export const profile = async (
  browser: Browser,
  generation: HtmxVersion,
  workload: Workload,
  contestant: Contestant,
  count = 40,
): Promise<string> => {
  const profiler = Promise.withResolvers<Profiler>()
  const meterOn = async (session: Session) => {
    const made = await Profiler.on(session)
    profiler.resolve(made)
    return made
  }
  const play = { ...workload, generation, contestant }
  await Stage.with(browser, play, patience, (stage) => workload.run(stage, workload.size), meterOn)
  const lines = linesOf((await profiler.promise).profiles)
  const shareOf = (those: (line: Line) => boolean) => sum(lines.filter(those).map(({ share }) => share))
  const sums = ["extension", "htmx", "page", "browser"].map((script) => {
    const own = shareOf((line) => line.script === script)
    const all = shareOf((line) => line.caller === script)
    return `${script} ${percent(own)}${script === "browser" ? ` (${percent(all)} on its own)` : ` (${percent(all)} with browser calls)`}`
  })
  return [
    `${contestant.name} on htmx ${generation}, ${workload.title}: ${sums.join(", ")}`,
    ...lines
      .slice(0, count)
      .map(
        ({ caller, name, script, share }) =>
          `${percent(share).padStart(7)}  ${(script === "browser" ? `${script} for ${caller}` : script).padEnd(21)}  ${name}`,
      ),
  ].join("\n")
}
