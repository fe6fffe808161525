/** What a visitor finds in the editors. Each works on htmx 2 and 4: `ws-connect` and `ws-send` do on both. */

export interface Example {
  readonly name: string
  /** What to do, and to see. */
  readonly hint: string
  readonly page: string
  readonly server: string
}

const state = `<style>[ws-status]::after { content: attr(data-ws-state) }</style>`

export const examples: ReadonlyArray<Example> = [
  {
    name: "Chat",
    hint: "Say something. Then freeze the network, say more, and see it arrive when the heartbeat has found out.",
    page: `<meta name="htmx-config" content='{"ws": {"heartbeat": "3s", "heartbeatTimeout": "2s"}}'>
<main ws-connect="/chat">
  <p>The connection is <b ws-status></b>.</p>
  <ol id="log"></ol>
  <form ws-send ws-ack="sent reset">
    <input name="text" value="Hello" aria-label="Message"> <button>Say</button>
  </form>
</main>
${state}
`,
    server: `const said = []

peer.answer = async (link) => {
  link.accept()
  link.send(\`<ol id="log">\${said.join("")}</ol>\`)
  for await (const { text } of messages(link)) {
    said.push(html\`<li>\${text}</li>\`)
    for (const each of peer.links)
      each.send(\`<ol id="log" hx-swap-oob="beforeend">\${said.at(-1)}</ol>\`)
  }
}
`,
  },
  {
    name: "Nothing missed",
    hint: "Drop the connection, or hang it for a while: no number is missing, and none comes twice.",
    page: `<meta name="htmx-config" content='{"ws": {"heartbeat": "3s", "heartbeatTimeout": "2s"}}'>
<main ws-connect="/feed" ws-resume>
  <p>The connection is <b ws-status></b>.</p>
  <ol id="log"></ol>
</main>
${state}
<style>ol { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem }</style>
`,
    server: `const log = [] // all that was sent, each frame with its id

setInterval(() => {
  const id = log.length + 1
  log.push(\`<!--id:\${id}--><ol id="log" hx-swap-oob="beforeend"><li>\${id}</li></ol>\`)
  for (const link of peer.links) link.send(log.at(-1))
}, 500)

peer.answer = (link) => {
  link.accept()
  const last = Number(new URL(link.url).searchParams.get("last-id"))
  for (const frame of log.slice(last)) link.send(frame)
}
`,
  },
  {
    name: "100 messages a second",
    hint: "With batch, of the frames that come together only the last one for each element is swapped.",
    page: `<meta name="htmx-config" content='{"ws": {"batch": "latest"}}'>
<main ws-connect="/prices">
  <p>The connection is <b ws-status></b>.</p>
  <p>HTMX <output id="HTMX"></output> EFFT <output id="EFFT"></output> HTML <output id="HTML"></output></p>
</main>
${state}
<style>output { display: inline-block; width: 6ch; font-variant-numeric: tabular-nums }</style>
`,
    server: `const prices = { HTMX: 100, EFFT: 100, HTML: 100 }

setInterval(() => {
  for (const name in prices) {
    prices[name] += Math.random() - 0.5
    const frame = \`<output id="\${name}">\${prices[name].toFixed(2)}</output>\`
    for (const link of peer.links) link.send(frame)
  }
}, 30)
`,
  },
  {
    name: "What became of it",
    hint: "The server loses every third message, and refuses long ones. The page knows, and can send again.",
    page: `<main ws-connect="/say">
  <p>The connection is <b ws-status></b>.</p>
  <form id="say" ws-send ws-ack="2s reset" hx-disabled-elt="find button">
    <input name="text" value="Hello" aria-label="Message"> <button>Say</button>
    <output ws-delivery></output> <button type="button" ws-retry>Say it again</button>
  </form>
  <ol id="log"></ol>
</main>
${state}
<style>
  output::after { content: attr(data-ws-delivery) }
  form:not(:has([data-ws-delivery=failed], [data-ws-delivery=unknown])) [ws-retry] { display: none }
</style>
`,
    server: `let count = 0

peer.answer = async (link) => {
  link.accept()
  for await (const { text, HEADERS } of messages(link)) {
    const id = HEADERS["HX-Message-ID"]
    count++
    if (count % 3 === 0) continue
    if (text.length > 20) link.send(JSON.stringify({ "HX-Nack": id, reason: "too long" }))
    else link.send(\`<!--re:\${id}--><ol id="log" hx-swap-oob="beforeend">\${html\`<li>\${text}</li>\`}</ol>\`)
  }
}
`,
  },
]
