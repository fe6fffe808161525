/** The number of WebSockets by state, and of messages sent and received over open ones. */
export interface Traffic {
  readonly connecting: number
  readonly open: number
  readonly closing: number
  /** Over open sockets. */
  readonly sent: number
  readonly received: number
}

/** An event of htmx. */
export interface Recorded {
  readonly type: string
  readonly on: string
  /** The fields of `detail`, as text. */
  readonly detail: Readonly<Record<string, string>>
}

/**
 * Runs in the page before its scripts and reports, in order, the observable actions of the page: dials, writes,
 * events of htmx with their details, navigations (which it stops), errors, and warnings on the console.
 */
export const record = (): void => {
  // A binding of the browser, so that reports outlive the page.
  const report = (what: string | Recorded) =>
    window.report(JSON.stringify(what).replaceAll(location.host, "HOST"))
  // Includes the port, which is different in each case.
  window.report(JSON.stringify(`page ${location.href}`))
  const kinds = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]
  const NativeWebSocket = WebSocket

  const describe = (target: unknown): string => {
    if (target === window) return "window"
    if (target === document) return "document"
    if (!(target instanceof Element)) return String(target)
    const name = target.id === "" ? target.localName : `#${target.id}`
    return target.isConnected ? name : `${name} (detached)`
  }

  const fields = (value: object, depth: number): string =>
    Object.keys(value)
      .sort()
      .map((key) => `${key}: ${show((value as Record<string, unknown>)[key], depth + 1, key)}`)
      .join(", ")

  const show = (value: unknown, depth = 0, key = ""): string => {
    if (typeof value === "function") return "ƒ"
    if (typeof value === "string") return JSON.stringify(value)
    if (typeof value !== "object" || value === null) return String(value)
    if (value instanceof Node || value === window) return `<${describe(value)}>`
    if (value instanceof CloseEvent) return `CloseEvent(${value.type} ${value.code} ${value.reason})`
    if (value instanceof Event) return `Event(${value.type})`
    if (value instanceof Error) return `${value.name}(${value.message})`
    if (value instanceof Blob) return `Blob(${value.size})`
    if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`
    if (value instanceof NativeWebSocket) return `WebSocket(${kinds[value.readyState]})`
    if (value instanceof AbortController) return `AbortController(${value.signal.aborted})`
    if (value instanceof Promise) return "Promise"
    if (key === "socketWrapper") return "wrapper"
    if (key === "connection") {
      const { attempt, cancelled, queue, socket, url } = value as Record<string, unknown>
      return `connection {${fields({ attempt, cancelled, queue: (queue as Array<unknown>)?.length, socket, url }, depth)}}`
    }
    if (depth > 4) return "…"
    if (value instanceof FormData) {
      return `FormData {${Array.from(value, ([name, entry]) => `${name}: ${show(entry)}`).join(", ")}}`
    }
    if (Array.isArray(value)) return `[${value.map((item) => show(item, depth + 1)).join(", ")}]`
    return `{${fields(value, depth)}}`
  }

  // For other events of htmx, only name and element are compared; their details hold requests and internals.
  const detailed = /^htmx:(ws|oob|validation|confirm|error)/
  const { dispatchEvent } = EventTarget.prototype
  EventTarget.prototype.dispatchEvent = function (event) {
    const { type } = event
    if (!type.startsWith("htmx:")) return dispatchEvent.call(this, event)
    const { elt, ...detail } = (event as CustomEvent).detail ?? {}
    const on = describe(this)
    const shown = Object.keys(detailed.test(type) ? detail : {}).map((key) => [
      key,
      show(detail[key], 1, key),
    ])
    if (elt !== undefined && elt !== this) shown.push(["elt", show(elt)])
    report({ type, on, detail: Object.fromEntries(shown) })
    const goesOn = dispatchEvent.call(this, event)
    if (!goesOn) report({ type: `${type} cancelled`, on, detail: {} })
    return goesOn
  }

  addEventListener("error", ({ message }) => report(`uncaught ${message}`))
  addEventListener("unhandledrejection", ({ reason }) => report(`unhandled ${show(reason)}`))
  for (const level of ["error", "warn"] as const) {
    const write = console[level]
    console[level] = (...values) => {
      report(
        `console ${level}: ${values.map((value) => (typeof value === "string" ? value : show(value))).join(" ")}`,
      )
      write.apply(console, values)
    }
  }
  navigation.addEventListener("navigate", (event) => {
    if (event.navigationType === "traverse" || event.navigationType === "reload") return
    const { sameDocument, url } = event.destination
    report(`${sameDocument ? "moves" : "navigates"} to ${url}`)
    if (!sameDocument) event.preventDefault()
  })

  const sockets: Array<WebSocket> = []
  const counts = new WeakMap<WebSocket, { sent: number; received: number }>()
  window.WebSocket = class extends NativeWebSocket {
    constructor(url: string | URL, protocols?: string | Array<string>) {
      report(["dial", url, ...[protocols ?? []].flat()].join(" "))
      super(url, protocols)
      sockets.push(this)
      const count = { sent: 0, received: 0 }
      counts.set(this, count)
      this.addEventListener("message", () => count.received++)
    }

    override send(data: Parameters<WebSocket["send"]>[0]) {
      super.send(data)
      const isBinary = data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data)
      report(`write ${show(isBinary ? data : String(data))}`)
      const count = counts.get(this)
      if (count && this.readyState === this.OPEN) count.sent++
    }
  }

  window.show = (value) => report(`note ${show(value)}`)
  window.traffic = () => {
    const open = sockets.filter(({ readyState }) => readyState === 1)
    const sum = (field: "sent" | "received") =>
      open.reduce((total, socket) => total + (counts.get(socket)?.[field] ?? 0), 0)
    return {
      connecting: sockets.filter(({ readyState }) => readyState === 0).length,
      open: open.length,
      closing: sockets.filter(({ readyState }) => readyState === 2).length,
      sent: sum("sent"),
      received: sum("received"),
    }
  }

  window.looks = () => {
    const controls = [...document.querySelectorAll<HTMLInputElement>("input, textarea, select")]
    return [
      `location ${location.href}`,
      `title ${document.title}`,
      `focus is on ${describe(document.activeElement)}`,
      ...controls.map(
        (control) => `${describe(control)} has ${show(control.value)}${control.checked ? ", checked" : ""}`,
      ),
      ...(document.body?.outerHTML ?? "no body").split("\n").map((line) => `| ${line}`),
    ].map((line) => line.replaceAll(location.host, "HOST"))
  }
}

declare global {
  interface Window {
    /** Adds to the trace: a line, or an event, as JSON. */
    report: (json: string) => void
    /** Adds a value to the trace. */
    show: (value: unknown) => void
    traffic: () => Traffic
    /** Returns what a user sees at the end. */
    looks: () => Array<string>
  }
}
