/** Tests that fail in an engine because of what it does, each with the reason. */
import type { Engine } from "./seen.ts"

export interface Difference {
  readonly engine: Engine
  /** What is in the titles of the tests. */
  readonly tests: RegExp
  /** A sentence for the docs. */
  readonly why: string
}

/** Tests of what no driver of another engine can do: they are left out. */
export const skipped =
  /with the official script|it works without JavaScript|a file goes by HTTP|between rendering and connecting/

export const differences: ReadonlyArray<Difference> = [
  {
    engine: "firefox",
    tests: /leaves while it is connecting reports no error|removed while connecting fires one last wsClose/,
    why: "A handshake without a response that the page gives up: `close` comes at once, as everywhere, but Firefox keeps the TCP connection, so the server does not see it end.",
  },
  {
    engine: "firefox",
    tests: /sends the last messages, then closes with 1000 and a reason/,
    why: "When a page begins to leave, Firefox closes its sockets with 1001 before `pagehide`: last words go in `beforeunload`, what is triggered later is lost, and servers see 1001 instead of our 1000.",
  },
  {
    engine: "firefox",
    tests: /decides whether it dials again: wire-1005/,
    why: "After failed dials, Firefox itself holds back the next ones to the same port, longer each time: retries come later than the backoff says. And it passes on 1005, 1006 and 1015 that a server puts into a close frame, of which 1015 is not retried.",
  },
  {
    engine: "firefox",
    tests: /a page in the back\/forward cache/,
    why: "Firefox keeps no page that had a WebSocket in its back/forward cache: *Back* loads it anew.",
  },
  {
    engine: "webkit",
    tests: /decides whether it dials again: code-|ends in wsFailed when the retries are used up/,
    why: "WebKitGTK takes close codes that its HTTP library does not know, 1012 to 1014 among them, for a broken connection: `error`, then 1006, which is retried. So a server's restart with 1012 is retried as everywhere, `reconnectCodes` without 1006 never are, and to end a connection a server uses 1000, 1008 or one from 3000 on.",
  },
  {
    engine: "webkit",
    tests: /hanging handshakes take turns with a good one/,
    why: "WebKit dials all sockets at once: one that hangs holds up no other.",
  },
  {
    engine: "webkit",
    tests: /with an entry in the history: HX-Location, and back/,
    why: "WebKit leaves out entries of the history that a page has made before its user did anything, so *Back* skips an `HX-Location` that a server sent to an untouched page.",
  },
]
