/** A ticker in a page: uses typed messages without htmx, and without writing Effect. */
import * as Schema from "effect/Schema"
import { connect, type WsClient } from "htmx-ext-effect-ws"
import { type Quote, ServerMessage } from "../ServerMessage.ts"

const byId = (id: string) => document.getElementById(id) as HTMLElement

const market = connect("/chatroom.json", {
  incoming: Schema.toStandardSchemaV1(Schema.toCodecJson(ServerMessage)),
  reconnect: (retryCount) => Math.min(500 * 2 ** retryCount, 4000),
})

market.on("message", (message) => {
  if (message._tag === "Everything") byId("quotes").replaceChildren(...message.quotes.map(line))
  if (message._tag === "Traded") byId(idOf(message.quote)).replaceWith(line(message.quote))
})

/** Each state as the class of `ws-status`, and as text for people. */
const states = {
  Connecting: ["connecting", "Connecting…"],
  Open: ["open", "Connected"],
  Waiting: ["reconnecting", "Disconnected"],
  Paused: ["paused", "Paused"],
  Closing: ["open", "Closing…"],
  Closed: ["closed", "Closed"],
  Failed: ["failed", "Given up"],
} satisfies Record<WsClient.State["_tag"], readonly [string, string]>

const show = (state: WsClient.State) => {
  const [name, words] = states[state._tag]
  byId("state").dataset.wsState = name
  byId("state").textContent = words
  byId("retry").textContent =
    state._tag === "Waiting" ? `attempt ${state.attempt} in ${Math.round(state.delay)} ms` : ""
}
show(market.state)
market.on("state", show)

byId("drop").addEventListener("click", () =>
  fetch("/outage", { method: "POST", headers: { "HX-Request": "true" } }),
)

// --- A quote, by the template of the page -----------------------------------------------------------------

const idOf = ({ id }: Quote) => `quote-${id}`

const line = (quote: Quote): HTMLElement => {
  const template = byId("quote") as HTMLTemplateElement
  const item = template.content.firstElementChild?.cloneNode(true) as HTMLElement
  const change = quote.price - (quote.past.at(-1) ?? quote.price)
  const [direction, arrow] = change > 0 ? ["up", "▲"] : change < 0 ? ["down", "▼"] : ["level", "–"]
  const fill = (selector: string, text: string) => item.querySelector(selector)?.append(text)
  item.id = idOf(quote)
  item.classList.add(direction)
  fill(".name", quote.name)
  fill(".price", cents(quote.price))
  fill(".move", `${arrow} ${cents(Math.abs(change))}`)
  item.querySelector("polyline")?.setAttribute("points", points([...quote.past, quote.price]))
  return item
}

const points = (prices: ReadonlyArray<number>) => {
  const low = Math.min(...prices)
  const range = Math.max(...prices) - low || 1
  const step = 100 / Math.max(1, prices.length - 1)
  return prices.map((price, x) => `${x * step},${27 - ((price - low) / range) * 24}`).join(" ")
}

const cents = (value: number) => (value / 100).toFixed(2)
