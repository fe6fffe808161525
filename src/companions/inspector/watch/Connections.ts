import { idOf } from "../../elements.ts"
import type { Connection, EventLog } from "../EventLog.ts"
import type { Seen } from "./events.ts"

export const labelOf = (element: Element): string => {
  const id = idOf(element)
  if (id) return `#${id}`
  const name = element.getAttributeNames().find((one) => /\bws\W/.test(one))
  return `<${[element.localName, name].filter(Boolean).join(" ")}>`
}

/** Finds the connections of events. */
export class Connections {
  readonly #log: EventLog
  readonly #byElement = new WeakMap<Element, Connection>()

  constructor(log: EventLog) {
    this.#log = log
  }

  /** Returns the connection of an event, which is dispatched on its element or on one in it. */
  of({ public: given, target }: Seen): Connection | undefined {
    const known = this.#log.connections.find((one) => given !== undefined && one.public?.deref() === given)
    if (known !== undefined) return known
    for (let at: Element | null = target; at; at = at.parentElement) {
      const connection = this.#byElement.get(at)
      if (connection !== undefined) return connection
    }
    return undefined
  }

  /** Returns the connection of an event of a connect element. Adds it if the event is its first. */
  at({ public: given, target }: Seen): Connection {
    const connection =
      this.#byElement.get(target) ??
      this.#log.addConnection({
        label: labelOf(target),
        element: new WeakRef(target),
        url: "",
        public: undefined,
        dials: 0,
        nextDial: undefined,
      })
    this.#byElement.set(target, connection)
    if (given !== undefined && connection.public?.deref() !== given) connection.public = new WeakRef(given)
    return connection
  }
}
