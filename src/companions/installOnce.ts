const key = Symbol.for("htmx-ext-effect-ws")

/** Calls `install` once for a document, even if the script of the companion is executed again. */
export const installOnce = (companion: string, install: () => void): void => {
  const page: { [key]?: Set<string> } = document as object
  page[key] ??= new Set()
  if (page[key].has(companion)) return
  page[key].add(companion)
  install()
}
