/** The states that a connection can be in when something happens to it. */
import type { Subject } from "./Subject.ts"

export interface State {
  /** What holds in it, as a sentence. */
  readonly sentence: string
  /** The state that a page sees. */
  readonly shown: string
  readonly settings?: object
  /** Brings a connection that has not been processed yet into this state, and calls `act` in it. */
  readonly enter: (subject: Subject, act: () => void) => void
}

const never = new Promise(() => {})

const open = (subject: Subject): void => {
  subject.process()
  subject.socket?.open()
}

const retry = (subject: Subject): void => {
  subject.process()
  subject.socket?.drop()
  subject.page.clock.advance(1000)
}

const plain =
  (enter: (subject: Subject) => void): State["enter"] =>
  (subject, act) => {
    enter(subject)
    act()
  }

export const states = {
  preparing: {
    sentence: "a listener of the event before the dial has asked for time",
    shown: "connecting",
    enter: plain((subject) => {
      const { configure } = subject.dialect.names
      subject.disturb({ at: configure, act: ({ detail }) => detail.waitUntil?.(never) })
      subject.process()
    }),
  },
  connecting: {
    sentence: "the server has not answered the handshake",
    shown: "connecting",
    enter: plain((subject) => subject.process()),
  },
  greeting: {
    sentence: "a listener of the open event is running",
    shown: "open",
    enter: (subject, act) => {
      subject.disturb({ at: subject.dialect.names.open, act })
      open(subject)
    },
  },
  holding: {
    sentence: "a listener of the open event has asked for time",
    shown: "open",
    enter: plain((subject) => {
      subject.disturb({ at: subject.dialect.names.open, act: ({ detail }) => detail.waitUntil?.(never) })
      open(subject)
    }),
  },
  open: { sentence: "messages are written as they come", shown: "open", enter: plain(open) },
  reopened: {
    sentence: "it has been lost once, and is open again",
    shown: "open",
    enter: plain((subject) => {
      open(subject)
      subject.socket?.drop()
      subject.page.clock.advance(1000)
      subject.socket?.open()
    }),
  },
  quiet: {
    sentence: "the heartbeat has asked the server, which has not answered",
    shown: "open",
    settings: { heartbeat: "10s" },
    enter: plain((subject) => {
      open(subject)
      subject.page.clock.advance(10_000)
    }),
  },
  ending: {
    sentence: "the server has begun to close the socket",
    shown: "open",
    enter: plain((subject) => {
      open(subject)
      if (subject.socket) subject.socket.readyState = 2
    }),
  },
  closing: {
    sentence: "the page has closed it, and the server has not answered",
    shown: "closed",
    enter: plain((subject) => {
      open(subject)
      subject.handle.close(4000)
    }),
  },
  waiting: {
    sentence: "a retry is scheduled",
    shown: "reconnecting",
    enter: plain((subject) => {
      open(subject)
      subject.socket?.drop()
    }),
  },
  offline: {
    sentence: "a retry is scheduled, and there is no network",
    shown: "reconnecting",
    enter: plain((subject) => {
      open(subject)
      subject.network(false)
      subject.socket?.drop()
    }),
  },
  pausing: {
    sentence: "the page is hidden, and the server has not answered the close",
    shown: "paused",
    enter: plain((subject) => {
      open(subject)
      subject.visibility(true)
    }),
  },
  paused: {
    sentence: "the page is hidden",
    shown: "paused",
    enter: plain((subject) => {
      open(subject)
      subject.visibility(true)
      subject.socket?.answerClose()
    }),
  },
  closed: {
    sentence: "the server has closed it with a final code",
    shown: "closed",
    enter: plain((subject) => {
      open(subject)
      subject.socket?.end(1000)
    }),
  },
  cancelled: {
    sentence: "a listener has cancelled the dial",
    shown: "closed",
    enter: plain((subject) => {
      subject.disturb({ at: subject.dialect.names.configure, act: (event) => event.preventDefault() })
      subject.process()
    }),
  },
  "last retry": {
    sentence: "the server has not answered the handshake of the last retry",
    shown: "connecting",
    settings: { reconnectMaxAttempts: 1 },
    enter: plain(retry),
  },
  failed: {
    sentence: "no retry is left",
    shown: "failed",
    settings: { reconnectMaxAttempts: 1 },
    enter: plain((subject) => {
      retry(subject)
      subject.socket?.drop()
    }),
  },
} satisfies Record<string, State>

export type StateName = keyof typeof states

export const stateNames = Object.keys(states) as ReadonlyArray<StateName>

export const stateOf = (name: StateName): State => states[name]
