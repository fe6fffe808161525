/** Draws when clients dial by each policy: docs/schedules.svg. */
import * as Schedule from "effect/Schedule"
import { Delays } from "../benchmarks/herd/Delays.ts"
import { connectionOf } from "../benchmarks/herd/policies.ts"
import { defaults as defaults2 } from "../src/htmx/v2/extension.ts"
import { defaults as defaults4 } from "../src/htmx/v4/extension.ts"
import type { WsConfig } from "../src/htmx/WsConfig.ts"

/** The policies, by what a page or program writes. */
const policies: ReadonlyArray<readonly [written: string, config: WsConfig, isOn4?: boolean]> = [
  ["the default of htmx 1.9 and 2", {}],
  ["the default of htmx 4", {}, true],
  ["reconnectMaxDelay:10s", { reconnectMaxDelay: "10s" }],
  ["reconnectDelay:5s, reconnectMaxDelay:30s", { reconnectDelay: "5s", reconnectMaxDelay: "30s" }],
  ["reconnectJitter:0", { reconnectJitter: 0 }],
  ['Schedule.fibonacci("1 second")', { reconnectDelay: Schedule.fibonacci("1 second") }],
  [
    'Schedule.jittered(Schedule.spaced("5 seconds"))',
    { reconnectDelay: Schedule.jittered(Schedule.spaced("5 seconds")) },
  ],
]

const clients = 24
const seed = "schedules"

const width = 760
const left = 20
const top = 74
const rowHeight = 84

/** The scale is logarithmic: what matters of the first second is as wide as what matters of the last minute. */
const [first, last] = [0.1, 300]
const ticks = [0.1, 0.3, 1, 3, 10, 30, 100, 300]
const across = (seconds: number): number =>
  left + (Math.log(Math.max(seconds, first) / first) / Math.log(last / first)) * (width - 2 * left)

const round = (number: number): number => Math.round(number * 10) / 10
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** Has both themes, each with its own background: an image cannot see the background of its page. */
const style = `
.ground { fill: #ffffff; stroke: #d0d7de }
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #59636e }
.title { font-size: 16px; font-weight: 600; fill: #1f2328 }
.name { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
.line { stroke: #d0d7de }
.odd { stroke: #0a6cbd; stroke-width: 1.5 }
.even { stroke: #bc4c00; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; stroke: #3d444d }
  text { fill: #9198a1 }
  .title, .name { fill: #f0f6fc }
  .line { stroke: #2f353d }
  .odd { stroke: #4aa3f0 }
  .even { stroke: #f0883e }
}`

/** The dials of all clients while nobody answers, as dots: a row for each client, and a colour for every other retry. */
const dots = (delays: Delays, y: number): string => {
  const paths = { odd: "", even: "" }
  for (let client = 0; client < clients; client++) {
    let seconds = 0
    for (let retry = 0; seconds < last && retry < 200; retry++) {
      seconds += delays.of(client, retry) / 1000
      if (seconds <= last)
        paths[retry % 2 === 0 ? "odd" : "even"] +=
          `M${Math.round(across(seconds))} ${Math.round(y + client * 2)}h2`
    }
  }
  return Object.entries(paths)
    .map(([kind, path]) => `<path class="${kind}" d="${path}"/>`)
    .join("")
}

/** Returns the image. */
export const figure = (): string => {
  const floor = top + policies.length * rowHeight
  const rows = policies.map(([written, config, isOn4 = false], row) => {
    const policy = connectionOf(config, isOn4 ? defaults4 : defaults2).reconnectPolicy
    const y = top + row * rowHeight
    return [
      `<text x="${left}" y="${y + 12}" class="name">${escaped(written)}</text>`,
      dots(new Delays(policy, clients, seed), y + 20),
    ].join("\n")
  })
  const grid = ticks.map(
    (tick) =>
      `<path d="M${round(across(tick))} ${top}V${floor}" class="line"/><text x="${round(across(tick))}" y="${floor + 18}" text-anchor="middle">${tick}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${floor + 48}" width="${width}" height="${floor + 48}" role="img" aria-labelledby="title">`,
    `<title id="title">When ${clients} clients dial while nobody answers, by policy</title>`,
    `<style>${style}\n</style>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${floor + 47}" rx="6" class="ground"/>`,
    `<text x="${left}" y="30" class="title">When ${clients} clients dial while nobody answers</text>`,
    `<text x="${left}" y="50">each line of dots is a client; the colour changes with each retry</text>`,
    ...grid,
    ...rows,
    `<text x="${width / 2}" y="${floor + 38}" text-anchor="middle">seconds since the connection was lost, on a logarithmic scale</text>`,
    "</svg>\n",
  ].join("\n")
}
