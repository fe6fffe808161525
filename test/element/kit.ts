/** Clients of elements, on pages in jsdom: a program with its own copy of everything, over the built script. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PublicObject } from "../../src/element/connectionOf.ts"
import * as clients2 from "../../src/element/v2.ts"
import * as clients4 from "../../src/element/v4.ts"
import { Incoming, Outgoing } from "../client/chat.ts"
import type { FakeSocket } from "../htmx/kit/FakeSocket.ts"
import { openPage, type Page } from "../htmx/kit/openPage.ts"
import { openPage4, type Page4 } from "../htmx/kit/openPage4.ts"
import type { Extension, HtmxVersion } from "../setup/pages.ts"

export interface Scenery {
  /** The attribute that connects; by default that of the generation. */
  readonly connect?: string
  readonly head?: string
  readonly body?: string
  readonly ws?: Extension
  /** More scripts, behind that of the extension. */
  readonly scripts?: ReadonlyArray<string>
}

interface Item {
  readonly message: unknown
}

/** A connection as public code sees it, in either generation. */
interface Shown {
  readonly queue: Array<Item>
  readonly state: string
  readonly port: PublicObject["port"]
  reconnect(): void
  close(code?: number): void
}

/** The events of a generation that tests listen for, without `htmx:` and `htmx:ws:`. */
const names = {
  connecting: ["wsConfigConnect", "before:connection"],
  incoming: ["wsBeforeMessage", "before:message:incoming"],
  received: ["wsAfterMessage", "after:message:incoming"],
  outgoing: ["wsBeforeSend", "before:message:outgoing"],
  sent: ["wsAfterSend", "after:message:outgoing"],
  dropped: ["wsDropped", "message:dropped"],
  closed: ["wsClose", "close"],
} as const

/** An element with a connection, on a page of one generation. */
export class Stage {
  readonly htmx: HtmxVersion
  readonly page: Page | Page4
  readonly fromElement: typeof clients2.fromElement
  readonly connectElement: typeof clients2.connectElement

  constructor(htmx: HtmxVersion, page: Page | Page4) {
    this.htmx = htmx
    this.page = page
    const clients = htmx === "4" ? clients4 : clients2
    this.fromElement = clients.fromElement
    this.connectElement = clients.connectElement
  }

  get element(): HTMLElement {
    return this.page.$("#c")
  }

  get socket(): FakeSocket {
    return this.page.socket
  }

  /** What public code sees. */
  get shown(): Shown {
    const element = this.element as unknown as {
      "htmx-internal-data"?: { webSocket?: { publicInterface: Shown } }
      _htmx?: { ws?: { connection?: Shown } }
    }
    const shown = element["htmx-internal-data"]?.webSocket?.publicInterface ?? element._htmx?.ws?.connection
    if (shown === undefined) throw new Error("the element has no connection")
    return shown
  }

  /** What others send through the element. */
  post(text: string): void {
    const shown = this.shown as Shown & { send(message: unknown, element?: Element): void }
    if (this.htmx === "4") shown.send({ data: text })
    else shown.send(text, this.element)
  }

  /** The texts that wait. */
  get waiting(): Array<unknown> {
    return this.shown.queue.map(({ message }) =>
      this.htmx === "4" ? (message as { data: unknown }).data : message,
    )
  }

  on(name: keyof typeof names, listener: (event: CustomEvent) => void): void {
    const type = this.htmx === "4" ? `htmx:ws:${names[name][1]}` : `htmx:${names[name][0]}`
    this.page.document.body.addEventListener(type, (event) => listener(event as unknown as CustomEvent))
  }

  /** A client with the schemas of the chat. */
  client<const O extends { bufferSize?: number; overflow?: "fail" | "drop-oldest" | "drop-newest" }>(
    options?: O,
  ) {
    return this.fromElement(this.element, { outgoing: Outgoing, incoming: Incoming, ...options })
  }

  /** A client over an open connection. */
  opened() {
    return Effect.tap(this.client(), () => Effect.sync(() => void this.socket.open()))
  }

  /** The texts that the last socket has sent, by what they say. */
  get heard(): Array<unknown> {
    return heardBy(this.socket)
  }
}

export const heardBy = (socket: FakeSocket): Array<unknown> => socket.json.map(({ id, text }) => text ?? id)

export const stage = (htmx: HtmxVersion, scenery: Scenery = {}) => {
  const {
    body = "",
    connect = htmx === "4" ? "hx-ws:connect" : "ws-connect",
    head = "",
    scripts = [],
    ws = "ours",
  } = scenery
  const whole = { head, body: body || `<div id="c" ${connect}="/ws"></div>`, scripts, ws }
  const open = (): Promise<Page | Page4> => (htmx === "4" ? openPage4(whole) : openPage({ ...whole, htmx }))
  return Effect.map(
    Effect.acquireRelease(Effect.promise(open), (page) => Effect.sync(() => page[Symbol.dispose]())),
    (page) => new Stage(htmx, page),
  )
}

type Scenario<E> = (stage: Stage) => Effect.Effect<unknown, E, Scope.Scope>

/** A test on all generations. */
export const onAll = <E>(title: string, scenario: Scenario<E>, scenery?: Scenery): void => {
  for (const htmx of ["1.9", "2", "4"] as const) on(htmx, title, scenario, scenery)
}

/** A test on one generation. */
export const on = <E>(htmx: HtmxVersion, title: string, scenario: Scenario<E>, scenery?: Scenery): void =>
  it.effect(`${title} (htmx ${htmx})`, () => Effect.scoped(Effect.flatMap(stage(htmx, scenery), scenario)))

/** Begins in the same turn. */
export { fork } from "../client/chat.ts"

/** The end of a turn, and what follows from it: readers of streams are woken by the scheduler. */
export const turn = Effect.promise(async () => {
  for (let count = 0; count < 5; count++) await new Promise(setImmediate)
})
