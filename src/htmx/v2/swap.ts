/** Swaps the elements of a frame out-of-band, on htmx 1.9 and 2. */
import { findAll, idOf } from "../elements.ts"
import { unswapped } from "../notices.ts"
import type { Api2 } from "./HtmxApi.ts"

/**
 * Swaps the elements of a frame by their `hx-swap-oob`, `true` if there is none, and settles them. One that
 * cannot be swapped is reported and skipped.
 */
export const applyFragments = (
  api: Api2,
  connectElement: Element,
  elements: ReadonlyArray<Element>,
  report: (what: string, cause: unknown) => void,
): void => {
  const keepFocus = rememberFocus()
  const settle: Array<() => void> = []
  let restyled = false
  for (const element of elements) {
    // One settle info for each: htmx dispatches `oobAfterSwap` on all elements that its settle info contains.
    const settleInfo = api.makeSettleInfo(connectElement)
    try {
      restyled ||= restyles(element)
      api.oobSwap(api.getAttributeValue(element, "hx-swap-oob") || "true", element, settleInfo)
    } catch (cause) {
      report(unswapped(element), cause)
    }
    settle.push(...settleInfo.tasks)
  }
  // htmx gives new elements the styles of the old ones until they settle. A transition starts from what was rendered.
  if (restyled) document.body.getBoundingClientRect()
  for (const task of [...settle, keepFocus]) {
    try {
      task()
    } catch (cause) {
      report("new content cannot be settled", cause)
    }
  }
}

/** Whether an element, or one in it, replaces one with another class or style. */
const restyles = (element: Element): boolean =>
  isRestyled(element) ||
  (element.firstElementChild !== null && Array.from(findAll(element, "[id]")).some(isRestyled))

const isRestyled = (next: Element): boolean => {
  const before = document.getElementById(idOf(next))
  return (
    before?.localName === next.localName &&
    (before.getAttribute("class") !== next.getAttribute("class") ||
      before.getAttribute("style") !== next.getAttribute("style"))
  )
}

/** Returns a function that restores focus and selection of a field on the field with the same id that has replaced it. */
const rememberFocus = (): (() => void) => {
  const before = document.activeElement
  const id = before === null ? "" : idOf(before)
  if (before === null || id === "") return () => {}
  const selection =
    before instanceof HTMLInputElement || before instanceof HTMLTextAreaElement
      ? ([before.selectionStart, before.selectionEnd] as const)
      : undefined
  return () => {
    const after = document.getElementById(id)
    if (before.isConnected || after === null || document.activeElement !== document.body) return
    withoutEvents(() => after.focus({ preventScroll: true }))
    // A field may have no text selection, such as one of `type=number`.
    const field = after as HTMLInputElement
    if (selection?.[0] == null || field.selectionStart == null) return
    field.setSelectionRange(...selection)
    restored.set(field, selectionOf(field))
    for (const type of ["select", "selectionchange"]) window.addEventListener(type, stopRestored, true)
  }
}

const stop = (event: Event): void => event.stopImmediatePropagation()

/** Moves the focus without events: for the page, the field has never lost it. */
const withoutEvents = (focus: () => void): void => {
  const types = ["focus", "focusin"]
  for (const type of types) window.addEventListener(type, stop, true)
  try {
    focus()
  } finally {
    for (const type of types) window.removeEventListener(type, stop, true)
  }
}

/** Selections that were restored. The browser dispatches their events later; those are stopped until the selection changes. */
const restored = new WeakMap<EventTarget, string>()

const selectionOf = (field: HTMLInputElement): string => `${field.selectionStart},${field.selectionEnd}`

const stopRestored = (event: Event): void => {
  const field = event.target as HTMLInputElement
  if (restored.get(field) === selectionOf(field)) stop(event)
  else restored.delete(field)
}
