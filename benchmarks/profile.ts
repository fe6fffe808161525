/** Where the time of a workload goes, by function. */
import type { Protocol } from "../node_modules/playwright-core/types/protocol.d.ts"
import type { Browser } from "./Browser.ts"
import type { Session } from "./Cdp.ts"
import type { Contestant } from "./contestants.ts"
import type { Generation } from "./dialects.ts"
import { type Cost, Meter } from "./Meter.ts"
import { patience } from "./rounds.ts"
import { Stage } from "./Stage.ts"
import type { Workload } from "./Workload.ts"

/** A meter that writes a CPU profile meanwhile. */
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

const scriptOf = (url: string): string =>
  url.endsWith("/contestant.js")
    ? "extension"
    : /\/htmx-\d/.test(url)
      ? "htmx"
      : url === ""
        ? "browser"
        : "page"

interface Line {
  readonly script: string
  readonly name: string
  readonly share: number
}

/** Self time by function, as a share of the time in which the page did something. */
const linesOf = (profiles: ReadonlyArray<Protocol.Profiler.Profile>): Array<Line> => {
  const times = new Map<string, number>()
  for (const { nodes, samples = [], timeDeltas = [] } of profiles) {
    const names = new Map(
      nodes.map(({ callFrame, id }) => {
        const { functionName, lineNumber, url } = callFrame
        const line = url === "" ? "" : `:${lineNumber + 1}`
        return [id, `${scriptOf(url)} ${functionName || "(anonymous)"}${line}`]
      }),
    )
    samples.forEach((id, i) => {
      const name = names.get(id) ?? ""
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0))
    })
  }
  times.delete("browser (idle)")
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .map(([key, time]) => {
      const [script = "", ...name] = key.split(" ")
      return { script, name: name.join(" "), share: time / all }
    })
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(7)

/** The functions with the most self time, and what each script has of it. */
export const profile = async (
  browser: Browser,
  generation: Generation,
  workload: Workload,
  contestant: Contestant,
  count = 25,
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
  const scripts = Map.groupBy(lines, ({ script }) => script)
  const sums = Array.from(scripts, ([script, own]) => {
    const share = own.reduce((sum, line) => sum + line.share, 0)
    return `${script} ${percent(share).trim()}`
  })
  return [
    `${contestant.name} on htmx ${generation}, ${workload.title}: ${sums.join(", ")}`,
    ...lines
      .slice(0, count)
      .map(({ name, script, share }) => `${percent(share)}  ${script.padEnd(9)}  ${name}`),
  ].join("\n")
}
