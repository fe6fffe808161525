/** The selector of elements that bear any of these attributes. */
export const selectorOf = (names: ReadonlyArray<string>): string =>
  names.map((name) => `[${name.replace(/[^\w-]/g, "\\$&")}]`).join()
