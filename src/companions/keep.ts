/**
 * What people are doing stays when a frame replaces the element that they do it in: what they have typed, what they have
 * opened, and where they read.
 */
import { attributeOf } from "./attributes.ts"
import { afterFrame, beforeFrame, beforeMessage, dispatch, elementOf, listen, type Names } from "./events.ts"
import type { Htmx } from "./Htmx.ts"
import { installOnce } from "./installOnce.ts"
import { stick } from "./keep/stick.ts"

const kept: Names = ["wsKept", "ws:kept"]

/** What an element has that the server does not know of. */
type What = "value" | "open" | "scroll"

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

const isField = (element: Element): element is Field => element.matches("input, textarea, select")

/** What people have made of a field, to be compared. */
const stateOf = (field: Field): string =>
  field instanceof HTMLSelectElement
    ? Array.from(field.selectedOptions, ({ value }) => value).join("\n")
    : `${field.value}\n${(field as HTMLInputElement).checked}`

/** Gives a field what people have made of another. */
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

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const keep = (htmx: Htmx): void =>
  installOnce("keep", () => {
    /** Fields that were changed and not sent since, by id. */
    const changed = new Map<string, Field>()
    /** What fields held when their message was made. */
    const sending = new WeakMap<Field, string>()
    /** Elements that were open before a frame, by id, and whether as a modal dialog. */
    const open = new Map<string, readonly [element: Element, isModal: boolean]>()

    /** What had the focus before a frame. */
    let focused: Element | null = null

    const replacing = (before: Element): Element | undefined => {
      const after = before.isConnected ? null : document.getElementById(before.id)
      return after?.localName === before.localName ? after : undefined
    }
    /** The element that has replaced another, if what people did is to stay. */
    const successorOf = (before: Element, what: What): Element | undefined => {
      const after = replacing(before)
      return after &&
        attributeOf(htmx, after, "overwrite") === undefined &&
        dispatch(htmx, after, kept, { element: after, what })
        ? after
        : undefined
    }

    /** Where htmx gives no focus back: htmx 4, and what could not have it before it was open. */
    const keepFocus = (): void => {
      const after = focused && replacing(focused)
      if (!(after instanceof HTMLElement) || document.activeElement !== document.body) return
      const silence = (event: Event): void => event.stopImmediatePropagation()
      // Nobody has moved the focus.
      for (const type of ["focus", "focusin"]) window.addEventListener(type, silence, true)
      after.focus({ preventScroll: true })
      for (const type of ["focus", "focusin"]) window.removeEventListener(type, silence, true)
    }

    const keepFields = (): void => {
      for (const [id, field] of changed) {
        if (field.isConnected) continue
        changed.delete(id)
        const after = successorOf(field, "value") as Field | undefined
        if (after === undefined || after.type !== field.type) continue
        copy(field, after)
        changed.set(id, after)
      }
    }

    const keepOpen = (): void => {
      for (const [element, isModal] of open.values()) {
        const id = document.getElementById(element.id)
        if (id?.hasAttribute("open")) continue
        const after = successorOf(element, "open")
        if (after instanceof HTMLDialogElement && isModal) after.showModal()
        else after?.setAttribute("open", "")
      }
      open.clear()
    }

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

    listen(htmx, beforeFrame, () => {
      focused = document.activeElement
      for (const element of document.querySelectorAll("details[open][id],dialog[open][id]"))
        open.set(element.id, [element, element instanceof HTMLDialogElement && element.matches(":modal")])
    })
    listen(htmx, afterFrame, () => {
      keepOpen()
      keepFocus()
      keepFields()
    })
    stick(htmx, (log) => dispatch(htmx, log, kept, { element: log, what: "scroll" }))
  })
