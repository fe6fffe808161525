/** What can happen to a connection. */
import type { Page } from "../../htmx/kit/openPage.ts"
import type { Page4 } from "../../htmx/kit/openPage4.ts"
import type { Subject } from "./Subject.ts"

export interface Event {
  /** What happens, as a sentence. */
  readonly sentence: string
  readonly act: (subject: Subject) => void
}

/** What the server does with the last socket. If that has ended, this is late: a stand-in may emit anything. */
const server =
  (act: (socket: NonNullable<Subject["socket"]>) => void): Event["act"] =>
  (subject) => {
    if (subject.socket !== undefined) act(subject.socket)
  }

const closes = (code: number, meaning: string): Event => ({
  sentence: `the server closes with ${code}, ${meaning}`,
  act: server((socket) => socket.end(code)),
})

/** Has htmx process the element after a change of its attributes. */
const change = (subject: Subject, act: (element: Element) => void): void => {
  const { element } = subject
  if (element === undefined) return
  act(element)
  subject.page.htmx.process(element)
}

/** Has htmx 4 swap the element, which takes a while, and fails if a listener has removed the element meanwhile. */
const swap4 = ({ page }: Subject, context: object): void => {
  const swapping = (page as unknown as Page4).htmx.swap({ target: "#c", ...context })
  swapping.catch(() => {})
}

/** Has htmx 1.9 or 2 swap the element, which throws if a listener has removed it meanwhile. */
const swap2 = ({ page }: Subject): void => {
  try {
    ;(page as unknown as Page).swap("#c", "<p>another</p>")
  } catch {}
}

/** Morphs the element into this HTML, by htmx 4, or by idiomorph. */
const morph = (subject: Subject, html: string): void => {
  const { element, htmx, page } = subject
  if (element === undefined) return
  if (htmx === "4") swap4(subject, { swap: "outerMorph", text: html })
  else {
    const { Idiomorph } = page.window as unknown as {
      Idiomorph: { morph: (element: Element, html: string) => ReadonlyArray<Element> }
    }
    for (const morphed of Idiomorph.morph(element, html)) page.htmx.process(morphed as Element)
  }
}

const windowEvent = (subject: Subject, type: string, fields: object = {}): void => {
  const { window } = subject.page
  window.dispatchEvent(Object.assign(new window.Event(type), fields))
}

export const events = {
  removed: { sentence: "a script removes the element", act: ({ element }) => element?.remove() },
  "swapped away": {
    sentence: "a response of htmx replaces it",
    act: (subject) => {
      if (subject.htmx === "4") swap4(subject, { swap: "outerHTML", text: "<p>another</p>" })
      else swap2(subject)
    },
  },
  "removed around": {
    sentence: "an element around it is emptied",
    act: ({ page }) => page.document.querySelector("main")?.replaceChildren(),
  },
  moved: {
    sentence: "a script moves the element",
    act: ({ element, page }) => element && page.document.querySelector("aside")?.append(element),
  },
  morphed: {
    sentence: "a morph changes its class and its content",
    act: (subject) => morph(subject, subject.html().replace("<div ", `<div class="new" `)),
  },
  "morphed, other URL": {
    sentence: "a morph changes its URL",
    act: (subject) => morph(subject, subject.html(`${subject.dialect.connect}="/other"`)),
  },
  "morphed away": {
    sentence: "a morph takes the attribute away",
    act: (subject) => morph(subject, subject.html("")),
  },
  processed: { sentence: "htmx processes it again", act: (subject) => subject.process() },
  "processed by force": {
    sentence: "htmx processes it by force (htmx 4), or with a changed attribute (1.9 and 2)",
    act: (subject) => {
      if (subject.htmx === "4") subject.process(true)
      else change(subject, (element) => element.setAttribute("title", "changed"))
    },
  },
  "other URL": {
    sentence: "its URL is changed, and it is processed",
    act: (subject) => change(subject, (element) => element.setAttribute(subject.dialect.connect, "/other")),
  },
  "attribute removed": {
    sentence: "its attribute is removed, and it is processed",
    act: (subject) => change(subject, (element) => element.removeAttribute(subject.dialect.connect)),
  },
  "submit without": {
    sentence: "its attribute is removed, it is processed, and a form in it is submitted",
    act: (subject) => {
      events["attribute removed"].act(subject)
      subject.submit()
    },
  },
  "other settings": {
    sentence: "its settings are changed, and it is processed",
    act: (subject) =>
      change(subject, (element) => {
        if (subject.htmx === "4") element.setAttribute("hx-config", `{"ws": {"reconnectDelay": 2000}}`)
        else element.setAttribute("ws-config", `{"reconnectDelay": 2000}`)
      }),
  },
  "script again": {
    sentence: "the script of the extension is executed again",
    act: ({ htmx, page }) => page.execute(htmx === "4" ? "/dist/hx-ws.js" : "/dist/ws.js"),
  },
  submit: { sentence: "a form in it is submitted", act: (subject) => subject.submit() },
  send: { sentence: "a program sends", act: (subject) => subject.send() },
  "send too many": {
    sentence: "a program sends more than the queue takes",
    act: (subject) => {
      for (let count = 0; count < 5; count++) subject.send()
    },
  },
  "queue emptied": {
    sentence: "a program takes what waits out of the queue",
    act: ({ handle }) => {
      handle.queue.length = 0
    },
  },
  "sender removed": {
    sentence: "a form is submitted and removed",
    act: (subject) => {
      subject.submit()
      subject.page.document.querySelector("#f")?.remove()
    },
  },
  close: { sentence: "a program calls `close()`", act: ({ handle }) => handle.close() },
  "close with a code": {
    sentence: "a program calls `close(4000)`",
    act: ({ handle }) => handle.close(4000, "bye"),
  },
  "close of the socket": {
    sentence: "a program calls `socket.close()`",
    act: ({ handle }) => handle.socket?.close(),
  },
  reconnect: { sentence: "a program calls `reconnect()`", act: ({ handle }) => handle.reconnect() },
  "reconnect twice": {
    sentence: "a program calls `reconnect()` twice",
    act: ({ handle }) => {
      handle.reconnect()
      handle.reconnect()
    },
  },
  left: {
    sentence: "the user leaves the page (`pagehide`)",
    act: (subject) => windowEvent(subject, "pagehide"),
  },
  "left and back": {
    sentence: "the user leaves the page, and comes back (back/forward cache)",
    act: (subject) => {
      windowEvent(subject, "pagehide")
      windowEvent(subject, "pageshow", { persisted: true })
    },
  },
  hidden: { sentence: "the page is hidden", act: (subject) => subject.visibility(true) },
  shown: { sentence: "the page is shown", act: (subject) => subject.visibility(false) },
  "hidden and shown": {
    sentence: "the page is hidden, and shown again",
    act: (subject) => {
      subject.visibility(true)
      subject.visibility(false)
    },
  },
  offline: { sentence: "the network is lost", act: (subject) => subject.network(false) },
  online: { sentence: "the network is back", act: (subject) => subject.network(true) },
  frozen: {
    sentence: "the browser freezes the page, and its socket breaks",
    act: (subject) => {
      subject.page.document.dispatchEvent(new subject.page.window.Event("freeze"))
      subject.socket?.fail()
    },
  },
  resumed: {
    sentence: "the browser resumes the page",
    act: ({ page }) => void page.document.dispatchEvent(new page.window.Event("resume")),
  },
  asleep: { sentence: "the machine sleeps for an hour", act: ({ page }) => page.clock.sleep(3_600_000) },
  "a second": { sentence: "a second passes", act: ({ page }) => page.clock.advance(1000) },
  "a minute": { sentence: "a minute passes", act: ({ page }) => page.clock.advance(60_000) },
  opens: {
    sentence: "the server opens the socket",
    act: server((socket) => {
      const { readyState } = socket
      socket.open()
      // Late, it is only an event.
      if (readyState > 1) socket.readyState = readyState
    }),
  },
  frame: {
    sentence: "a frame comes",
    act: (subject) =>
      subject.socket?.message(
        subject.htmx === "4" ? `{"content": "x", "target": "#out"}` : `<p id="out">x</p>`,
      ),
  },
  "frame that removes": {
    sentence: "a frame comes that replaces the element",
    act: (subject) =>
      subject.socket?.message(
        subject.htmx === "4" ? `{"content": "x", "target": "#c", "swap": "outerHTML"}` : `<p id="c">x</p>`,
      ),
  },
  "frame and end": {
    sentence: "a frame comes, and the socket breaks",
    act: (subject) => {
      events.frame.act(subject)
      subject.socket?.drop()
    },
  },
  "code 1000": closes(1000, "normal closure"),
  "code 1001": closes(1001, "going away"),
  "code 1005": closes(1005, "which means without a code"),
  "code 1008": closes(1008, "policy violation"),
  "code 1012": closes(1012, "service restart"),
  "code 4001": closes(4001, "a code of the application"),
  drop: {
    sentence: "the connection is reset, or the handshake is refused",
    act: server((socket) => socket.drop()),
  },
  error: { sentence: "the server breaks the protocol", act: server((socket) => socket.fail()) },
  "closed twice": {
    sentence: "the socket emits two `close` events",
    act: server((socket) => {
      socket.drop()
      socket.end(1000)
    }),
  },
  late: {
    sentence: "a socket that was replaced emits all of its events",
    act: (subject) => {
      const { socket } = subject
      subject.handle.reconnect()
      if (socket === undefined || socket === subject.socket) return
      socket.open()
      socket.message("late")
      socket.fail()
      socket.end(1000)
    },
  },
} satisfies Record<string, Event>

export type EventName = keyof typeof events

export const eventNames = Object.keys(events) as ReadonlyArray<EventName>

export const eventOf = (name: EventName): Event => events[name]
