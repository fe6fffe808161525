/**
 * What the typed client promises, on the runtime that runs this file, against the server whose address is its argument.
 * Prints a line of JSON for each case, and then `done`. It ends by itself: a process that lives on has kept something.
 */
import * as built from "htmx-ext-effect-ws"
import type { Connected, ConnectOptions } from "../../src/index.ts"

// What was built may be older than its source, when types are checked.
const { connect } = built as unknown as typeof import("../../src/index.ts")

interface Case {
  readonly title: string
  /** Whether `npm test` runs it on each runtime. */
  readonly short?: boolean
  readonly run: (dial: Dial, maker: string) => Promise<void>
}

type Client = Connected<unknown, unknown>
type Dial = (path: string, options?: ConnectOptions<unknown, unknown>) => Client

const [server = "", which = "all"] = (
  globalThis as unknown as { process: { argv: Array<string> } }
).process.argv.slice(2)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const equal = (actual: unknown, expected: unknown): void => {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`expected ${wanted}, not ${found}`)
}

/** Fails if `promise` takes longer than `limit` milliseconds. */
const within = async <A>(limit: number, promise: Promise<A>): Promise<A> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms`)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

const failure = async (promise: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error("it did not fail")
}

/** Waits for a state. */
const until = (client: Client, tag: string): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    const stop = client.on("state", (state) => {
      if (state._tag !== tag) return
      stop()
      resolve(state as unknown as Record<string, unknown>)
    })
  })

/** Far longer than it takes, and far shorter than any timeout of the client. */
const SOON = 5000

const reconnect = () => 20

const cases: ReadonlyArray<Case> = [
  {
    title: "messages go out and come back, in order",
    short: true,
    run: async (dial) => {
      const chat = dial("/echo")
      for (const n of [1, 2, 3]) await chat.send(n)
      equal(await chat.request("four", { match: (message) => message === "four" }), "four")
      const seen: Array<unknown> = []
      for await (const message of chat.messages) if (seen.push(message) === 4) break
      equal(seen, [1, 2, 3, "four"])
      await within(SOON, chat.close())
    },
  },
  {
    title: "a refused dial fails at once, and is tried again",
    short: true,
    run: async (dial) => {
      const chat = dial("/refuse", { reconnectMaxAttempts: 2 })
      const { _tag, code } = await within(SOON, failure(chat.awaitOpen()))
      equal([_tag, code], ["RetriesExhausted", 1006])
    },
  },
  {
    title: "so does a dial to a port where nobody listens",
    run: async () => {
      const chat = connect("ws://127.0.0.1:9", { reconnect, reconnectMaxAttempts: 1 })
      const { _tag, code } = await within(SOON, failure(chat.awaitOpen()))
      equal([_tag, code], ["RetriesExhausted", 1006])
    },
  },
  {
    title: "a dial that was refused opens when the server is there",
    short: true,
    run: async (dial) => {
      const chat = dial("/refuse-twice")
      await within(SOON, chat.awaitOpen())
      await chat.close()
    },
  },
  ...["/reset", "/end", "/bad-frame"].map((path) => ({
    title: `a connection that breaks (${path}) has 1006, and is dialled again`,
    short: true,
    run: async (dial: Dial) => {
      const chat = dial(path)
      equal((await within(SOON, until(chat, "Waiting"))).code, 1006)
      await within(SOON, until(chat, "Open"))
      await chat.close()
    },
  })),
  {
    title: "a close without a code has 1005, and is dialled again",
    run: async (dial) => {
      const chat = dial("/close-without-code")
      equal((await within(SOON, until(chat, "Waiting"))).code, 1005)
      await within(SOON, until(chat, "Open"))
      await chat.close()
    },
  },
  {
    title: "a final close has its code and reason",
    short: true,
    run: async (dial) => {
      const chat = dial("/login")
      const { why } = (await within(SOON, until(chat, "Closed"))) as { why: Record<string, unknown> }
      equal([why.code, why.reason, why.closedBy], [4401, "login", "peer"])
    },
  },
  {
    title: "a handshake that hangs is over after connectTimeout, and tried again",
    short: true,
    run: async (dial) => {
      const chat = dial("/hang", { connectTimeout: 100, reconnectMaxAttempts: 1 })
      const { _tag } = await within(SOON, failure(chat.awaitOpen()))
      equal(_tag, "RetriesExhausted")
    },
  },
  {
    title: "close, a signal and reconnect end a dial in between, and nothing is heard of it any more",
    short: true,
    run: async (dial) => {
      const closed = dial("/hang", { closeTimeout: 60_000 })
      const aborter = new AbortController()
      const aborted = dial("/hang", { signal: aborter.signal })
      const again = dial("/hang-once")
      await pause(100)
      const problems: Array<unknown> = []
      for (const client of [closed, aborted, again]) client.on("problem", (problem) => problems.push(problem))
      await within(SOON, closed.close())
      aborter.abort()
      again.reconnect()
      await within(SOON, again.awaitOpen())
      await again.close()
      await pause(50)
      equal([closed.state._tag, aborted.state._tag, problems], ["Closed", "Closed", []])
    },
  },
  {
    title: "close is over after closeTimeout if the peer is mute",
    short: true,
    run: async (dial) => {
      const chat = dial("/mute", { closeTimeout: 100 })
      await chat.awaitOpen()
      await within(SOON, chat.close())
    },
  },
  {
    title: "a peer that is mute when the signal is aborted keeps no process alive",
    short: true,
    run: async (dial) => {
      const aborter = new AbortController()
      const chat = dial("/mute", { closeTimeout: 100, signal: aborter.signal })
      await chat.awaitOpen()
      aborter.abort()
    },
  },
  {
    title: "a peer that does not answer the heartbeat is dropped, and dialled again",
    run: async (dial) => {
      const chat = dial("/mute", { heartbeat: 50, heartbeatTimeout: 50, closeTimeout: 100 })
      equal((await within(SOON, until(chat, "Waiting"))).code, 1006)
      await within(SOON, until(chat, "Open"))
      await chat.close()
    },
  },
  {
    title: "bytes are sent and received",
    short: true,
    run: async (dial) => {
      const chat = dial("/echo", { format: "raw" })
      await chat.send(Uint8Array.of(1, 2, 3))
      for await (const message of chat.messages) {
        equal([message instanceof Uint8Array, [...(message as Uint8Array)]], [true, [1, 2, 3]])
        break
      }
      await chat.close()
    },
  },
  {
    title: "a burst loses nothing: an idle loop gets it, and one that comes late",
    short: true,
    run: async (dial) => {
      for (const late of [0, 200]) {
        const chat = dial("/burst")
        const problems: Array<unknown> = []
        chat.on("problem", (problem) => problems.push(problem))
        await chat.awaitOpen()
        if (late > 0) await pause(late)
        let next = 0
        for await (const message of chat.messages) {
          if (message !== next++) throw new Error(`expected ${next - 1}, not ${message}`)
          if (next === 5000) break
        }
        equal(problems, [])
        await chat.close()
      }
    },
  },
  {
    title: "headers and subprotocols are sent, and the one chosen is known",
    short: true,
    run: async (dial, maker) => {
      const options = maker === "ws" ? { webSocket: byWs } : {}
      const chat = dial("/headers", { ...options, protocols: ["a", "b"], headers: { "x-token": "secret" } })
      equal(await within(SOON, chat.request("?", { match: () => true })), ["secret", "a,b"])
      equal(chat.state._tag === "Open" && chat.state.protocol, "b")
      await chat.close()
    },
  },
  {
    title: "what is sent on open goes before what waits, on every open",
    short: true,
    run: async (dial) => {
      const chat = dial("/tell-twice", { onOpen: ({ attempt, send }) => send(`login ${attempt}`) })
      await chat.send("hello")
      const seen: Array<unknown> = []
      for await (const message of chat.messages) if (seen.push(message) === 3) break
      equal(seen, ["login 0", "hello", "login 1"])
      await chat.close()
    },
  },
  {
    title: "a peer that does not read slows down those who await their sends",
    run: async (dial) => {
      const chat = dial("/mute", { format: "raw", closeTimeout: 100 })
      let sent = 0
      const flooding = (async () => {
        for (; sent < 100; sent++) await chat.send(new Uint8Array(1_000_000))
      })().catch(() => {})
      await pause(500)
      if (sent > 50) throw new Error(`${sent} MB were accepted`)
      await within(SOON, chat.close())
      await within(SOON, flooding)
    },
  },
  {
    title: "a close has the code and the reason that it is given",
    run: async (dial) => {
      const chat = dial("/tell-close")
      await chat.awaitOpen()
      await within(SOON, chat.close(4000, "bye"))
      const teller = dial("/told-close")
      equal(await within(SOON, teller.request("?", { match: () => true })), [4000, "bye"])
      await teller.close()
    },
  },
]

/** What makes the sockets: the runtime, and `ws` in place of it. */
const platform = globalThis.WebSocket
const makers: Record<string, () => Promise<unknown>> = {
  platform: async () => platform,
  // Bun and Deno have it of their own.
  ws: async () => (await import("ws")).WebSocket,
}

const { WebSocket: Ws } = await import("ws")
const byWs: ConnectOptions<unknown, unknown>["webSocket"] = ({ headers, protocols, url }) =>
  new Ws(url, [...protocols], { headers })

for (const [maker, load] of Object.entries(makers)) {
  globalThis.WebSocket = (await load()) as typeof WebSocket
  for (const { run, short, title } of cases) {
    if (which === "short" && !short) continue
    const dial: Dial = (path, options) => connect(`${server}/${maker}${path}`, { reconnect, ...options })
    let error: string | undefined
    try {
      await run(dial, maker)
    } catch (cause) {
      error = String(cause)
    }
    console.log(JSON.stringify({ maker, title, error }))
  }
}
console.log("done")
