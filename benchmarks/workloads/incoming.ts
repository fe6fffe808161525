/** Frames from the server. */
import type { Dialect } from "../dialects.ts"
import { differs, type Outcome, type Workload } from "../Workload.ts"

interface Frames extends Pick<Workload, "first" | "name" | "size" | "tiny" | "title"> {
  /** The initial content of the page. */
  readonly content: string
  /** Returns the frame with that number. */
  readonly frame: (n: number, dialect: Dialect) => string
  /** Returns the elements to check after `count` frames have been applied, and their expected texts. */
  readonly shown: { readonly selector: string; readonly texts: (count: number) => Array<string> }
}

/** Sends all frames in one burst, after a tenth of them as a warm-up that is not measured. */
export const incoming = ({ content, frame, name, shown, size, tiny, title, ...more }: Frames): Workload => ({
  name,
  title,
  size,
  tiny,
  body: (dialect) => `<main hidden ${dialect.connect("/ws")}>${content}</main>`,
  ...more,
  async run(stage, size): Promise<Outcome> {
    await stage.opened(1)
    const warm = Math.ceil(size / 10)
    const send = async (from: number, to: number) => {
      const applied = stage.applied(to)
      for (let n = from; n < to; n++) stage.server.send(frame(n, stage.dialect), "/ws")
      await applied
    }
    await send(0, warm)
    const cost = await stage.measure(() => send(warm, warm + size))
    const texts = await stage.texts(shown.selector)
    return { measures: { ...cost }, faults: differs("the page", texts, shown.texts(warm + size)) }
  },
})

/** `places` elements, which the frames replace in rotation. */
export const cells = (places: number): string =>
  Array.from({ length: places }, (_, i) => `<b id="t${i}"></b>`).join("")

/** Returns the content of each place after `count` numbers: the last one put there. */
export const inTurn = (places: number, count: number): Array<string> =>
  Array.from({ length: places }, (_, i) =>
    i < count ? String(i + places * Math.floor((count - 1 - i) / places)) : "",
  )

const words = "The quick brown fox jumps over the lazy dog and runs into the wood. "
const row = `<li class="row"><b>${words}</b></li>`
const rowsIn = (bytes: number) => Math.max(0, Math.round(bytes / row.length) - 1)

/** Makes frames of about `bytes`: a list whose first row is the number of the frame. */
export const lists = (bytes: number): Pick<Frames, "content" | "frame" | "shown"> => ({
  content: `<ul id="list"></ul>`,
  frame: (n, { replace }) =>
    replace("list", `<ul id="list"><li class="row"><b>${n}</b></li>${row.repeat(rowsIn(bytes))}</ul>`),
  shown: {
    selector: "#list > li",
    texts: (count) => [String(count - 1), ...Array<string>(rowsIn(bytes)).fill(words)],
  },
})

export const small = incoming({
  name: "small",
  title: "5,000 small frames over 50 targets",
  size: 5000,
  tiny: 120,
  content: cells(50),
  frame: (n, { replace }) => replace(`t${n % 50}`, `<b id="t${n % 50}">${n}</b>`),
  shown: { selector: "main b", texts: (count) => inTurn(50, count) },
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
  ...lists(50_000),
})

export const fragments = incoming({
  name: "fragments",
  title: "500 frames of 20 fragments",
  size: 500,
  tiny: 10,
  content: cells(50),
  frame: (n, { replaceAll }) =>
    replaceAll(
      Array.from({ length: 20 }, (_, i) => {
        const at = n * 20 + i
        return [`t${at % 50}`, String(at)] as const
      }),
    ),
  shown: { selector: "main b", texts: (count) => inTurn(50, count * 20) },
})
