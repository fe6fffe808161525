/** What runs in the pages. Both functions go there as text, so neither may use anything outside of itself. */

/** What every page answers to, whoever drives its sockets. */
export interface Bench {
  /** Frames that the contestant has told to be applied. */
  applied: number
  /** Messages that listeners are told to be sent. */
  readonly opened: (count: number) => Promise<void>
  /** Until the frame that ends a run has been applied. */
  readonly finished: (mark: string) => Promise<void>
  /** Puts HTML into `#stage`, in place of what is there, the way a page does it. */
  mount: (html: string) => unknown
  /** Sends a numbered message, the way a script does it. */
  send: (n: number) => void
  readonly submit: (from: number, to: number) => Promise<void>
  readonly sendAll: (from: number, to: number) => Promise<void>
  /** Adds a script, and waits until it has run. */
  readonly load: (src: string) => Promise<unknown>
  /** A connection has opened. */
  readonly onOpen: () => void
}

/** What is called of htmx here; its `swap` takes other arguments in each generation. */
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
  let open = 0
  const openers: Array<() => void> = []
  let socketWrapper: { send: (text: string) => void } | undefined

  /** Many at a time, but not all: a page lives on meanwhile. */
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
    applied: 0,
    opened: (count) =>
      new Promise((resolve) => {
        const look = () => open >= count && resolve()
        openers.push(look)
        look()
      }),
    // Observes one element's children: nothing is paid for the frames before.
    finished: (mark) =>
      new Promise((resolve) => {
        const line = document.querySelector("#line") as Element
        const observer = new MutationObserver(look)
        function look() {
          if (line.textContent !== mark) return
          observer.disconnect()
          resolve()
        }
        observer.observe(line, { childList: true })
        look()
      }),
    mount: (html) => {
      const target = document.querySelector("#stage") as Element
      return htmx().version.startsWith("4")
        ? htmx().swap({
            sourceElement: document.body,
            target,
            text: html,
            swap: "innerHTML",
            transition: false,
          })
        : htmx().swap(target, html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 })
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
    onOpen: () => {
      open++
      for (const look of openers) look()
    },
  }
  window.bench = bench
  document.addEventListener("htmx:wsOpen", (event) => {
    socketWrapper = (event as CustomEvent).detail.socketWrapper
    bench.onOpen()
  })
  document.addEventListener("htmx:ws:after:connection", bench.onOpen)
  const count = () => bench.applied++
  document.addEventListener("htmx:wsAfterMessage", count)
  document.addEventListener("htmx:ws:after:message:incoming", count)
}

/** A page without htmx: a WebSocket for each element that names one, and DOM code written by hand. */
export const bare = () => {
  const { bench } = window
  const sockets: Array<WebSocket> = []
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
    sockets.push(socket)
    socket.addEventListener("open", () => {
      for (const text of waiting.splice(0)) socket.send(text)
      bench.onOpen()
    })
    socket.addEventListener("message", ({ data }) => {
      apply(data)
      bench.applied++
    })
    for (const form of element.querySelectorAll("form"))
      form.addEventListener("submit", (event) => {
        event.preventDefault()
        send(JSON.stringify(Object.fromEntries(new FormData(form))))
      })
  }

  const start = () => {
    for (const element of document.querySelectorAll("[ws-connect],[hx-ws\\:connect]")) connect(element)
  }

  bench.send = (n) => sockets[0]?.send(JSON.stringify({ n }))
  bench.mount = (html) => {
    for (const socket of sockets.splice(0)) socket.close()
    const stage = document.querySelector("#stage") as Element
    stage.innerHTML = html
    start()
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start)
  else start()
}
