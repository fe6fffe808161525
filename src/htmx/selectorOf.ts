const known = new Map<string, string>()

/** The selector of elements that bear any of these attributes. A page spells them in one way or two. */
export const selectorOf = (names: ReadonlyArray<string>): string => {
  const key = names.join()
  let selector = known.get(key)
  if (selector === undefined) {
    selector = names.map((name) => `[${name.replace(/[^\w-]/g, "\\$&")}]`).join()
    known.set(key, selector)
  }
  return selector
}
