/** Draws the traffic as one SVG, with a row for each policy and a column for each scenario. */
import type { Traffic } from "./run.ts"
import { WINDOW } from "./simulate.ts"

/** A column: a scenario, and how many seconds of it are shown. */
export interface Column {
  readonly name: string
  readonly seconds: number
}

export interface Panel {
  readonly traffic: Traffic
  /** The note beside the name of its row. */
  readonly remark: string
}

export interface Row {
  readonly name: string
  /** One for each column. */
  readonly panels: ReadonlyArray<Panel>
}

const width = 960
const left = 52
const right = 20
const gap = 56
const top = 104
const bottom = 44
const headHeight = 24
const panelHeight = 72
const rowHeight = headHeight + panelHeight + 16

/** The shares of the clients with a grid line, and the share at the top. */
const shares = [0.05, 0.25, 1]
const highest = 1.3

/** Heights are square roots: on a linear scale, the capacity of the server would coincide with zero. */
const height = (share: number): number => Math.sqrt(Math.min(share / highest, 1)) * panelHeight

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
const round = (number: number): number => Math.round(number * 10) / 10

const text = (x: number, y: number, kind: string, content: string): string =>
  `<text x="${round(x)}" y="${round(y)}" class="${kind}">${escaped(content)}</text>`

/** Returns the share of the clients that dialled, for each second. */
const perSecond = (counts: Uint32Array, clients: number, seconds: number): ReadonlyArray<number> =>
  Array.from({ length: seconds }, (_, second) => {
    const start = (second * 1000) / WINDOW
    return counts.subarray(start, start + 1000 / WINDOW).reduce((sum, count) => sum + count, 0) / clients
  })

/** Has both themes, each with its own background: an image cannot see the background of its page. */
const style = `
.ground { fill: #ffffff; stroke: #d0d7de }
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 }
.name { font-size: 13px; font-weight: 600 }
.quiet { fill: #59636e }
.end { text-anchor: end }
.middle { text-anchor: middle }
.down { fill: #818b98; opacity: .22 }
.line { stroke: #d0d7de; stroke-width: 1; fill: none }
.axis { stroke: #59636e; stroke-width: 1; fill: none }
.dials { fill: #0a6cbd }
.back { stroke: #bc4c00; stroke-width: 2; fill: none; stroke-linejoin: round }
.capacity { stroke: #1f2328; stroke-width: 1; stroke-dasharray: 5 3; fill: none }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; stroke: #3d444d }
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .down { fill: #9198a1 }
  .line { stroke: #2f353d }
  .axis { stroke: #9198a1 }
  .dials { fill: #4aa3f0 }
  .back { stroke: #f0883e }
  .capacity { stroke: #f0f6fc }
}`

/** Ticks that divide an axis of this many seconds into six parts. */
const ticks = (seconds: number): ReadonlyArray<number> =>
  Array.from({ length: 7 }, (_, part) => (seconds / 6) * part)

const drawPanel = (
  x: number,
  y: number,
  panelWidth: number,
  seconds: number,
  { traffic, remark }: Panel,
): string => {
  const { clients, scenario } = traffic
  const floor = y + panelHeight
  const at = (second: number) => round(x + (second / seconds) * panelWidth)
  const level = (share: number) => round(floor - height(share))
  const across = (share: number, kind: string) =>
    `<path d="M${round(x)} ${level(share)}H${round(x + panelWidth)}" class="${kind}"/>`

  const dials = perSecond(traffic.dials, clients, seconds)
  const bars = dials.map((share, second) => `V${level(share)}H${at(second + 1)}`).join("")
  let back = 0
  const curve = perSecond(traffic.returns, clients, seconds).map((share, second) => {
    back += share
    return `L${at(second + 1)} ${level(back)}`
  })
  return [
    `<rect x="${round(x)}" y="${y}" width="${round(at(scenario.outage / 1000) - x)}" height="${panelHeight}" class="down"/>`,
    ...ticks(seconds).map((second) => `<path d="M${at(second)} ${y}V${floor}" class="line"/>`),
    ...shares.map((share) => across(share, "line")),
    ...shares.map((share) => text(x - 6, level(share) + 4, "quiet end", `${share * 100} %`)),
    `<path d="M${round(x)} ${floor}${bars}V${floor}Z" class="dials"/>`,
    across(scenario.capacity, "capacity"),
    `<path d="M${round(x)} ${floor}${curve.join("")}" class="back"/>`,
    across(0, "axis"),
    text(x + panelWidth, y - 8, "quiet end", remark),
  ].join("\n")
}

const legend: ReadonlyArray<readonly [x: number, sign: string, meaning: string]> = [
  [left, `<rect width="22" height="12" class="dials"/>`, "dials per second, % of the clients"],
  [left + 262, `<path d="M0 6H22" class="back"/>`, "clients back, %"],
  [left + 410, `<path d="M0 6H22" class="capacity"/>`, "what the server can take"],
  [left + 614, `<rect width="22" height="12" class="down"/>`, "server away"],
]

/** `title` and `description` are the text alternatives of the image. */
export const plot = (
  title: string,
  description: string,
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<Row>,
): string => {
  const panelWidth = (width - left - right - gap * (columns.length - 1)) / columns.length
  const columnAt = (column: number) => left + column * (panelWidth + gap)
  const floor = top + (rows.length - 1) * rowHeight + headHeight + panelHeight
  const total = floor + bottom

  const signs = legend.map(([x, sign, meaning]) =>
    [`<g transform="translate(${x} 46)">${sign}</g>`, text(x + 30, 56, "quiet", meaning)].join("\n"),
  )
  const heads = columns.map(({ name }, column) => text(columnAt(column), 90, "name", name))
  const panels = rows.flatMap(({ name, panels }, row) => {
    const y = top + row * rowHeight + headHeight
    return [
      text(left, y - 8, "name", name),
      ...panels.map((panel, column) =>
        drawPanel(columnAt(column), y, panelWidth, columns[column]?.seconds ?? 0, panel),
      ),
    ]
  })
  const scale = text(width - right, 32, "quiet end", "heights are square roots")
  const axes = columns.flatMap(({ seconds }, column) => [
    ...ticks(seconds).map((second) =>
      text(columnAt(column) + (second / seconds) * panelWidth, floor + 18, "quiet middle", `${second}`),
    ),
    text(
      columnAt(column) + panelWidth / 2,
      floor + 36,
      "quiet middle",
      "seconds since the connections were lost",
    ),
  ])
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${style}\n</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${total - 1}" rx="6" class="ground"/>`,
    text(left, 32, "title", title),
    scale,
    ...signs,
    ...heads,
    ...panels,
    ...axes,
    "</svg>\n",
  ].join("\n")
}
