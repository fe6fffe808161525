/** What the engines do with WebSockets and pages that decides what the extension must do: each with what is expected. */
import type { Page } from "playwright-core"
import { hang, refuse } from "../setup/behaviours.ts"
import type { TestServer } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"
import type { Engine } from "./seen.ts"

export interface Fact {
  /** What is asked. */
  readonly about: string
  /** What each engine answers, or all of them. */
  readonly answers: string | Readonly<Record<Engine, string>>
  readonly ask: (page: Page, server: TestServer) => Promise<string>
}

/** Evaluates a call in the page: `fine`, or the name of what it throws. */
const outcome = (page: Page, code: string): Promise<string> =>
  page.evaluate(`(() => {
    try { ${code}; return "fine" } catch (error) { return error.name }
  })()`)

/** Of several calls, each with its outcome, those with the same one together. */
const outcomes = async (
  page: Page,
  calls: ReadonlyArray<readonly [name: string, code: string]>,
): Promise<string> => {
  const by = new Map<string, Array<string>>()
  for (const [name, code] of calls) {
    const answer = await outcome(page, code)
    by.set(answer, [...(by.get(answer) ?? []), name])
  }
  return [...by].map(([answer, names]) => `${names.join(", ")}: ${answer}`).join("; ")
}

export const facts: ReadonlyArray<Fact> = [
  {
    about: "`new WebSocket` with a URL of another kind",
    answers: "/path, path, http:: fine; #fragment, ftp:, port 99999: SyntaxError",
    ask: (page, server) =>
      outcomes(
        page,
        [
          ["/path", "/path"],
          ["path", "path"],
          ["http:", `${server.origin}/http`],
          ["#fragment", `${server.wsUrl("/x")}#fragment`],
          ["ftp:", "ftp://127.0.0.1/"],
          ["port 99999", "ws://127.0.0.1:99999/"],
        ].map(([name = "", url]) => [name, `new WebSocket(${JSON.stringify(url)})`]),
      ),
  },
  {
    about: "`close(code)` of an open socket",
    answers: "1000, 3000, 4999: fine; 0, 999, 1001, 1006, 1011, 2999, 5000: InvalidAccessError",
    ask: (page, server) =>
      outcomes(
        page,
        [1000, 3000, 4999, 0, 999, 1001, 1006, 1011, 2999, 5000].map((code) => [
          String(code),
          `new WebSocket("${server.wsUrl("/ws")}").close(${code})`,
        ]),
      ),
  },
  {
    about: "`close(1000, reason)`",
    answers: "123 bytes: fine; 124 bytes: SyntaxError",
    ask: (page, server) =>
      outcomes(
        page,
        [123, 124].map((length) => [
          `${length} bytes`,
          `new WebSocket("${server.wsUrl("/ws")}").close(1000, "x".repeat(${length}))`,
        ]),
      ),
  },
  {
    about: "`send` while connecting, and when closed",
    answers: {
      chromium: "InvalidStateError; lost in silence, and bufferedAmount grows by 3",
      firefox: "InvalidStateError; lost in silence, and bufferedAmount grows by 3",
      webkit: "InvalidStateError; lost in silence, and bufferedAmount grows by 9",
    },
    ask: async (page, server) => {
      const connecting = await outcome(page, `new WebSocket("${server.wsUrl("/ws")}").send("abc")`)
      const grown = await page.evaluate(
        (url) =>
          new Promise((resolve) => {
            const socket = new WebSocket(url)
            socket.onopen = () => socket.close()
            socket.onclose = () => {
              socket.send("abc")
              resolve(socket.bufferedAmount)
            }
          }),
        server.wsUrl("/ws"),
      )
      return `${connecting}; lost in silence, and bufferedAmount grows by ${grown}`
    },
  },
  {
    about: "a second socket to a host whose first one gets no response",
    answers: {
      chromium: "waits until the first is closed",
      firefox: "waits until the first is closed",
      webkit: "opens",
    },
    ask: async (page, server) => {
      server.webSocket("/hang", hang())
      await page.evaluate(
        ([hanging, good]) => {
          const first = new WebSocket(hanging as string)
          const second = new WebSocket(good as string)
          Object.assign(window, { first, second })
        },
        [server.wsUrl("/hang"), server.wsUrl("/good")],
      )
      await waitFor(() => server.visitsTo("/hang").length === 1)
      const isOpen = () => page.evaluate("second.readyState === 1") as Promise<boolean>
      // As long as a page may wait for it.
      const opens = await waitFor(isOpen, 2_000).catch(() => false)
      if (opens) return "opens"
      await page.evaluate("first.close()")
      await waitFor(isOpen)
      return "waits until the first is closed"
    },
  },
  {
    about: "the TCP connection of a socket that is closed while it gets no response",
    answers: { chromium: "ends", firefox: "stays", webkit: "ends" },
    ask: async (page, server) => {
      server.webSocket("/hang", hang())
      await page.evaluate((url) => {
        Object.assign(window, { first: new WebSocket(url) })
      }, server.wsUrl("/hang"))
      await waitFor(() => server.visits.length === 1)
      await page.evaluate("first.close()")
      return waitFor(() => server.visits[0]?.isGone, 2_000).then(
        () => "ends",
        () => "stays",
      )
    },
  },
  {
    about: "dialling again at once, after seven refusals in turn",
    answers: {
      chromium: "is dialled at once",
      firefox: "is held back by the browser, longer each time",
      webkit: "is dialled at once",
    },
    ask: async (page, server) => {
      server.webSocket("/no", refuse(503))
      await page.evaluate(async (url) => {
        for (let dial = 0; dial < 7; dial++)
          await new Promise((resolve) => {
            new WebSocket(url).onclose = resolve
          })
      }, server.wsUrl("/no"))
      const times = server.visits.map(({ at }) => at)
      const last = (times.at(-1) as number) - (times.at(-2) as number)
      return last > 300 ? "is held back by the browser, longer each time" : "is dialled at once"
    },
  },
  {
    about: "the handshake's `Origin`, and the cookies of the page",
    answers: "sent",
    ask: async (page, server) => {
      await page.evaluate((url) => {
        Reflect.set(document, "cookie", "who=ada")
        new WebSocket(url)
      }, server.wsUrl("/ws"))
      const { headers } = await waitFor(() => server.visits[0])
      return headers.origin === server.origin && headers.cookie === "who=ada"
        ? "sent"
        : JSON.stringify(headers)
    },
  },
  {
    about: "`error` of a failed dial says why",
    answers: "no: an Event of type error, then close 1006",
    ask: async (page, server) => {
      server.webSocket("/no", refuse(401))
      return page.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(url)
            let error = ""
            socket.onerror = (event) => {
              error = `an ${event.constructor.name} of type ${event.type}`
            }
            socket.onclose = ({ code, reason }) => resolve(`no: ${error}, then close ${code}${reason}`)
          }),
        server.wsUrl("/no"),
      )
    },
  },
  {
    about: "leaving a page: the events in which its socket is open, and the code that the server gets",
    answers: {
      chromium: "beforeunload, pagehide, visibilitychange; 1001",
      firefox: "beforeunload; 1001",
      webkit: "beforeunload, pagehide, visibilitychange; 1001",
    },
    ask: async (page, server) => {
      await page.evaluate((url) => {
        const socket = new WebSocket(url)
        for (const type of ["beforeunload", "pagehide", "visibilitychange"])
          addEventListener(type, () => socket.send(type), { capture: true })
      }, server.wsUrl("/ws"))
      await waitFor(() => server.live("/ws").length === 1)
      await page.goto(server.page("/away", "<!doctype html><p>away</p>"))
      const closed = await waitFor(() => server.visits[0]?.closed)
      return `${server.received("/ws").join(", ")}; ${closed.code}`
    },
  },
  {
    about:
      "the sockets of a page that begins to leave and stays: a download, a response of 204, `window.stop()`",
    answers: { chromium: "stay open", firefox: "close with 1001", webkit: "stay open" },
    ask: async (page, server) => {
      server.route("/nothing", (_request, response) => response.writeHead(204).end())
      const ends: Array<string> = []
      for (const leave of [`location.href = "/nothing"`, "window.stop()"]) {
        await page.evaluate((url) => {
          const socket = new WebSocket(url)
          const state = { end: "stay open" }
          Object.assign(window, { socket, state })
          socket.onclose = ({ code }) => {
            state.end = `close with ${code}`
          }
        }, server.wsUrl("/ws"))
        await waitFor(() => server.live("/ws").length === 1)
        await page.evaluate(`${leave}, 1`)
        // Longer than the response takes.
        await new Promise((resolve) => setTimeout(resolve, 500))
        ends.push(await page.evaluate("state.end"))
        await page.evaluate("socket.close()")
        await waitFor(() => server.live("/ws").length === 0)
      }
      return [...new Set(ends)].join(", ")
    },
  },
]

export const answerIn = ({ answers }: Fact, engine: Engine): string =>
  typeof answers === "string" ? answers : answers[engine]
