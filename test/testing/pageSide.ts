/** What a page may do with a WebSocket, in a notation that every page can play. */
export type PageAct =
  | readonly ["send", text: string]
  | readonly [
      "sendBytes",
      as: "ArrayBuffer" | "Uint8Array" | "DataView" | "Blob",
      bytes: ReadonlyArray<number>,
    ]
  | readonly ["close", code?: number | null, reason?: string]
  | readonly ["binaryType", type: string]
  /** Takes the `on…` properties away, or gives others. */
  | readonly ["handlers", "none" | "new"]

/** What a page knows of its socket. */
export interface PageSide {
  act(act: PageAct): void
  /** What it has seen so far, and the state of the socket. */
  look(): Promise<{
    readonly told: ReadonlyArray<string>
    readonly readyState: number | undefined
    readonly protocol: string | undefined
    readonly bufferedAmount: number | undefined
  }>
}

/** A page with a socket. Runs in any realm, so it uses nothing of this module. */
export const pageSide = (
  Constructor: typeof WebSocket,
  url: string,
  protocols?: string | Array<string>,
): PageSide => {
  const told: Array<string | Promise<string>> = []
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      told.push(`throws ${(error as Error).name}`)
    }
  }
  const shown = async (data: unknown): Promise<string> => {
    if (typeof data === "string") return JSON.stringify(data)
    const kind = Object.prototype.toString.call(data).slice(8, -1)
    const buffer = data instanceof Blob ? await data.arrayBuffer() : (data as ArrayBuffer)
    return `${kind} ${new Uint8Array(buffer)}${data instanceof Blob ? ` of type "${data.type}"` : ""}`
  }
  const line = async (who: string, event: Event, state: number): Promise<string> => {
    const head = `${who} ${event.constructor.name} ${event.type} ${event.bubbles}${event.cancelable} while ${state}`
    if (event instanceof MessageEvent) {
      const { data, lastEventId, origin, ports, source } = event
      const home = origin === new URL(url).origin
      return `${head}: ${await shown(data)} ${home} ${[lastEventId, ports.length, source]}`
    }
    if (!(event instanceof CloseEvent)) return head
    return `${head}: ${event.code} ${JSON.stringify(event.reason)} ${event.wasClean}`
  }

  let made: WebSocket | undefined
  attempt(() => {
    made = protocols === undefined ? new Constructor(url) : new Constructor(url, protocols)
  })
  if (made === undefined) {
    return {
      act: () => {},
      look: async () => ({
        told: await Promise.all(told),
        readyState: undefined,
        protocol: undefined,
        bufferedAmount: undefined,
      }),
    }
  }
  const socket = made
  const tell = (who: string) => (event: Event) => {
    told.push(line(`${who}${event.target === socket ? "" : " of another"}`, event, socket.readyState))
  }
  const types = ["open", "message", "error", "close"] as const
  const handle = (handler: ((event: Event) => void) | null): void => {
    for (const type of types) socket[`on${type}`] = handler
  }
  for (const type of types) socket.addEventListener(type, tell("first"))
  handle(tell("on"))
  for (const type of types) socket.addEventListener(type, tell("last"))

  return {
    act: (act) =>
      attempt(() => {
        if (act[0] === "send") socket.send(act[1])
        else if (act[0] === "binaryType") socket.binaryType = act[1] as BinaryType
        else if (act[0] === "handlers") handle(act[1] === "none" ? null : tell("new"))
        else if (act[0] === "close") {
          const [, code, reason] = act
          if (act.length === 1) socket.close()
          else if (act.length === 2) socket.close(code ?? undefined)
          else socket.close(code ?? undefined, reason)
        } else {
          // Between other bytes, so that a view of all of them would be seen; and changed afterwards.
          const [, as, bytes] = act
          const { buffer } = new Uint8Array([9, ...bytes, 9])
          const kinds = {
            ArrayBuffer: () => buffer.slice(1, -1),
            Uint8Array: () => new Uint8Array(buffer, 1, bytes.length),
            DataView: () => new DataView(buffer, 1, bytes.length),
            Blob: () => new Blob([new Uint8Array(bytes)]),
          }
          const data = kinds[as]()
          socket.send(data)
          if (!(data instanceof Blob)) new Uint8Array(data instanceof ArrayBuffer ? data : buffer).fill(7)
        }
        told.push(`${act[0]} while ${socket.readyState}`)
      }),
    look: async () => ({
      told: await Promise.all(told),
      readyState: socket.readyState,
      protocol: socket.protocol,
      bufferedAmount: socket.bufferedAmount,
    }),
  }
}
