/** The form of a sender. */

export const formOf = (element: Element): HTMLFormElement | null =>
  element instanceof HTMLFormElement
    ? element
    : ((element as Partial<HTMLInputElement>).form ?? element.closest("form"))

/** The values of a form, to be compared. */
export const contentOf = (form: HTMLFormElement | null): string | undefined =>
  form === null ? undefined : JSON.stringify(Array.from(new FormData(form)))

/** Resets a form, unless it was changed since it had this content. */
export const reset = (form: HTMLFormElement | null, content: string | undefined): void => {
  if (contentOf(form) === content) form?.reset()
}

/** Whether a file has been chosen in a form. */
export const hasFiles = (form: HTMLFormElement | null): boolean =>
  Array.from(form?.elements ?? []).some((field) => (field as HTMLInputElement).files?.length)
