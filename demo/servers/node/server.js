// A chat room whose pages miss nothing: Node with the package ws. Run it by `node server.js`.
import { randomBytes } from "node:crypto"
import { createReadStream } from "node:fs"
import { createServer } from "node:http"
import { WebSocketServer } from "ws"

const keep = 100 // entries, for pages that come back
const log = [] // the newest: { id, message, item }
const pages = new Set()
const epoch = randomBytes(4).toString("hex") // another in each process: its numbers begin anew
let count = 0

const newest = () => `${epoch}-${count}`
const escapeHtml = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
const items = () => log.map(({ item }) => item).join("")
const frame = (id, swap, html) => `<!--id:${id}--><ol id="log" hx-swap-oob="${swap}">${html}</ol>`

/** What a page lacks that shows everything up to lastId. */
function missing(lastId) {
  const at = log.findIndex(({ id }) => id === lastId)
  if (at < 0) return [frame(newest(), "innerHTML", items())]
  return log.slice(at + 1).map(({ id, item }) => frame(id, "beforeend", item))
}

function say(text, message) {
  if (message && log.some((entry) => entry.message === message)) return // the page did not hear of it
  count++
  log.push({ id: newest(), message, item: `<li>${escapeHtml(text)}</li>` })
  if (log.length > keep) log.shift()
  for (const page of pages)
    if (page.bufferedAmount < 1_000_000) page.send(frame(newest(), "beforeend", log.at(-1).item))
    else page.terminate() // it reads too slowly, and is to dial again
}

function receive(page, data) {
  let message
  try {
    message = Object(JSON.parse(data))
  } catch {
    return // no message of a page
  }
  const { HEADERS, headers = HEADERS, text, type } = message // htmx 2, htmx 4
  const id = headers?.["HX-Message-ID"]
  if (type === "ping") page.send('{"type":"pong"}')
  else if (typeof text !== "string" || text === "" || text.length > 1000)
    page.send(JSON.stringify({ "HX-Nack": id, reason: "1 to 1000 letters" }))
  else {
    say(text, id)
    if (id) page.send(JSON.stringify({ "HX-Ack": id }))
  }
}

const index = () => `<!doctype html><title>Chat</title>
<script src="/js/htmx.min.js"></script><script src="/js/ws.all.min.js"></script>
<main hx-ext="ws" ws-connect="/chat" ws-resume="${newest()}">
  <ol id="log">${items()}</ol>
  <form ws-send ws-ack="10s reset"><input name="text" maxlength="1000"><button>Say</button></form>
</main>`

const server = createServer(({ url }, response) => {
  const [file] = /^\/js\/[\w.]+\.js$/.exec(url) ?? []
  response.setHeader("Content-Type", file ? "text/javascript" : "text/html; charset=utf-8")
  if (file)
    createReadStream(`.${file}`)
      .on("error", () => response.writeHead(404).end())
      .pipe(response)
  else response.end(index())
})
const sockets = new WebSocketServer({
  server,
  path: "/chat",
  maxPayload: 65_536,
  verifyClient: ({ origin, req }) => !origin || URL.parse(origin)?.host === req.headers.host, // no other sites
})
sockets.on("connection", (page, { url }) => {
  for (const text of missing(new URL(url, "http://server").searchParams.get("last-id"))) page.send(text)
  pages.add(page) // nothing is awaited in between: nothing can be said
  page.on("message", (data) => receive(page, data))
  page.on("error", () => {})
  page.on("close", () => pages.delete(page))
})
server.listen(Number(process.env.PORT ?? 8000), "127.0.0.1")

process.on("SIGTERM", () => {
  for (const page of pages) page.close(1012)
  server.close()
  server.closeIdleConnections()
})
