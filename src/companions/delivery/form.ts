/** The form of a sender. */

export const formOf = (element: Element): HTMLFormElement | null =>
  element instanceof HTMLFormElement
    ? element
    : ((element as Partial<HTMLInputElement>).form ?? element.closest("form"))

/** Returns the values of a form, as text to compare. */
export const contentOf = (form: HTMLFormElement | null): string | undefined =>
  form === null ? undefined : JSON.stringify(Array.from(new FormData(form)))

/** Resets a form, unless its content has changed. */
export const reset = (form: HTMLFormElement | null, content: string | undefined): void => {
  if (contentOf(form) === content) form?.reset()
}

/** Returns whether a file has been chosen in a form. */
export const hasFiles = (form: HTMLFormElement | null): boolean =>
  Array.from(form?.elements ?? []).some((field) => (field as HTMLInputElement).files?.length)
