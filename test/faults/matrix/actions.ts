/** What a listener may do in each event of the extension. */
import type { Subject } from "./Subject.ts"

export interface Action {
  /** What the listener does, as a sentence. */
  readonly sentence: string
  readonly act: (subject: Subject, event: CustomEvent) => void
  /** Whether nothing else is to differ from what is without the listener. */
  readonly isHarmless?: boolean
}

/** What a listener throws. */
export const thrown = "thrown by a listener"

export const actions = {
  throws: {
    sentence: "throws",
    isHarmless: true,
    act: () => {
      throw new Error(thrown)
    },
  },
  repeats: {
    sentence: "dispatches the same event again",
    isHarmless: true,
    act: (subject, { detail, target, type }) => {
      const { CustomEvent } = subject.page.window
      subject.isRepeating = true
      target?.dispatchEvent(new CustomEvent(type, { bubbles: true, cancelable: true, detail }))
      subject.isRepeating = false
    },
  },
  removes: { sentence: "removes the element", act: ({ element }) => element?.remove() },
  moves: {
    sentence: "moves the element",
    act: ({ element, page }) => element && page.document.querySelector("aside")?.append(element),
  },
  replaces: {
    sentence: "replaces everything in the page by another connect element",
    act: (subject) => {
      const { body } = subject.page.document
      body.innerHTML = `<main>${subject.html()}</main><aside></aside>`
      subject.process()
    },
  },
  processes: { sentence: "has htmx process the page", act: (subject) => subject.process() },
  sends: { sentence: "sends", act: (subject) => subject.send() },
  submits: { sentence: "submits the form", act: (subject) => subject.submit() },
  reconnects: { sentence: "calls `reconnect()`", act: ({ handle }) => handle.reconnect() },
  closes: { sentence: "calls `close()`", act: ({ handle }) => handle.close() },
  "closes the socket": { sentence: "calls `socket.close()`", act: ({ handle }) => handle.socket?.close() },
  empties: {
    sentence: "empties the queue",
    act: ({ handle }) => {
      handle.queue.length = 0
    },
  },
  cancels: { sentence: "calls `preventDefault()`", act: (_, event) => event.preventDefault() },
  hides: { sentence: "finds the page hidden", act: (subject) => subject.visibility(true) },
} satisfies Record<string, Action>

export type ActionName = keyof typeof actions

export const actionNames = Object.keys(actions) as ReadonlyArray<ActionName>

export const actionOf = (name: ActionName): Action => actions[name]
