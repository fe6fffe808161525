import { type Connected, connect } from "../../src/index.ts"
import { waitFor } from "../setup/waitFor.ts"
import { addRun, type Clients, type Seen, type Target } from "./Clients.ts"

interface Client {
  readonly connected: Connected<unknown, unknown>
  readonly seen: Omit<Seen, "live" | "state">
  readonly sockets: Array<WebSocket>
}

const isLive = ({ readyState }: WebSocket): boolean => readyState < WebSocket.CLOSING

/** Connections of the typed client in Node, with the WebSockets of Node. */
export class NodeClients implements Clients {
  readonly name = "Node"
  readonly #clients = new Map<string, Client>()
  readonly #uncaught: Array<string> = []
  readonly #onUncaught = (error: unknown): void => void this.#uncaught.push(String(error))

  /** Those that wait. */
  readonly #timers = new Set<unknown>()
  readonly #real = { setTimeout, clearTimeout }

  constructor() {
    globalThis.setTimeout = ((
      handler: (...rest: Array<unknown>) => void,
      delay?: number,
      ...rest: Array<unknown>
    ) => {
      const timer = this.#real.setTimeout(() => {
        this.#timers.delete(timer)
        handler(...rest)
      }, delay)
      this.#timers.add(timer)
      return timer
    }) as typeof setTimeout
    globalThis.clearTimeout = (timer) => {
      this.#timers.delete(timer)
      this.#real.clearTimeout(timer)
    }
    process.on("uncaughtException", this.#onUncaught)
    process.on("unhandledRejection", this.#onUncaught)
  }

  async open(targets: ReadonlyArray<Target>): Promise<void> {
    for (const target of targets) this.#clients.set(target.path, makeClient(target))
  }

  async send(message: string, paths: ReadonlyArray<string>): Promise<void> {
    for (const { connected, seen } of paths.flatMap((path) => this.#clients.get(path) ?? [])) {
      const outcomes: Array<string> = []
      seen.outcomes[message] = outcomes
      connected.send(message).then(
        () => outcomes.push("sent"),
        () => outcomes.push("dropped"),
      )
    }
  }

  async seen(): Promise<Record<string, Seen>> {
    return Object.fromEntries(
      [...this.#clients].map(([path, { connected, seen, sockets }]) => [
        path,
        {
          ...structuredClone(seen),
          live: sockets.filter(isLive).length,
          state: connected.state._tag.toLowerCase(),
        },
      ]),
    )
  }

  async reconnect(paths: ReadonlyArray<string>): Promise<void> {
    for (const path of paths) this.#clients.get(path)?.connected.reconnect()
  }

  frame(): string {
    return "applied"
  }

  async isApplied(path: string): Promise<boolean> {
    return this.#clients.get(path)?.seen.runs.at(-1)?.[0] === "applied"
  }

  async remove(): Promise<number> {
    await Promise.all([...this.#clients.values()].map(({ connected }) => connected.close()))
    await waitFor(() => this.#timers.size === 0, 5_000).catch(() => {})
    return this.#timers.size
  }

  uncaught(): ReadonlyArray<string> {
    return this.#uncaught
  }

  async close(): Promise<void> {
    Object.assign(globalThis, this.#real)
    process.off("uncaughtException", this.#onUncaught)
    process.off("unhandledRejection", this.#onUncaught)
  }
}

const makeClient = ({ fault, settings, url }: Target): Client => {
  const sockets: Array<WebSocket> = []
  const seen: Client["seen"] = {
    dials: 0,
    most: 0,
    opens: 0,
    codes: [],
    retries: 0,
    runs: [],
    outcomes: {},
  }
  const { reconnectDelay, ...rest } = settings
  const connected = connect(url, {
    ...rest,
    ...(reconnectDelay !== undefined && { reconnect: () => Number(reconnectDelay) }),
    format: "raw",
    protocols: fault?.protocols,
    webSocket: ({ protocols, url }) => {
      const socket = new WebSocket(url, [...protocols])
      sockets.push(socket)
      seen.dials++
      seen.most = Math.max(seen.most, sockets.filter(isLive).length)
      return socket
    },
  })
  connected.on("message", (text) => {
    if (text !== `{"type":"pong"}`) addRun(seen.runs, String(text))
  })
  connected.on("state", (state) => {
    if (state._tag === "Open") seen.opens++
    if (state._tag === "Waiting") seen.retries++
    if (state._tag === "Waiting") seen.codes.push(state.code)
    if (state._tag === "Closed" && "code" in state.why) seen.codes.push(Number(state.why.code))
  })
  return { connected, seen, sockets }
}
