import { type Html, html, type Room } from "htmx-ext-effect-ws/server"
import { maxName, maxText } from "./ClientMessage.ts"

/** A generation of htmx, and the two extensions with which the page can be tried on it. */
export interface Edition {
  readonly id: string
  readonly path: `/${string}`
  readonly label: string
  /** Files, from the root of the repository. */
  readonly htmx: string
  readonly ours: string
  readonly official: string
  /** A warning about this page with the official script, if it does not work as expected. */
  readonly warning?: string
}

export const editions: ReadonlyArray<Edition> = [
  {
    id: "htmx2",
    path: "/",
    label: "htmx 2",
    htmx: "node_modules/htmx-2/dist/htmx.min.js",
    ours: "dist/ws.min.js",
    official: "node_modules/htmx-ext-ws/ws.js",
  },
  {
    id: "htmx1",
    path: "/htmx1",
    label: "htmx 1.9",
    htmx: "node_modules/htmx-1.9/dist/htmx.min.js",
    ours: "dist/ws.min.js",
    official: "node_modules/htmx-1.9/dist/ext/ws.js",
  },
  {
    id: "htmx4",
    path: "/htmx4",
    label: "htmx 4",
    htmx: "node_modules/htmx-4/dist/htmx.min.js",
    ours: "dist/hx-ws.min.js",
    official: "node_modules/htmx-4/dist/ext/hx-ws.js",
    warning: "this page does not work there: it uses the attributes and messages of htmx 2",
  },
]

export const scripts = ["ours", "official"] as const
export type Script = (typeof scripts)[number]

const scriptNames = { ours: "htmx-ext-effect-ws", official: "the official extension" }

const config = JSON.stringify({
  // These would need inline styles and eval, which the Content-Security-Policy forbids.
  includeIndicatorStyles: false,
  includeIndicatorCSS: false,
  allowEval: false,
  ws: { reconnectDelay: "500ms", reconnectMaxDelay: "4s" },
})

/** The companions that the page uses, with our script alone. */
export const companions = ["ws-resume", "ws-delivery", "ws-keep"] as const

const states = html`
  <span class="when queued">Waiting…</span>
  <span class="when sent">Sent…</span>
  <span class="when acked">Received</span>
  <span class="when failed">Not sent</span>
  <span class="when unknown">Perhaps not received</span>`

/** A message until the room's own row takes its place. */
const outgoing = html`<li class="message">
  <span class="avatar tint-own" aria-hidden="true">↑</span>
  <p class="byline"><bdi class="author" ws-value="name"></bdi>
    <span class="delivery" ws-delivery>${states}
      <button type="button" class="when failed unknown" ws-retry>Send again</button></span></p>
  <p class="text" dir="auto" ws-value="text"></p>
</li>`

export const page = (
  edition: Edition,
  script: Script,
  guest: string,
  content: Room.Content,
  id: string,
): Html => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="htmx-config" content="${config}">
  <title>The Coffee Exchange</title>
  <link rel="icon" href="/assets/icon.svg">
  <link rel="stylesheet" href="/assets/demo.css">
  <script src="/scripts/${edition.id}/htmx.js" defer></script>
  <script src="/scripts/${edition.id}/${script}.js" defer></script>
  <script src="/scripts/inspector.js" defer></script>
  ${script === "ours" ? companions.map((name) => html`<script src="/scripts/${name}.js" defer></script>`) : undefined}
  <script src="/assets/demo.js" defer></script>
</head>
<body hx-ext="ws">
<main ws-connect="/chatroom" ws-resume="${id}">
  <header>
    <h1>The Coffee Exchange</h1>
    <p>A chat room and a live market, over one WebSocket. Open this page twice.</p>
  </header>

  <section class="connection" aria-label="Connection">
    <div class="now">
      <p class="state" role="status" ws-status>
        <span class="when connecting">Connecting…</span>
        <span class="when open">Connected</span>
        <span class="when reconnecting">Disconnected</span>
        <span class="when paused">Paused</span>
        <span class="when closed">Closed</span>
        <span class="when failed">Given up</span>
        <span class="when unreported">State not reported</span>
      </p>
      <p class="retry" id="retry" hidden>
        <span id="retry-text"></span>
        <progress id="retry-progress" aria-label="Time until the next attempt"></progress>
      </p>
      <p class="caught-up" id="caught-up" role="status"></p>
    </div>
    <button type="button" hx-post="/outage" hx-swap="none">Drop everybody (5 s)</button>
    <button type="button" id="inspect">Inspect</button>
  </section>

  <section class="chat" aria-labelledby="chat-title">
    <header>
      <h2 id="chat-title">Chat</h2>
      <ul id="people" aria-label="People here">${content["#people"]}</ul>
    </header>
    <div class="scroll" id="log" role="region" aria-label="Messages" tabindex="0"
      ${script === "ours" ? html`ws-stick="bottom"` : undefined}>
      <div>
        <ol id="messages">${content["#messages"]}</ol>
        <ol id="outgoing" aria-label="Your messages on their way">
          <template ws-outgoing="#say">${outgoing}</template>
        </ol>
      </div>
    </div>
    <p class="unseen" id="latest" aria-live="polite"></p>
    <div class="compose">
      <label for="name">Name</label>
      <input id="name" name="name" value="${guest}" maxlength="${maxName}" required autocomplete="nickname"
        ws-send hx-trigger="change, htmx:wsOpen from:body, htmx:ws:after:connection from:body" hx-vals='{"_tag": "Rename"}'>
      <form id="say" method="post" action="/say" ws-send ws-ack="10s reset" hx-post="/say" hx-swap="none"
        ${edition.id === "htmx4" ? html`hx-disable` : html`hx-disabled-elt`}="find button"
        hx-include="#name" hx-vals='{"_tag": "Say"}' autocomplete="off">
        <noscript><input type="hidden" name="name" value="${guest}"></noscript>
        <label for="text">Message</label>
        <input id="text" name="text" maxlength="${maxText}" required enterkeyhint="send">
        <button>Send</button>
        <p class="delivery unseen" ws-delivery role="status">${states}</p>
      </form>
    </div>
  </section>

  <section class="market" aria-labelledby="market-title">
    <h2 id="market-title">Market</h2>
    <ul id="quotes"></ul>
    <h3>Latest trades</h3>
    <ol id="tape"></ol>
  </section>

  <details class="events">
    <summary>Events of the extension</summary>
    <ol id="events"></ol>
  </details>

  <footer>
    <p>This page runs on ${edition.label} and ${scriptNames[script]}.
      Everything here is invented, including the prices.</p>
    <p><a href="/ticker">The market alone</a>, by the typed client.</p>
    <nav aria-label="Other editions"><ul>${editions.flatMap((other) =>
      scripts.map((each) => html`<li>${link(other, each, other === edition && each === script)}</li>`),
    )}</ul></nav>
  </footer>
</main>
<noscript><p>Without JavaScript the chat takes what you say, and shows what is new when you load the page again.</p></noscript>
</body>
</html>`

const link = (edition: Edition, script: Script, isHere: boolean) => {
  const warning = edition.warning === undefined ? "" : ` (${edition.warning})`
  const label = `${edition.label}, ${script === "ours" ? "this extension" : `the official one${warning}`}`
  return isHere
    ? html`<span aria-current="page">${label}</span>`
    : html`<a href="${edition.path}${script === "ours" ? "" : `?script=${script}`}">${label}</a>`
}
