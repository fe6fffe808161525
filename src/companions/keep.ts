/**
 * Keeps what people have typed and opened, and where they have scrolled to, when a frame replaces the element.
 */
import { attributeOf } from "./attributes.ts"
import { afterFrame, beforeFrame, beforeMessage, dispatch, elementOf, listen, type Names } from "./events.ts"
import type { Htmx } from "./Htmx.ts"
import { installOnce } from "./installOnce.ts"
import { stick } from "./keep/stick.ts"

const kept: Names = ["wsKept", "ws:kept"]

/** What an element has that the server does not know. */
type What = "value" | "open" | "scroll"

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const isField = (element: Element): element is Field => element.matches("input, textarea, select")

/** Returns what people have entered in a field, as text to compare. */
const stateOf = (field: Field): string =>
  field instanceof HTMLSelectElement
    ? Array.from(field.selectedOptions, ({ value }) => value).join("\n")
    : `${field.value}\n${(field as HTMLInputElement).checked}`

/** Copies what people have entered in a field to another. */
const copy = (from: Field, to: Field): void => {
  if (from instanceof HTMLSelectElement) {
    const values = new Set(Array.from(from.selectedOptions, ({ value }) => value))
    for (const option of (to as HTMLSelectElement).options) option.selected = values.has(option.value)
    return
  }
  const field = to as HTMLInputElement
  const { checked, selectionDirection, selectionEnd, selectionStart, value } = from as HTMLInputElement
  field.checked = checked
  field.value = value
  // Setting the value moves the caret to its end.
  if (document.activeElement === to && selectionStart !== null)
    field.setSelectionRange(selectionStart, selectionEnd, selectionDirection ?? "none")
}

/** An element that people have opened, or one that has replaced it and was opened again (`isKept`). */
interface Opened {
  readonly element: Element
  readonly isModal: boolean
  readonly isKept: boolean
}

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const keep = (htmx: Htmx): void =>
  installOnce("keep", () => {
    /** Fields that were changed and have not been sent since, by id. */
    const changed = new Map<string, Field>()
    /** What fields held when their message was made. */
    const sending = new WeakMap<Field, string>()
    /** What was open before a frame, by id. */
    const open = new Map<string, Opened>()

    /** What had the focus before a frame. */
    let focused: Element | null = null

    const replacing = (before: Element): Element | undefined => {
      const after = before.isConnected ? null : document.getElementById(before.id)
      return after?.localName === before.localName ? after : undefined
    }
    /** Returns the element that has replaced another, if it is to keep what people did. */
    const successorOf = (before: Element, what: What): Element | undefined => {
      const after = replacing(before)
      return after &&
        attributeOf(htmx, after, "overwrite") === undefined &&
        dispatch(htmx, after, kept, { element: after, what })
        ? after
        : undefined
    }

    /** Restores the focus where htmx does not: on htmx 4, and in elements that had to be opened first. */
    const keepFocus = (): void => {
      const after = focused && replacing(focused)
      if (!(after instanceof HTMLElement) || document.activeElement !== document.body) return
      const stop = (event: Event): void => event.stopImmediatePropagation()
      // For the page, the focus has not moved.
      for (const type of ["focus", "focusin"]) window.addEventListener(type, stop, true)
      after.focus({ preventScroll: true })
      for (const type of ["focus", "focusin"]) window.removeEventListener(type, stop, true)
    }

    const keepFields = (): void => {
      for (const [id, field] of changed) {
        if (replacing(field) === undefined) continue
        changed.delete(id)
        const after = successorOf(field, "value") as Field | undefined
        if (after === undefined || after.type !== field.type) continue
        copy(field, after)
        changed.set(id, after)
      }
    }

    const keepOpen = (): void => {
      for (const [id, { element, isKept, isModal }] of open) {
        const now = document.getElementById(id)
        if (now === null || now.hasAttribute("open") || (now === element && !isKept)) continue
        // htmx 4 removes the attribute again when it settles new content.
        const after = now === element ? now : successorOf(element, "open")
        open.delete(id)
        if (after === undefined) continue
        open.set(id, { element: after, isModal, isKept: true })
        if (after instanceof HTMLDialogElement && isModal) after.showModal()
        else after.setAttribute("open", "")
      }
    }

    const keepAll = (): void => {
      keepOpen()
      keepFocus()
      keepFields()
    }
    // On htmx 4, people may type between the replacement and the end of a swap.
    const observer = new MutationObserver(keepAll)

    const noteChange = (event: Event): void => {
      const field = elementOf(event)
      if (isField(field) && field.id !== "" && field.type !== "file") changed.set(field.id, field)
    }
    document.addEventListener("input", noteChange)
    document.addEventListener("change", noteChange)
    document.addEventListener("reset", ({ target }) => {
      for (const [id, field] of changed) if (field.form === target) changed.delete(id)
    })

    const fieldsOf = (sender: Element): Array<Field> =>
      [...changed.values()].filter(
        (field) => field === sender || field.form === sender || sender.contains(field),
      )
    const sent: ReadonlyArray<readonly [before: Names, after: Names]> = [
      [beforeMessage, ["wsAfterSend", "ws:after:message:outgoing"]],
      [
        ["beforeSend", "before:request"],
        ["afterOnLoad", "after:request"],
      ],
    ]
    for (const [before, after] of sent) {
      listen(htmx, before, (event) => {
        for (const field of fieldsOf(elementOf(event))) sending.set(field, stateOf(field))
      })
      listen(htmx, after, (event) => {
        for (const field of fieldsOf(elementOf(event)))
          if (sending.get(field) === stateOf(field)) changed.delete(field.id)
      })
    }

    listen(htmx, beforeFrame, ({ defaultPrevented }) => {
      if (defaultPrevented) return
      focused = document.activeElement
      // Fields that something else has replaced since the last frame are not kept.
      for (const [id, field] of changed) if (!field.isConnected) changed.delete(id)
      open.clear()
      for (const element of document.querySelectorAll("details[open][id],dialog[open][id]"))
        open.set(element.id, {
          element,
          isModal: element instanceof HTMLDialogElement && element.matches(":modal"),
          isKept: false,
        })
      observer.observe(document, { childList: true, subtree: true })
    })
    listen(htmx, afterFrame, () => {
      observer.disconnect()
      keepAll()
      open.clear()
    })
    stick(htmx, (log) => dispatch(htmx, log, kept, { element: log, what: "scroll" }))
  })
