/** What shows on a page that a message is on its way: `hx-indicator`, and `hx-disabled-elt` or `hx-disable`. */
import { type Htmx, isHtmx4 } from "./Htmx.ts"
import { elementsBy } from "./htmxAttributes.ts"
import type { Report } from "./notices.ts"

/** One way to mark elements. Those that somebody else has marked are left alone. */
interface Mark {
  readonly attribute: string
  readonly marked: Set<Element>
  has(element: Element): boolean
  set(element: Element, isOn: boolean): void
}

/** Marks what these elements name, and unmarks what no element names any more. */
export type Busy = (senders: ReadonlyArray<Element>) => void

/** `isOurs` says whether an element must not be written to: htmx 1 and 2 set it up again if its attributes change. */
export const makeBusy = (htmx: Htmx, isOurs: (element: Element) => boolean, report: Report): Busy => {
  const requestClass = String(htmx.config.requestClass)
  let focused: HTMLElement | undefined
  const marks: ReadonlyArray<Mark> = [
    {
      attribute: "indicator",
      marked: new Set(),
      has: ({ classList }) => classList.contains(requestClass),
      set: ({ classList }, isOn) => void classList.toggle(requestClass, isOn),
    },
    {
      attribute: isHtmx4(htmx) ? "disable" : "disabled-elt",
      marked: new Set(),
      has: (element) => element.hasAttribute("disabled"),
      set(element, isOn) {
        const { activeElement } = document
        if (isOn && element.contains(activeElement)) focused = activeElement as HTMLElement
        element.toggleAttribute("disabled", isOn)
      },
    },
  ]
  const named = (sender: Element, attribute: string): Array<Element> => {
    try {
      return elementsBy(htmx, sender, attribute)
    } catch (error) {
      report(`hx-${attribute}: ${(error as Error).message}`)
      return []
    }
  }
  return (senders) => {
    for (const { attribute, has, marked, set } of marks) {
      const wanted = new Set(senders.flatMap((sender) => named(sender, attribute)))
      for (const element of wanted) {
        // An empty attribute is none to htmx, a class is one.
        if (has(element) || (attribute === "indicator" && isOurs(element))) continue
        set(element, true)
        marked.add(element)
      }
      for (const element of marked) {
        if (wanted.has(element)) continue
        set(element, false)
        marked.delete(element)
      }
    }
    if (focused === undefined || senders.length > 0) return
    const field = focused.isConnected ? focused : document.getElementById(focused.id)
    if (document.activeElement === document.body) field?.focus({ preventScroll: true })
    focused = undefined
  }
}
