/** Frames from the server. */
import type { Dialect } from "../dialects.ts"
import type { Stage } from "../Stage.ts"
import { differs, type Outcome, type Workload } from "../Workload.ts"

interface Frames {
  readonly name: string
  readonly title: string
  readonly size: number
  readonly tiny: number
  /** What the page shows at first. */
  readonly content: string
  readonly frame: (n: number, dialect: Dialect) => string
  /** Where to look when `count` frames have been applied, and the texts that must be there. */
  readonly shown: { readonly selector: string; readonly texts: (count: number) => Array<string> }
}

const send = async (stage: Stage, from: number, to: number, frame: Frames["frame"], path: string) => {
  const { dialect, page, server } = stage
  const mark = String(to)
  const finished = page.evaluate((mark) => window.bench.finished(mark), mark)
  const frames = Array.from({ length: to - from }, (_, i) => frame(from + i, dialect))
  frames.push(dialect.replace("finish", `<i id="finish">${mark}</i>`))
  for (const text of frames) server.send(text, path)
  await finished
}

/** All frames in one burst, after a tenth of them that warms up the page and does not count. */
const incoming = ({ content, frame, name, shown, size, tiny, title }: Frames): Workload => ({
  name,
  title,
  size,
  tiny,
  body: (dialect) => `<main ${dialect.connect("/ws")}>${content}</main>`,
  async run(stage, size): Promise<Outcome> {
    await stage.opened(1)
    const warm = Math.ceil(size / 10)
    await send(stage, 0, warm, frame, "/ws")
    const cost = await stage.measure(() => send(stage, warm, warm + size, frame, "/ws"))
    return {
      measures: { ...cost },
      faults: [
        ...differs("the page", await stage.texts(shown.selector), shown.texts(warm + size)),
        ...differs("frames told as applied", await stage.applied(), warm + size + 2),
      ],
    }
  },
})

const targets = Array.from({ length: 50 }, (_, i) => `t${i}`)
const cells = targets.map((id) => `<b id="${id}"></b>`).join("")

/** The last of `count` numbers that stands in each of 50 places, where they go round in turn. */
const inTurn = (count: number) =>
  targets.map((_, i) => (i < count ? String(i + 50 * Math.floor((count - 1 - i) / 50)) : ""))

const words = "The quick brown fox jumps over the lazy dog and runs into the wood. "

/** About `bytes` of HTML: rows of a list, with the number of the frame in the first. */
export const list = (n: number, bytes: number): string => {
  const row = `<li class="row"><b>${words}</b></li>`
  const rows = row.repeat(Math.max(0, Math.round(bytes / row.length) - 1))
  return `<ul id="list"><li class="row"><b class="n">${n}</b></li>${rows}</ul>`
}

export const small = incoming({
  name: "small",
  title: "5,000 small frames over 50 targets",
  size: 5000,
  tiny: 120,
  content: cells,
  frame: (n, { replace }) => replace(`t${n % 50}`, `<b id="t${n % 50}">${n}</b>`),
  shown: { selector: "main b", texts: inTurn },
})

export const appends = incoming({
  name: "appends",
  title: "2,000 frames appended (`beforeend`)",
  size: 2000,
  tiny: 30,
  content: `<div id="log"></div>`,
  frame: (n, { append }) => append("log", `<p>${n}</p>`),
  shown: { selector: "#log > p", texts: (count) => Array.from({ length: count }, (_, n) => String(n)) },
})

export const large = incoming({
  name: "large",
  title: "200 frames of 50 KB",
  size: 200,
  tiny: 3,
  content: `<ul id="list"></ul>`,
  frame: (n, { replace }) => replace("list", list(n, 50_000)),
  shown: {
    selector: "#list > li",
    texts: (count) => [
      String(count - 1),
      ...Array.from({ length: list(0, 50_000).split(words).length - 1 }, () => words),
    ],
  },
})

export const fragments = incoming({
  name: "fragments",
  title: "500 frames of 20 fragments",
  size: 500,
  tiny: 10,
  content: cells,
  frame: (n, { replaceAll }) =>
    replaceAll(
      Array.from({ length: 20 }, (_, i) => {
        const at = n * 20 + i
        return [`t${at % 50}`, String(at)] as const
      }),
    ),
  shown: { selector: "main b", texts: (count) => inTurn(count * 20) },
})
