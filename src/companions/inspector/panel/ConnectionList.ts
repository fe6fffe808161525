/** Lists the connections with their states. One of them can be selected. */
import { millis } from "../describe.ts"
import type { Connection, EventLog } from "../EventLog.ts"
import type { Highlight } from "./Highlight.ts"
import { h, setText } from "./h.ts"

const tick = 500

export interface ConnectionList {
  readonly element: HTMLElement
  /** Draws the list, and redraws it while a retry is pending. */
  draw(): void
  stop(): void
}

interface Item {
  readonly button: HTMLButtonElement
  readonly now: HTMLElement
  readonly url: HTMLElement
}

/** Makes the list. Calls `onChoice` with the selected connection, or with `undefined` for all. */
export const makeConnectionList = (
  log: EventLog,
  highlight: Highlight,
  onChoice: (connection: Connection | undefined) => void,
): ConnectionList => {
  const element = h("div", { className: "connections", role: "group", ariaLabel: "Connections" })
  /** `undefined` stands for all. */
  const items = new Map<Connection | undefined, Item>()
  let chosen: Connection | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const choose = (connection: Connection | undefined): void => {
    chosen = connection
    onChoice(connection)
    draw()
  }

  const make = (connection: Connection | undefined): Item => {
    const now = h("span")
    const url = h("span", { className: "url" })
    const label = h("b", {}, connection?.label ?? "All connections")
    const button = h("button", { onclick: () => choose(connection) }, label, now, url)
    highlight.attach(button, () => [connection?.element.deref()].filter((one) => one !== undefined))
    const item = { button, now, url }
    items.set(connection, item)
    element.append(button)
    return item
  }

  const draw = (): void => {
    const { connections, entries } = log
    if (chosen && !connections.includes(chosen)) {
      chosen = undefined
      onChoice(chosen)
    }
    for (const [connection, { button }] of items)
      if (connection && !connections.includes(connection)) {
        button.remove()
        items.delete(connection)
      }
    let isAwaited = false
    for (const connection of [undefined, ...connections]) {
      const { button, now, url } = items.get(connection) ?? make(connection)
      const state = connection && stateOf(connection)
      isAwaited ||= state === "reconnecting"
      // With one connection, it would be the same as that.
      button.hidden = !connection && connections.length === 1
      button.ariaPressed = String(chosen === connection)
      now.className = connection ? `now ${state}` : ""
      setText(now, connection ? nowOf(connection, state) : "")
      setText(
        url,
        connection
          ? connection.url
          : connections.length > 0
            ? `${connections.length} on this page, ${entries.length} entries`
            : "No connection yet",
      )
    }
    element.classList.toggle("single", connections.length < 2 || chosen !== undefined)
    clearTimeout(timer)
    if (isAwaited) timer = setTimeout(draw, tick)
  }

  return { element, draw, stop: () => clearTimeout(timer) }
}

const stateOf = ({ element, public: given }: Connection): string =>
  element.deref()?.isConnected ? (given?.deref()?.state ?? "") : "removed"

/** Returns the state, when the next attempt is due, and how many messages wait. */
const nowOf = ({ nextDial, public: given }: Connection, state = ""): string => {
  const waiting = given?.deref()?.queue?.length
  const left = Math.max(100, Math.ceil(((nextDial ?? 0) - Date.now()) / 100) * 100)
  return [
    state,
    state === "reconnecting" && nextDial ? `next attempt in ${millis(left)}` : "",
    waiting ? `${waiting} waiting` : "",
  ]
    .filter(Boolean)
    .join(" · ")
}
