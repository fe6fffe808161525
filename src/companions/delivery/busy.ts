/** Shows that a message is being sent: by `hx-indicator`, and `hx-disabled-elt` or `hx-disable`. */
import { isHtmx4 } from "../Htmx.ts"
import { elementsBy } from "../htmxAttributes.ts"
import { ours, type Page } from "./Page.ts"

/** Marks the elements that these senders refer to, and unmarks those that no sender refers to any more. */
export type Busy = (senders: ReadonlySet<Element>) => void

export const makeBusy = (page: Page): Busy => {
  const { htmx, report } = page
  const requestClass = String(htmx.config.requestClass)
  let focused: HTMLElement | undefined

  const named = (sender: Element, attribute: string): Array<Element> => {
    try {
      return elementsBy(htmx, sender, attribute)
    } catch (error) {
      report(`hx-${attribute}: ${(error as Error).message}`)
      return []
    }
  }
  /** Marks the elements that an attribute refers to, except those that are marked already. */
  const makeMark = (
    attribute: string,
    has: (element: Element) => boolean,
    set: (element: Element, isOn: boolean) => void,
  ): Busy => {
    let marked: ReadonlyArray<Element> = []
    return (senders) => {
      const wanted = [...senders].flatMap((sender) => named(sender, attribute))
      for (const element of marked) if (!wanted.includes(element)) set(element, false)
      marked = wanted.filter((element) => {
        const isFree = !has(element)
        if (isFree) set(element, true)
        return isFree || marked.includes(element)
      })
    }
  }
  const marks = [
    makeMark(
      "indicator",
      // For an empty attribute, such as `disabled`, htmx 1.9 and 2 do not set up an element again, but for a class.
      (element) =>
        element.classList.contains(requestClass) || (!isHtmx4(htmx) && element.matches(ours(page))),
      (element, isOn) => element.classList.toggle(requestClass, isOn),
    ),
    makeMark(
      isHtmx4(htmx) ? "disable" : "disabled-elt",
      (element) => element.hasAttribute("disabled"),
      (element, isOn) => {
        const { activeElement } = document
        if (isOn && element.contains(activeElement)) focused = activeElement as HTMLElement
        element.toggleAttribute("disabled", isOn)
      },
    ),
  ]
  return (senders) => {
    for (const mark of marks) mark(senders)
    if (focused === undefined || senders.size > 0) return
    const field = focused.isConnected ? focused : document.getElementById(focused.id)
    if (document.activeElement === document.body) field?.focus({ preventScroll: true })
    focused = undefined
  }
}
