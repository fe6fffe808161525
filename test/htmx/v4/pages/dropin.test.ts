/** On ordinary pages, ours and the official script cannot be told apart: events, wire, and what is on the page. */
import { expect, test } from "vitest"
import { microtasks, openPage4, type Page4, type Recorded } from "../../kit/openPage4.ts"

interface Scenario {
  readonly title: string
  readonly head?: string
  readonly body: string
  readonly play: (page: Page4) => void | Promise<void>
}

const ours = new Set(["reconnecting", "failed", "message:dropped", "unsent"])

const plain = (key: string, value: unknown, { detail }: Recorded): unknown => {
  if (key === "connection") {
    const { abortController, attempt, cancelled, queue, socket, url } = detail.connection
    return {
      url,
      attempt,
      cancelled,
      waiting: queue.length,
      socket: socket !== null,
      abort: abortController?.signal.aborted,
    }
  }
  if (key === "message") {
    const { data, headers, values } = detail.message
    return { data, headers: { ...headers }, values: { ...values }, text: typeof detail.message.text }
  }
  return typeof value === "function" ? "function" : value
}

/** The events as they can be compared. Those of a connection have more in ours. */
const summarize = (recorded: Recorded): unknown => [
  recorded.name,
  "id" in recorded.on ? recorded.on.id : recorded.on.nodeName,
  Object.fromEntries(
    Object.entries(recorded.detail)
      .filter(([key]) => !recorded.name.endsWith(":connection") || key === "connection")
      .map(([key, value]) => [key, plain(key, value, recorded)])
      .sort(([a], [b]) => String(a).localeCompare(String(b))),
  ),
]

const settle = async (page: Page4): Promise<void> => {
  await microtasks()
  page.clock.advance(5)
  await microtasks()
}

const traceOf = async ({ play, ...options }: Scenario, ws: "official" | "ours") => {
  const events: Array<unknown> = []
  using page = await openPage4({
    ...options,
    ws,
    after: (_, page) => {
      const { push } = page.log
      page.log.push = (...recorded: Array<Recorded>) => {
        events.push(...recorded.filter(({ name }) => !ours.has(name)).map(summarize))
        return push.apply(page.log, recorded)
      }
    },
  })
  await play(page)
  await settle(page)
  return {
    events,
    dials: page.dials,
    wire: page.sockets.map(({ sent }) => sent.map((data) => JSON.parse(String(data)))),
    html: page.document.body.innerHTML,
    console: page.console,
  }
}

const frames =
  (...texts: ReadonlyArray<unknown>) =>
  async (page: Page4): Promise<void> => {
    if (page.socket.readyState === 0) page.socket.open()
    await settle(page)
    for (const text of texts) {
      page.socket.message(typeof text === "string" ? text : JSON.stringify(text))
      await settle(page)
    }
  }

const chat = (inside = "", attributes = "") =>
  `<main id="chat" hx-ws:connect="/chat" ${attributes}>${inside}</main>`

const scenarios: ReadonlyArray<Scenario> = [
  {
    title: "connecting, sending a form, and receiving JSON and HTML",
    body: chat(`<p id="out"></p><form id="form" hx-ws:send hx-vals='{"n": 1}'>
      <input name="text" value="hi"><select name="many" multiple><option selected>a<option selected>b</select>
      <button id="go" name="how" value="loud">Go</button></form>`),
    play: async (page) => {
      page.socket.open()
      await settle(page)
      page.$("#go").click()
      await settle(page)
      await frames({ content: "<b>one</b>", target: "#out" }, "<i>two</i>")(page)
    },
  },
  {
    title: "every way to say where a frame goes",
    body: chat(`<ul id="list"><li>0</li></ul><p id="out">old</p>`, `hx-target="#list" hx-swap="beforeend"`),
    play: frames(
      "<li>1</li>",
      { content: "<li>2</li>", swap: "afterbegin" },
      { content: "new", target: "#out", swap: "innerHTML" },
      { content: "<b>a</b><i>b</i>", target: "#out", swap: "innerHTML", select: "i" },
      `<p id="out" hx-swap-oob="true">oob</p>`,
      `<hx-partial hx-target="#out">partial</hx-partial>`,
      { content: "<li>3</li>", swap: "outerHTML" },
    ),
  },
  {
    title: "frames that are data",
    body: chat(`<p>old</p>`),
    play: frames("5", "null", `"text"`, "[1]", { a: 1 }, { content: null }, ""),
  },
  {
    title: "the deprecated payload",
    body: chat(),
    play: frames({ payload: "one" }, { payload: "two" }),
  },
  {
    title: "messages that wait until it opens",
    body: chat(`<button id="send" type="button" hx-ws:send hx-vals='{"a": [1, null]}'>x</button>`),
    play: async (page) => {
      for (let click = 0; click < 3; click++) {
        page.$("#send").click()
        await settle(page)
      }
      page.socket.open()
    },
  },
  {
    title: "listeners that change, wait and cancel",
    body: chat(`<button id="send" type="button" name="a" value="1" hx-ws:send>x</button><p id="out"></p>`),
    play: async (page) => {
      page.on("before:message:outgoing", ({ detail }) => {
        detail.message.values.b = 2
        detail.message.headers.X = "x"
        detail.waitUntil(Promise.resolve())
      })
      page.on("before:message:incoming", (event) => {
        const { message } = event.detail
        if ((message.data as unknown) === "no") event.preventDefault()
        else Object.assign(message, { data: `<b>${message.data}</b>` })
      })
      page.socket.open()
      await settle(page)
      page.$("#send").click()
      await settle(page)
      await frames("no", "yes")(page)
    },
  },
  {
    title: "a trigger, settings, and a cancelled dial",
    head: `<meta name="htmx-config" content='{"ws": {"protocols": ["v1"]}}'>`,
    body: `${chat("", `hx-trigger="click"`)}<p id="two" hx-ws:connect="wss://other.test/x" hx-config='{"ws": {"protocols": ["v2"]}}'></p>`,
    play: async (page) => {
      page.on(
        "before:connection",
        (event) => (event.target as Element).id === "chat" && event.preventDefault(),
      )
      page.$("#chat").click()
      await settle(page)
    },
  },
  {
    title: "a server that closes for good, and sends after that",
    body: `${chat(`<button id="send" type="button" hx-ws:send>x</button>`)}<button id="out" hx-ws:send>x</button>`,
    play: async (page) => {
      page.socket.open()
      page.socket.end(4000, "go away")
      page.$("#send").click()
      page.$("#out").click()
      await settle(page)
    },
  },
  {
    title: "an element that is swapped away",
    body: `<div id="home">${chat()}</div>`,
    play: async (page) => {
      await frames("<p>hi</p>")(page)
      await page.htmx.swap({
        sourceElement: page.$("#home"),
        target: "#home",
        swap: "innerHTML",
        text: "bye",
      })
    },
  },
  {
    title: "the prefix and the metaCharacter of a page",
    head: `<meta name="htmx-config" content='{"prefix": "x-", "metaCharacter": "-"}'>`,
    body: `<main id="chat" x-ws-connect="/chat"><button id="send" type="button" x-ws-send x-vals='{"a": 1}'>x</button></main>`,
    play: async (page) => {
      page.socket.open()
      await settle(page)
      page.$("#send").click()
      await settle(page)
    },
  },
]

test.for(scenarios)("the same as the official script: $title", async (scenario) => {
  expect(await traceOf(scenario, "ours")).toEqual(await traceOf(scenario, "official"))
})
