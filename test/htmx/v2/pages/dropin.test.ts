import { describe, expect, test } from "vitest"
import { limitedTo, type Scenario, traceOf } from "../../kit/compare.ts"
import type { Page } from "../../kit/openPage.ts"

/** A connection with a form and a place for what comes. */
const chat = (inside: string, attributes = "") =>
  `<div id="c" ws-connect="/ws">
    <form id="f" ws-send ${attributes}>${inside}</form>
    <p id="out">nothing</p><ul id="list"><li id="first">first</li></ul>
  </div>`

const submitted = (page: Page) => {
  page.socket.open()
  page.submit("#f")
}

const clicked = (page: Page) => {
  page.socket.open()
  page.click("#b")
}

const got =
  (...frames: ReadonlyArray<unknown>) =>
  (page: Page) => {
    page.socket.open()
    for (const frame of frames) page.socket.message(frame)
  }

const steady = (page: { htmx: { config: Record<string, unknown> } }) => {
  page.htmx.config.wsReconnectDelay = () => 100
}

const forms: ReadonlyArray<Scenario> = [
  { title: "a form", body: chat(`<input name="text" value="hi &amp; &quot;bye&quot;">`), play: submitted },
  { title: "an empty form", body: chat(""), play: submitted },
  {
    title: "a form with a submit button that has a value",
    body: chat(
      `<input name="a" value="1"><button id="b" name="do" value="save">Save</button><button name="do" value="no">`,
    ),
    play: clicked,
  },
  {
    title: "a form submitted by its second button",
    body: chat(`<button name="do" value="save">Save</button><button id="b" name="do" value="no">No</button>`),
    play: (page) => {
      page.socket.open()
      page.submit("#f", "#b")
    },
  },
  {
    title: "hidden, disabled and nameless fields",
    body: chat(
      `<input type="hidden" name="h" value="1"><input name="d" value="2" disabled><input value="3">`,
    ),
    play: submitted,
  },
  {
    title: "check boxes: none, one and two of a name",
    body: chat(
      `<input type="checkbox" name="none" value="1"><input type="checkbox" name="one" value="1" checked>
       <input type="checkbox" name="two" value="1" checked><input type="checkbox" name="two" value="2" checked>
       <input type="checkbox" name="on" checked>`,
    ),
    play: submitted,
  },
  {
    title: "radio buttons, a select, a select of several and a text area",
    body: chat(
      `<input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
       <select name="s"><option>a<option selected>b</select>
       <select name="m" multiple><option selected>a<option>b<option selected>c</select>
       <textarea name="t">two\nlines</textarea>`,
    ),
    play: submitted,
  },
  {
    title: "fields of the same name, in order",
    body: chat(`<input name="a" value="1"><input name="b" value="2"><input name="a" value="3">`),
    play: submitted,
  },
  {
    title: "hx-vals as JSON",
    body: chat(`<input name="a" value="1">`, `hx-vals='{"a": 2, "n": 3, "o": {"p": [true, null]}}'`),
    play: submitted,
  },
  {
    title: "hx-vals as script",
    body: chat(`<input name="a" value="1">`, `hx-vals='js:{now: 40 + 2}'`),
    play: submitted,
  },
  {
    title: "hx-vals of an ancestor",
    body: `<div hx-vals='{"outer": "1", "both": "1"}'>${chat("", `hx-vals='{"both": "2"}'`)}</div>`,
    play: submitted,
  },
  {
    title: "hx-include",
    body: `${chat(`<input name="a" value="1">`, `hx-include="#more"`)}<div><input id="more" name="more" value="x"></div>`,
    play: submitted,
  },
  { title: "hx-params *", body: chat(`<input name="a" value="1">`, `hx-params="*"`), play: submitted },
  { title: "hx-params none", body: chat(`<input name="a" value="1">`, `hx-params="none"`), play: submitted },
  { title: "hx-headers", body: chat("", `hx-headers='{"X-Token": "t", "X-Number": 5}'`), play: submitted },
  {
    title: "hx-target and names in the headers",
    body: chat("", `name="form" hx-target="#out"`),
    play: submitted,
  },
  {
    title: "a field called headers",
    body: chat(`<input name="headers" value="1"><input name="length" value="2">`),
    play: submitted,
  },
  {
    title: "a form that is not valid",
    body: chat(`<input name="a" required>`),
    play: (page) => {
      page.socket.open()
      page.htmx.trigger(page.$("#f"), "submit")
    },
  },
  {
    title: "a button of its own with a value",
    body: `<div id="c" ws-connect="/ws"><button type="button" id="b" name="n" value="v" ws-send>go</button></div>`,
    play: clicked,
  },
  {
    title: "a link",
    body: `<div id="c" ws-connect="/ws"><a id="b" href="#" ws-send hx-vals='{"a":"1"}'>go</a></div>`,
    play: clicked,
  },
  {
    title: "a field that sends itself when it changes",
    body: `<div id="c" ws-connect="/ws"><input id="b" name="n" value="v" ws-send></div>`,
    play: (page) => {
      page.socket.open()
      page.$("#b").dispatchEvent(new page.window.Event("change", { bubbles: true }))
    },
  },
  {
    title: "data- prefixes",
    body: `<div id="c" data-ws-connect="/ws"><form id="f" data-ws-send data-hx-vals='{"a":1}'><input name="b" value="2"></form></div>`,
    play: submitted,
  },
  {
    title: "a connection that sends for itself",
    body: "",
    play: (page) => {
      page.add(`<form id="f" ws-connect="/ws" ws-send><input name="a" value="1"></form>`)
      submitted(page)
    },
  },
  { title: "an empty file field", body: chat(`<input type="file" name="a">`), play: submitted },
]

const sending: ReadonlyArray<Scenario> = [
  {
    title: "messages that wait for the socket",
    body: chat(`<input id="i" name="text" value="1">`),
    play: (page) => {
      page.submit("#f")
      page.$<HTMLInputElement>("#i").value = "2"
      page.submit("#f")
      page.socket.open()
      page.$<HTMLInputElement>("#i").value = "3"
      page.submit("#f")
    },
  },
  {
    title: "a listener that cancels wsConfigSend",
    body: chat(""),
    play: (page) => {
      page.on("wsConfigSend", (event) => event.preventDefault())
      submitted(page)
    },
  },
  {
    title: "a listener that cancels wsBeforeSend, waiting or not",
    body: chat(""),
    play: (page) => {
      page.on("wsBeforeSend", (event) => event.preventDefault())
      page.submit("#f")
      submitted(page)
    },
  },
  {
    title: "a listener that adds, changes and deletes parameters and headers",
    body: chat(`<input name="a" value="1"><input name="b" value="2">`),
    play: (page) => {
      page.on("wsConfigSend", ({ detail }) => {
        const { headers, parameters } = detail as unknown as Record<string, Record<string, unknown>>
        if (parameters === undefined || headers === undefined) return
        parameters.c = 3
        parameters.a = "changed"
        delete parameters.b
        headers["X-More"] = "1"
      })
      submitted(page)
    },
  },
  {
    title: "a listener that replaces the parameters",
    body: chat(`<input name="a" value="1">`),
    play: (page) => {
      page.on("wsConfigSend", ({ detail }) =>
        Object.assign(detail, { parameters: { other: [1, { two: null }] } }),
      )
      submitted(page)
    },
  },
  {
    title: "a listener that wants no headers",
    body: chat(`<input name="a" value="1">`),
    play: (page) => {
      page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { headers: null }))
      submitted(page)
    },
  },
  {
    title: "a listener that gives a message body",
    body: chat(`<input name="a" value="1">`),
    play: (page) => {
      page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { messageBody: "just this" }))
      submitted(page)
    },
  },
  {
    title: "a listener that clears the errors of the form",
    body: chat(`<input name="a" required>`),
    play: (page) => {
      page.socket.open()
      page.on("wsConfigSend", ({ detail }) => (detail.errors as Array<unknown>).splice(0))
      page.htmx.trigger(page.$("#f"), "submit")
    },
  },
  {
    title: "scripts that send through the wrapper, with an element and without",
    body: chat(""),
    play: (page) => {
      page.socket.open()
      const { socketWrapper } = page.last("wsOpen")
      socketWrapper.send("one")
      socketWrapper.send("two", page.$("#f"))
      socketWrapper.sendImmediately("three", page.$("#out"))
    },
  },
  {
    title: "scripts that send before the socket is open",
    body: chat(""),
    before: steady,
    play: (page) => {
      page.socket.open().drop()
      const { socketWrapper } = page.last("wsOpen")
      socketWrapper.send("one")
      socketWrapper.send("two", page.$("#f"))
      page.advance(100)
      page.socket.open()
    },
  },
]

const table = (frame: string, before = ""): Scenario => ({
  title: `the frame ${frame}`,
  body: chat("") + before,
  play: got(frame),
})

const frames: ReadonlyArray<Scenario> = [
  table(`<p id="out">new</p>`),
  table(`<p id="out">one</p><li id="first">two</li>`),
  table(`<p id="out" hx-swap-oob="true">new</p>`),
  table(`<p id="out" data-hx-swap-oob="true" class="a">new</p>`),
  table(`<p id="out" hx-swap-oob="innerHTML"><b>new</b></p>`),
  table(`<p id="out" hx-swap-oob="outerHTML"><b>new</b></p>`),
  table(`<p id="out" hx-swap-oob="beforebegin"><b>new</b></p>`),
  table(`<ul id="list" hx-swap-oob="afterbegin"><li>new</li><li>newer</li></ul>`),
  table(`<ul id="list" hx-swap-oob="beforeend"><li>new</li><li>newer</li></ul>`),
  table(`<ul id="list" hx-swap-oob="afterend"><b>new</b></ul>`),
  table(`<ul id="list" hx-swap-oob="delete"></ul>`),
  table(`<ul id="list" hx-swap-oob="none"><li>new</li></ul>`),
  table(`<ul hx-swap-oob="beforeend:#list"><li>new</li></ul>`),
  table(`<div hx-swap-oob="innerHTML:.all">new</div>`, `<i class="all">1</i><i class="all">2</i>`),
  table(`<p id="nowhere">new</p>`),
  table(`<p>no id</p>`, `<p id="">`),
  table(`only text`),
  table(``),
  table(`{"json": true}`),
  table(`<p id="out"><b id="inner" hx-swap-oob="true">x</b></p>`),
  table(`<form id="f" ws-send><input name="new" value="1"></form>`),
  {
    title: "several frames in turn",
    body: chat(""),
    play: got(
      `<p id="out">1</p>`,
      `<p id="out">2</p>`,
      `<ul id="list" hx-swap-oob="beforeend"><li>3</li></ul>`,
    ),
  },
  {
    title: "a frame that replaces the sender, whose new self then sends",
    body: chat(`<input name="a" value="1">`),
    play: (page) => {
      got(`<form id="f" ws-send><input name="new" value="2"></form>`)(page)
      page.submit("#f")
    },
  },
  {
    title: "a listener that cancels wsBeforeMessage",
    body: chat(""),
    play: (page) => {
      page.on("wsBeforeMessage", (event) => event.preventDefault())
      got(`<p id="out">new</p>`)(page)
    },
  },
  {
    title: "an extension that transforms what comes",
    on: `hx-ext="ws,shout"`,
    body: chat(""),
    after: ({ htmx }) =>
      htmx.defineExtension("shout", {
        transformResponse: (text: string, xhr: unknown, element: Element) =>
          text.replace("new", `${String(xhr)} ${element.id} NEW`),
      }),
    play: got(`<p id="out">new</p>`),
  },
]

const connections: ReadonlyArray<Scenario> = [
  { title: "a socket that opens", body: chat(""), play: (page) => void page.socket.open() },
  {
    title: "a socket that drops, and the one after it",
    body: chat(""),
    before: steady,
    play: (page) => {
      page.socket.open().drop()
      page.advance(100)
      page.socket.open()
      page.submit("#f")
      page.socket.message(`<p id="out">back</p>`)
    },
  },
  {
    title: "a function for the reconnect delay, asked with the number of retries",
    body: chat(""),
    before: ({ htmx }) => {
      htmx.config.wsReconnectDelay = (count: number) => 100 * (count + 1)
    },
    play: (page) => {
      page.socket.open().drop()
      page.advance(99)
      page.advance(1)
      page.socket.open().end(1012)
      page.advance(100)
      page.socket.open().end(1013)
    },
  },
  {
    title: "a socket that is closed for good",
    body: chat(""),
    play: (page) => {
      page.socket.open().end(1000, "bye")
      page.advance(60_000)
    },
  },
  {
    title: "a createWebSocket of the page",
    body: chat(`<input name="a" value="1">`),
    before: ({ WebSocket, htmx }) => {
      htmx.createWebSocket = (url) => new WebSocket(`${url}?token=1`, ["chat"])
    },
    play: (page) => {
      submitted(page)
      page.socket.message(`<p id="out">new</p>`)
    },
  },
  {
    title: "two connections",
    body: `<div id="c" ws-connect="/one"><form id="f" ws-send></form></div><div id="d" ws-connect="/two"><form id="g" ws-send></form></div>`,
    play: (page) => {
      for (const socket of page.sockets) socket.open()
      page.submit("#f")
      page.submit("#g")
    },
  },
  {
    title: "one connection inside another",
    body: `<div id="c" ws-connect="/one"><form id="f" ws-send></form><div id="d" ws-connect="/two"><form id="g" ws-send></form></div></div>`,
    play: (page) => {
      for (const socket of page.sockets) socket.open()
      page.submit("#f")
      page.submit("#g")
    },
  },
  {
    title: "content that htmx processes later",
    body: "",
    play: (page) => {
      page.add(chat(`<input name="a" value="1">`))
      submitted(page)
    },
  },
  {
    title: "an absolute URL",
    body: `<div id="c" ws-connect="wss://other.test/path?query=1"></div>`,
    play: (page) => void page.socket.open(),
  },
]

/** One extension element with its handlers attached once, also by the official script on htmx 2. */
const sender = (attributes: string, tag = "div") =>
  `<div id="c" ws-connect="/ws"></div><template id="t"><${tag} id="b" name="n" value="v" ws-send ${attributes}></${tag}></template>`

/** Adds the sender to the connection: the official script on htmx 2 would attach twice to what comes with the page. */
const enter = (page: Page) => {
  page.socket.open()
  page.$("#c").append(page.$<HTMLTemplateElement>("#t").content)
  page.htmx.process(page.$("#b"))
}

const triggers: ReadonlyArray<Scenario> = [
  {
    title: "hx-trigger=click",
    body: sender(`hx-trigger="click"`),
    play: (page) => {
      enter(page)
      page.click("#b")
      page.click("#b")
    },
  },
  {
    title: "hx-trigger=click once",
    body: sender(`hx-trigger="click once"`),
    play: (page) => {
      enter(page)
      page.click("#b")
      page.click("#b")
    },
  },
  {
    title: "hx-trigger with a filter",
    body: sender(`hx-trigger="click[ctrlKey]"`),
    play: (page) => {
      enter(page)
      page.click("#b")
      page.$("#b").dispatchEvent(new page.window.MouseEvent("click", { ctrlKey: true, bubbles: true }))
    },
  },
  {
    title: "hx-trigger=keyup delay:300ms",
    body: sender(`hx-trigger="keyup delay:300ms"`, "input"),
    play: (page) => {
      enter(page)
      const type = (text: string) => {
        page.$<HTMLInputElement>("#b").value = text
        page.$("#b").dispatchEvent(new page.window.KeyboardEvent("keyup", { bubbles: true }))
      }
      type("a")
      page.advance(200)
      type("ab")
      page.advance(299)
      expect(page.socket.sent).toHaveLength(0)
      page.advance(1)
    },
  },
  {
    title: "hx-trigger=keyup changed",
    body: sender(`hx-trigger="keyup changed"`, "input"),
    play: (page) => {
      enter(page)
      const key = () => page.$("#b").dispatchEvent(new page.window.KeyboardEvent("keyup", { bubbles: true }))
      key()
      page.$<HTMLInputElement>("#b").value = "new"
      key()
      key()
    },
  },
  {
    title: "hx-trigger=click throttle:1s",
    body: sender(`hx-trigger="click throttle:1s"`),
    play: (page) => {
      enter(page)
      for (let times = 0; times < 3; times++) page.click("#b")
      page.advance(1000)
      page.click("#b")
    },
  },
  {
    title: "hx-trigger=load",
    body: sender(`hx-trigger="load"`),
    play: (page) => {
      enter(page)
      page.advance(10)
    },
  },
  {
    title: "hx-trigger=load delay:1s",
    body: sender(`hx-trigger="load delay:1s"`),
    play: (page) => {
      enter(page)
      page.advance(1000)
    },
  },
  {
    title: "hx-trigger=revealed",
    body: sender(`hx-trigger="revealed"`),
    play: (page) => {
      enter(page)
      page.advance(1000)
    },
  },
  {
    title: "hx-trigger from another element",
    body: `${sender(`hx-trigger="click from:#other"`)}<i id="other"></i>`,
    play: (page) => {
      enter(page)
      page.click("#b")
      page.click("#other")
    },
  },
  {
    title: "hx-trigger from the body, for an event of the page's own",
    body: sender(`hx-trigger="tick from:body, click"`),
    play: (page) => {
      enter(page)
      page.htmx.trigger(page.document.body, "tick", { n: 1 })
      page.click("#b")
    },
  },
  {
    title: "hx-trigger=every 1s",
    body: sender(`hx-trigger="every 1s"`),
    play: (page) => {
      enter(page)
      page.advance(3500)
    },
  },
  {
    title: "no hx-trigger on a form that comes later",
    body: sender("", "form"),
    play: (page) => {
      enter(page)
      page.submit("#b")
    },
  },
]

const legacy: ReadonlyArray<Scenario> = [
  {
    title: "hx-ws with connect and send",
    body: `<div id="c" hx-ws="connect:/ws"><form id="f" hx-ws="send"><input name="a" value="1"></form><p id="out"></p></div>`,
    play: (page) => {
      submitted(page)
      page.socket.message(`<p id="out">new</p>`)
    },
  },
  {
    title: "data-hx-ws with connect and send",
    body: `<div id="c" data-hx-ws="connect:ws://other.test/a:b"><form id="f" data-hx-ws="send"><input name="a" value="1"></form></div>`,
    play: submitted,
  },
]

const suites = { forms, sending, frames, connections, triggers, legacy }

describe.each(["1.9", "2"] as const)("on htmx %s, ours behaves as the official script with", (htmx) => {
  for (const [name, scenarios] of Object.entries(suites)) {
    if (name === "legacy" && htmx === "1.9") continue
    test.each(scenarios)("$title", async (scenario) => {
      const theirs = await traceOf(scenario, htmx, "official")
      const ours = await traceOf(scenario, htmx, "ours")
      expect(limitedTo(ours, theirs)).toEqual(theirs)
    })
  }
})

describe.each(["1.9", "2"] as const)(
  "on htmx %s, the minified script does what the readable one does with",
  (htmx) => {
    test.each([...connections, ...sending, ...triggers].filter((_, index) => index % 3 === 0))(
      "$title",
      async (scenario) => {
        expect(await traceOf(scenario, htmx, "min")).toEqual(await traceOf(scenario, htmx, "ours"))
      },
    )
  },
)
