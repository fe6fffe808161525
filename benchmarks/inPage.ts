/** Functions that run in the pages. They are sent as text, so none may refer to anything outside of itself. */

/** The functions that every page offers, whichever script opens its sockets. */
export interface Bench {
  /** Waits until `count` connections have opened, counted from the start of the page. */
  readonly opened: (count: number) => Promise<void>
  /** Waits until `count` frames have been applied, counted from the start of the page. */
  readonly applied: (count: number) => Promise<void>
  /** Puts HTML into `#stage`, in place of its content or after it, as a page does. */
  mount: (html: string, style: "innerHTML" | "beforeend") => unknown
  /** Sends a numbered message, as a script does. */
  send: (n: number) => void
  /** Submits the form once for each number, a hundred in one task; `sendAll` does the same with `send`. */
  readonly submit: (from: number, to: number) => Promise<void>
  readonly sendAll: (from: number, to: number) => Promise<void>
  /** Adds a script, and waits until it has run. */
  readonly load: (src: string) => Promise<unknown>
  /** Called when a connection has opened. */
  readonly onOpen: () => void
  /** Called when a frame has been applied. */
  readonly onApplied: () => void
}

/** The functions of htmx used here; the arguments of `swap` differ between generations. */
interface Htmx {
  readonly version: string
  readonly trigger: (element: Element, name: string) => void
  readonly swap: (...args: ReadonlyArray<unknown>) => unknown
}

declare global {
  interface Window {
    bench: Bench
  }
}

/** The first script of every page. */
export const prepare = () => {
  const htmx = () => (window as unknown as { readonly htmx: Htmx }).htmx
  /** A counter that can be waited for. It keeps no reference to waiters that have resolved. */
  const counter = () => {
    let count = 0
    let goal = 0
    let atGoal = () => {}
    return {
      add: () => {
        if (++count === goal) atGoal()
      },
      until: (next: number) =>
        new Promise<void>((resolve) => {
          goal = next
          atGoal = resolve
          if (count >= goal) resolve()
        }),
    }
  }
  const opened = counter()
  const applied = counter()
  let socketWrapper: { send: (text: string) => void } | undefined

  /** A hundred in one task, as no page does all of them at once. */
  const inTurns = async (from: number, to: number, act: (n: number) => void) => {
    const { port1, port2 } = new MessageChannel()
    for (let n = from; n < to; n++) {
      act(n)
      if (n % 100 !== 99) continue
      const turn = new Promise((resolve) => {
        port1.onmessage = resolve
      })
      port2.postMessage(0)
      await turn
    }
    port1.close()
  }

  const bench: Bench = {
    opened: opened.until,
    applied: applied.until,
    mount: (html, style) => {
      const target = document.querySelector("#stage") as Element
      return htmx().version.startsWith("4")
        ? htmx().swap({ sourceElement: document.body, target, text: html, swap: style, transition: false })
        : htmx().swap(target, html, { swapStyle: style, swapDelay: 0, settleDelay: 0 })
    },
    send: (n) => {
      if (socketWrapper) return socketWrapper.send(JSON.stringify({ n }))
      const field = document.querySelector("#sender") as HTMLInputElement
      field.value = String(n)
      htmx().trigger(field, "send")
    },
    submit: (from, to) => {
      const form = document.querySelector("form") as HTMLFormElement
      const field = form.elements.namedItem("n") as HTMLInputElement
      return inTurns(from, to, (n) => {
        field.value = String(n)
        form.requestSubmit()
      })
    },
    sendAll: (from, to) => inTurns(from, to, (n) => bench.send(n)),
    load: (src) =>
      new Promise((resolve) => {
        document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve }))
      }),
    onOpen: opened.add,
    onApplied: applied.add,
  }
  window.bench = bench
  document.addEventListener("htmx:wsOpen", (event) => {
    socketWrapper = (event as CustomEvent).detail.socketWrapper
    bench.onOpen()
  })
  document.addEventListener("htmx:ws:after:connection", bench.onOpen)
  document.addEventListener("htmx:wsAfterMessage", bench.onApplied)
  document.addEventListener("htmx:ws:after:message:incoming", bench.onApplied)
}

/** A page without htmx: a WebSocket for each element with a URL, and DOM code written by hand. */
export const bare = () => {
  const { bench } = window
  const sockets = new Map<Element, WebSocket>()
  const template = document.createElement("template")

  const apply = (text: string) => {
    if (text.startsWith("{")) {
      const { content, target, swap } = JSON.parse(text)
      const element = document.querySelector(target) as Element
      if (swap === "beforeend") element.insertAdjacentHTML("beforeend", content)
      else element.outerHTML = content
      return
    }
    template.innerHTML = text
    for (const part of [...template.content.children]) {
      const target = document.getElementById(part.id) as Element
      if (part.getAttribute("hx-swap-oob") === "beforeend") target.append(...part.childNodes)
      else target.replaceWith(part)
    }
  }

  const connect = (element: Element) => {
    const url = element.getAttribute("ws-connect") ?? element.getAttribute("hx-ws:connect") ?? ""
    const socket = new WebSocket(url)
    const waiting: Array<string> = []
    const send = (text: string) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
      else waiting.push(text)
    }
    sockets.set(element, socket)
    socket.addEventListener("open", () => {
      for (const text of waiting.splice(0)) socket.send(text)
      bench.onOpen()
    })
    socket.addEventListener("message", ({ data }) => {
      apply(data)
      bench.onApplied()
    })
    for (const form of element.querySelectorAll("form"))
      form.addEventListener("submit", (event) => {
        event.preventDefault()
        send(JSON.stringify(Object.fromEntries(new FormData(form))))
      })
  }

  const start = () => {
    for (const element of document.querySelectorAll("[ws-connect],[hx-ws\\:connect]"))
      if (!sockets.has(element)) connect(element)
  }

  bench.send = (n) => {
    const [socket] = sockets.values()
    socket?.send(JSON.stringify({ n }))
  }
  bench.mount = (html, style) => {
    const stage = document.querySelector("#stage") as Element
    if (style === "beforeend") stage.insertAdjacentHTML("beforeend", html)
    else {
      for (const socket of sockets.values()) socket.close()
      sockets.clear()
      stage.innerHTML = html
    }
    start()
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start)
  else start()
}

/**
 * Multiplexes all WebSockets of a page over one, since Chromium opens no more than 255. The server begins each frame
 * with the number of its connection.
 */
export const multiplex = () => {
  const Real = WebSocket
  const all: Array<Virtual> = []
  const carrier = new Real("/ws")
  const ready = new Promise((resolve) => {
    carrier.onopen = resolve
  })
  carrier.onmessage = ({ data }: MessageEvent<string>) => {
    const end = data.indexOf(" ")
    all[Number(data.slice(0, end))]?.tell(new MessageEvent("message", { data: data.slice(end + 1) }))
  }

  class Virtual extends EventTarget {
    static readonly OPEN = 1
    readonly OPEN = 1
    readyState = 0
    binaryType = "blob"

    constructor() {
      super()
      all.push(this)
      void ready.then(() => {
        this.readyState = 1
        this.tell(new Event("open"))
      })
    }
    tell(event: Event) {
      const handler = (this as unknown as Record<string, unknown>)[`on${event.type}`]
      if (typeof handler === "function") handler.call(this, event)
      this.dispatchEvent(event)
    }
    send() {}
    close() {
      this.readyState = 3
    }
  }
  Object.assign(window, { WebSocket: Virtual })
}
