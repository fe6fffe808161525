import * as DateTime from "effect/DateTime"
import { type Change, cursor, type Room, since } from "./Chat.ts"
import type { Dialect } from "./Dialect.ts"
import type { Market, Tick } from "./Feed.ts"
import { type Html, html } from "./html.ts"
import type { Entry, Quote, Trade } from "./ServerMessage.ts"

/** Encodes the room and the market as HTML fragments for pages. */
export const fragments: Dialect = {
  greeting: (room, market, lastId) => {
    const missed = lastId === undefined ? undefined : since(room, lastId)
    const shown =
      missed === undefined
        ? messages("innerHTML", room.history)
        : html`${messages("beforeend", missed.entries)}${missed.forgotten.map((id) => gone(`message-${id}`))}`
    const id = cursor(room)
    return [
      `<!--id:${id}-->${shown.source}${present(room, market).source}`,
      // With this the page knows that it lacks nothing more.
      JSON.stringify({ "HX-Resync": false, id }),
    ]
  },
  chatChange: (change) =>
    `${change._tag === "Said" ? `<!--id:${change.cursor}-->` : ""}${chatChange(change).source}`,
  tick: (change) => tick(change).source,
}

const messages = (swap: string, entries: ReadonlyArray<Entry>): Html =>
  html`<ol id="messages" hx-swap-oob="${swap}">${entries.map(entry)}</ol>`

/** What is not counted as messages are: of this the newest counts. */
const present = (room: Room, market: Market): Html => html`
  <ul id="people" hx-swap-oob="innerHTML">${people(room.names)}</ul>
  <ul id="quotes" hx-swap-oob="innerHTML">${[...market.quotes.values()].map(quote)}</ul>
  <ol id="tape" hx-swap-oob="innerHTML">${market.tape.map(trade)}</ol>`

const chatChange = (change: Change): Html => {
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

const tick = (change: Tick): Html => html`
  ${quote(change.quote)}
  <ol id="tape" hx-swap-oob="afterbegin">${trade(change.trade)}</ol>
  ${change.forgotten.map(({ id }) => gone(`trade-${id}`))}`

const gone = (id: string) => html`<li id="${id}" hx-swap-oob="delete"></li>`

export const entry = ({ id, at, name, text }: Entry) =>
  name === undefined
    ? html`<li id="message-${id}" class="notice">${text}</li>`
    : html`<li id="message-${id}" class="message">
        <span class="avatar tint-${tint(name)}" aria-hidden="true">${initial(name)}</span>
        <p class="byline"><bdi class="author">${name}</bdi> ${time(at)}</p>
        <p class="text" dir="auto">${text}</p>
      </li>`

const people = (names: Room["names"]) =>
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
    </li>`
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
