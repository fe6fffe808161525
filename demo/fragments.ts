/** What pages show of the chat and the market, and what changes on them. */
import * as DateTime from "effect/DateTime"
import { type Html, html, type Room } from "htmx-ext-effect-ws/server"
import type { Change, Conversation } from "./Conversation.ts"
import type { Market, Tick } from "./Market.ts"
import type { Entry, Quote, Trade } from "./ServerMessage.ts"

export const conversation = ({ history, names }: Conversation): Room.Content => ({
  "#messages": html`${history.map(entry)}`,
  "#people": html`${people(names)}`,
})

export const chatChange = (change: Change): Html => {
  switch (change._tag) {
    case "Said":
      return html`
        <ol id="messages" hx-swap-oob="beforeend">${entry(change.entry)}</ol>
        <p id="latest" hx-swap-oob="innerHTML">${change.entry.name ?? "The server"}: ${change.entry.text}</p>
        ${change.forgotten.map(({ id }) => gone(`message-${id}`))}`
    case "Present":
      return html`<ul id="people" hx-swap-oob="innerHTML">${people(change.names)}</ul>`
  }
}

export const market = ({ quotes, tape }: Market): Room.Content => ({
  "#quotes": html`${[...quotes.values()].map(quote)}`,
  "#tape": html`${tape.map(trade)}`,
})

export const tick = (tick: Tick): Html => html`
  ${quote(tick.quote)}
  <ol id="tape" hx-swap-oob="afterbegin">${trade(tick.trade)}</ol>
  ${tick.forgotten.map(({ id }) => gone(`trade-${id}`))}`

const gone = (id: string) => html`<li id="${id}" hx-swap-oob="delete"></li>`

const entry = ({ id, at, message, name, text }: Entry) =>
  name === undefined
    ? html`<li id="message-${id}" class="notice">${text}</li>`
    : html`<li id="message-${id}" class="message" ${message === undefined ? undefined : html`ws-message="${message}"`}>
        <span class="avatar tint-${tint(name)}" aria-hidden="true">${initial(name)}</span>
        <p class="byline"><bdi class="author">${name}</bdi> ${time(at)} ${received}</p>
        <p class="text" dir="auto">${text}</p>
      </li>`

/** Shown to the sender alone: no other page knows the message by its id. */
const received = html`<span class="delivery" ws-delivery><span class="when acked">Received</span></span>`

const people = (names: Conversation["names"]) =>
  [...names.values()].map(
    (name) => html`<li><span class="avatar tint-${tint(name)}" aria-hidden="true">${initial(name)}</span>
      <bdi>${name}</bdi></li>`,
  )

const quote = (of: Quote) => {
  const change = of.price - (of.past.at(-1) ?? of.price)
  const [direction, arrow, word] =
    change > 0 ? ["up", "▲", "up"] : change < 0 ? ["down", "▼", "down"] : ["level", "–", "unchanged"]
  return html`<li id="quote-${of.id}" class="quote ${direction}">
      <span class="name">${of.name}</span>
      <span class="price">${cents(of.price)}</span>
      <span class="move"><span aria-hidden="true">${arrow}</span><span class="unseen">${word}</span>
        ${cents(Math.abs(change))}</span>
      ${chart(of)}
      ${more(of)}
    </li>`
}

/** What a visitor opens and writes here stays when the quote is replaced. */
const more = ({ id, name, past, price }: Quote) => {
  const prices = [...past, price]
  return html`<details id="more-${id}">
        <summary>More<span class="unseen"> about ${name}</span></summary>
        <p>Low ${cents(Math.min(...prices))}, high ${cents(Math.max(...prices))}</p>
        <input id="note-${id}" aria-label="Note about ${name}" placeholder="A note to yourself" autocomplete="off">
      </details>`
}

const chart = ({ past, price }: Quote) => {
  const prices = past.length === 0 ? [price, price] : [...past, price]
  const low = Math.min(...prices)
  const range = Math.max(...prices) - low || 1
  const step = 100 / (prices.length - 1)
  const points = prices.map(
    (price, x) => `${(x * step).toFixed(1)},${(27 - ((price - low) / range) * 24).toFixed(1)}`,
  )
  return html`<svg viewBox="0 0 100 30" preserveAspectRatio="none" aria-hidden="true">
      <polyline points="${points.join(" ")}" vector-effect="non-scaling-stroke" />
    </svg>`
}

const trade = ({ id, at, name, sacks, price }: Trade) => html`<li id="trade-${id}">
    ${time(at)} <span>${sacks} × ${name}</span> <span class="price">${cents(price)}</span>
  </li>`

const cents = (value: number) => (value / 100).toFixed(2)

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" })

const time = (at: DateTime.Utc) =>
  html`<time datetime="${DateTime.formatIso(at)}">${clock.format(DateTime.toDateUtc(at))}</time>`

const initial = (name: string) => [...name][0]?.toUpperCase()

const tint = (name: string) => [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 6
