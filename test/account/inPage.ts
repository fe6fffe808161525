/** What a page does while its messages are counted. It runs in the page, and uses nothing from outside of it. */

export interface WorkOptions {
  readonly isNative: boolean
  readonly page: string
  readonly seed: number
  readonly connections: number
  /** Where to dial, without a path. */
  readonly origin: string
  /** Faults that a dial may ask for. */
  readonly faults: ReadonlyArray<string>
}

export type Outcome = "sent" | "vetoed" | "taken" | "dropped" | "refused"

/** A message of the page. */
export interface Entry {
  readonly id: string
  /** How it was sent. */
  readonly via: string
  /** What its events have said. */
  events: Array<Outcome>
  /** What its `settle` was called with. */
  readonly endings: Array<string>
  /** Why it was dropped. */
  reason?: string
  /** The path of the socket that it was written to. */
  path?: string
  /** Whether it has no element, or its listener has failed: only `settle` tells of its end. */
  isQuiet?: boolean
}

/** The public object of a connection: `socketWrapper`, or `connection` of htmx 4. */
interface Carrier {
  url: string
  readonly state: string
  readonly socket: WebSocket | null
  readonly queue: Array<{ readonly message: unknown }>
  send(message: unknown, element?: Element | null, settle?: (ending: string) => void): unknown
  sendImmediately(message: unknown, element?: Element | null): void
  reconnect(): void
  close(code?: number): void
}

/** A message, as events show it: a text, or an object of htmx 4. */
type Message =
  | string
  | { data?: unknown; values?: { readonly id?: string }; settle?: (ending: string) => void }

interface Detail {
  readonly connection: Carrier
  readonly socketWrapper: Carrier
  readonly message: Message
  readonly parameters: { readonly id: string }
  readonly reason: string
  url: string
  settle?: (ending: string) => void
  waitUntil(promise: Promise<unknown>): void
}

declare global {
  interface Window {
    account: { stop: () => Promise<ReadonlyArray<Entry>> }
  }
}

export const work = (options: WorkOptions): void => {
  const { connections, faults, isNative, origin, page } = options
  const htmx = (globalThis as unknown as { htmx: { process(element: Element): void } }).htmx
  let state = options.seed
  /** mulberry32 */
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296
  }
  const chance = (probability: number): boolean => random() < probability
  const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(random() * list.length)] as A
  const later = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

  const entries = new Map<string, Entry>()
  let isOver = false
  let dials = 0
  let count = 0

  const enter = (via: string): Entry => {
    const entry: Entry = { id: `${page}m${count++}`, via, events: [], endings: [] }
    entries.set(entry.id, entry)
    return entry
  }
  const textOf = (message: Message): string =>
    typeof message === "string"
      ? message
      : `${typeof message?.data === "string" ? message.data : ""} ${message?.values?.id ?? ""}`
  const entryOf = (message: Message): Entry | undefined =>
    entries.get(/p\d+m\d+/.exec(textOf(message))?.[0] ?? "")
  const note = (message: Message, outcome: Outcome): Entry | undefined => {
    const entry = entryOf(message)
    entry?.events.push(outcome)
    return entry
  }
  const pathOf = (socket: WebSocket | null): string => (socket === null ? "" : new URL(socket.url).pathname)
  const settleOf = (entry: Entry, carrier: () => Carrier | undefined) => (ending: string) => {
    entry.endings.push(ending)
    if (ending === "written") entry.path ??= pathOf(carrier()?.socket ?? null)
  }

  /** The forms that htmx has processed. Until then, the browser submits them itself, also with the official scripts. */
  const processed = new WeakSet<Element>()
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return
    event.preventDefault()
    const id = (event.target as Element).getAttribute("id")
    throw new Error(`#${id} would have been submitted by the browser`)
  })

  /** The public object of an element's connection, if it has one. */
  const carriers = new Map<string, Carrier>()
  const elementOf = (at: number): HTMLElement | null => document.getElementById(`${page}c${at}`)
  const carrierOf = (at: number): Carrier | undefined => carriers.get(`${page}c${at}`)

  const make = (at: number): void => {
    const id = `${page}c${at}`
    // On htmx 4, half of the elements have the attributes of htmx 2.
    const prefix = isNative && at % 2 === 0 ? "hx-ws:" : "ws-"
    const overflow = at % 3 === 0 ? "drop-oldest" : "reject"
    const config = isNative
      ? `hx-config="ws.queueOverflow:${overflow}"`
      : `ws-config="queueOverflow:${overflow}"`
    const form = (name: string): string =>
      `<form id="${id}${name}" ${prefix}send><input name="id"><input name="word" value="word"></form>`
    const holder = document.createElement("div")
    holder.innerHTML = `<div id="${id}" ${prefix}connect="/room" ${config}>${form("f")}${form("g")}<p id="${id}log"></p></div>`
    const element = holder.firstElementChild as HTMLElement
    document.getElementById("rooms")?.append(element)
    htmx.process(element)
    for (const form of element.querySelectorAll("form")) processed.add(form)
  }

  const send = (at: number, via: string, element: Element | null): void => {
    const carrier = carrierOf(at)
    if (carrier === undefined) return
    const entry = enter(via)
    const text = JSON.stringify({ id: entry.id })
    const settle = settleOf(entry, () => carrier)
    if (isNative) {
      if (element === null) carrier.send({ data: text, settle })
      else carrier.send({ values: { id: entry.id }, settle })
      // A connection that has ended accepts nothing, and says so at once.
      if (entry.events.length === 0 && entry.endings[0] === "closed") entry.events.push("refused")
      return
    }
    entry.isQuiet = element === null
    carrier.send(text, element, settle)
  }

  const submit = (at: number, name: string): HTMLFormElement | undefined => {
    const form = document.getElementById(`${page}c${at}${name}`) as HTMLFormElement | null
    if (form === null || !processed.has(form)) return undefined
    const entry = enter("form")
    const field = form.elements.namedItem("id") as HTMLInputElement
    const before = field.value
    field.value = entry.id
    let isFired = false
    const onSubmit = ({ target }: Event): void => {
      isFired ||= target === form
    }
    window.addEventListener("submit", onSubmit, true)
    form.requestSubmit()
    window.removeEventListener("submit", onSubmit, true)
    if (isFired) return form
    // A form that is just being submitted is not submitted once more (HTML, `requestSubmit`).
    entries.delete(entry.id)
    field.value = before
    return form
  }

  const setHidden = (isHidden: boolean): void => {
    Object.defineProperty(document, "hidden", { configurable: true, value: isHidden })
    document.dispatchEvent(new Event("visibilitychange"))
  }
  const setOnline = (isOnline: boolean): void => {
    Object.defineProperty(navigator, "onLine", { configurable: true, value: isOnline })
    window.dispatchEvent(new Event(isOnline ? "online" : "offline"))
  }

  const take = (at: number): void => {
    const queue = carrierOf(at)?.queue ?? []
    const taken = chance(0.3) ? queue.splice(0) : chance(0.5) ? queue.splice(0, 1) : queue.splice(-1)
    for (const { message } of taken) note(message as Message, "taken")
  }

  const replaceForm = (at: number): void => {
    const form = submit(at, "g")
    if (form === undefined) return
    const copy = form.cloneNode(true) as Element
    form.remove()
    if (chance(0.5)) return
    elementOf(at)?.append(copy)
    htmx.process(copy)
    processed.add(copy)
  }

  const leave = (at: number): void => {
    const element = elementOf(at)
    if (element === null) return
    if (chance(0.3)) submit(at, "f")
    element.remove()
    setTimeout(() => {
      if (!isOver && elementOf(at) === null) make(at)
    }, random() * 300)
  }

  const actions: ReadonlyArray<readonly [weight: number, act: (at: number) => void]> = [
    [30, (at) => void submit(at, "f")],
    [6, (at) => replaceForm(at)],
    [20, (at) => send(at, "send", document.getElementById(`${page}c${at}f`))],
    [10, (at) => send(at, "send without element", null)],
    [
      3,
      (at) => {
        for (let times = 0; times < 15; times++) send(at, "burst", document.getElementById(`${page}c${at}g`))
      },
    ],
    [
      4,
      (at) => {
        const carrier = carrierOf(at)
        if (isNative || carrier === undefined) return
        const entry = enter("send at once")
        carrier.sendImmediately(JSON.stringify({ id: entry.id }), elementOf(at))
        // Who sends at once knows when the call returns: an event, or an error.
        if (entry.events.length === 0) entry.events.push("refused")
      },
    ],
    [4, take],
    [1, leave],
    [2, (at) => carrierOf(at)?.reconnect()],
    [1, (at) => carrierOf(at)?.close(pick([1000, 4000]))],
    [
      1,
      () => {
        setHidden(true)
        setTimeout(() => setHidden(false), random() * 400)
      },
    ],
    [
      1,
      () => {
        setOnline(false)
        setTimeout(() => setOnline(true), random() * 400)
      },
    ],
  ]
  const total = actions.reduce((sum, [weight]) => sum + weight, 0)
  const act = (): void => {
    let at = random() * total
    for (const [weight, act] of actions) {
      at -= weight
      if (at >= 0) continue
      act(Math.floor(random() * connections))
      return
    }
  }

  /** What listeners do besides: seldom, and anything. */
  const meddle = (): void => {
    if (isOver || !chance(0.01)) return
    const at = Math.floor(random() * connections)
    pick([
      () => {
        throw new Error("thrown on purpose")
      },
      () => send(at, "listener", elementOf(at)),
      () => void submit(at, "f"),
      () => carrierOf(at)?.reconnect(),
      () => carrierOf(at)?.close(),
      () => leave(at),
      () => take(at),
    ])()
  }
  const wait = (detail: Detail, probability: number): void => {
    if (isOver || !chance(probability)) return
    const fails = chance(0.2)
    detail.waitUntil(
      later(random() * 250).then(() => {
        if (fails) throw new Error("rejected on purpose")
      }),
    )
  }
  const listen = (name: string, listener: (detail: Detail, event: Event) => void): void =>
    document.addEventListener(name, (event) => {
      listener((event as CustomEvent).detail, event)
      meddle()
    })
  const urlOf = (element: Element): string => {
    const path = `/${element.id}d${dials++}`
    return isOver || !chance(0.3)
      ? origin + path
      : `${origin}${path}?fault=${pick(faults)}&when=${pick(["open", "message", "message"])}&times=1`
  }
  const vetoes = (entry: Entry): boolean => !isOver && !entry.isQuiet && chance(0.06)

  if (isNative) {
    listen("htmx:ws:before:connection", (detail, event) => {
      const element = event.target as Element
      carriers.set(element.id, detail.connection)
      detail.connection.url = urlOf(element)
      wait(detail, 0.1)
    })
    listen("htmx:ws:after:connection", (detail, event) => {
      if (chance(0.3)) send(Number(/c(\d+)/.exec((event.target as Element).id)?.[1]), "hello", null)
      wait(detail, 0.1)
    })
    listen("htmx:ws:close", () => {})
    listen("htmx:ws:reconnecting", () => {})
    listen("htmx:ws:before:message:incoming", (detail) => wait(detail, 0.1))
    listen("htmx:ws:after:message:incoming", () => {})
    listen("htmx:ws:before:message:outgoing", (detail, event) => {
      const entry = entryOf(detail.message)
      if (entry === undefined || typeof detail.message === "string") return
      detail.message.settle ??= settleOf(entry, () => detail.connection)
      if (vetoes(entry)) {
        event.preventDefault()
        entry.events.push("vetoed")
        return
      }
      if (chance(0.03)) {
        entry.isQuiet = true
        detail.waitUntil(
          later(random() * 250).then(() => {
            throw new Error("rejected on purpose")
          }),
        )
      } else if (chance(0.1)) detail.waitUntil(later(random() * 600))
    })
    listen("htmx:ws:after:message:outgoing", ({ connection, message }) => {
      const entry = note(message, "sent")
      if (entry) entry.path ??= pathOf(connection.socket)
    })
    listen("htmx:ws:message:dropped", ({ message, reason }) => {
      const entry = note(message, "dropped")
      if (entry === undefined) return
      entry.reason = reason
      // A listener has cancelled the event in which the next one removes the element: that has dropped it.
      entry.events = entry.events.filter((event) => event !== "vetoed")
    })
    listen("htmx:ws:unsent", ({ message }) => void note(message, "refused"))
  } else {
    listen("htmx:wsConfigConnect", (detail, event) => {
      const element = event.target as Element
      carriers.set(element.id, detail.socketWrapper)
      detail.url = urlOf(element)
      wait(detail, 0.1)
    })
    listen("htmx:wsOpen", (detail, event) => {
      if (chance(0.3)) send(Number(/c(\d+)/.exec((event.target as Element).id)?.[1]), "hello", null)
      wait(detail, 0.1)
    })
    for (const name of ["wsConnecting", "wsClose", "wsReconnecting", "wsBeforeMessage", "wsAfterMessage"])
      listen(`htmx:${name}`, () => {})
    listen("htmx:wsConfigSend", (detail) => {
      const entry = entries.get(detail.parameters.id)
      if (entry) detail.settle = settleOf(entry, () => detail.socketWrapper)
    })
    listen("htmx:wsUnsent", (detail) => {
      entries.get(detail.parameters.id)?.events.push("refused")
    })
    listen("htmx:wsBeforeSend", (detail, event) => {
      const entry = entryOf(detail.message)
      if (entry === undefined || !vetoes(entry)) return
      event.preventDefault()
      entry.events.push("vetoed")
    })
    listen("htmx:wsAfterSend", ({ message, socketWrapper }) => {
      const entry = note(message, "sent")
      if (entry) entry.path ??= pathOf(socketWrapper.socket)
    })
    listen("htmx:wsDropped", ({ message, reason }) => {
      const entry = note(message, "dropped")
      if (entry) entry.reason = reason
    })
  }

  for (let at = 0; at < connections; at++) make(at)
  const ticking = setInterval(act, 15)
  // Who is closed for good is dialled again, as a user would reload.
  const reviving = setInterval(() => {
    for (let at = 0; at < connections; at++)
      if (/closed|failed/.test(carrierOf(at)?.state ?? "")) carrierOf(at)?.reconnect()
  }, 400)

  const hasEnded = ({ endings, events, isQuiet }: Entry): boolean =>
    events.length > 0 || (isQuiet === true && endings.length > 0)

  window.account = {
    stop: async () => {
      clearInterval(ticking)
      isOver = true
      setOnline(true)
      setHidden(false)
      await later(400)
      // Half of the elements leave with what waits, and the others send it.
      for (let at = 0; at < connections; at++)
        if (at % 2 === 0) carrierOf(at)?.reconnect()
        else elementOf(at)?.remove()
      for (let waited = 0; waited < 100 && ![...entries.values()].every(hasEnded); waited++) await later(100)
      clearInterval(reviving)
      return [...entries.values()]
    },
  }
}
