/** The attributes of companions: `ws-resume`, `data-ws-resume`, and `hx-ws:resume` as the page spells it on htmx 4. */
import type { Htmx } from "./Htmx.ts"

/** Returns all spellings of an attribute. */
export const spellings = ({ config }: Htmx, name: string): Array<string> => [
  `ws-${name}`,
  `data-ws-${name}`,
  ...["hx-", config.prefix]
    .filter(Boolean)
    .map((prefix) => `${prefix}ws${config.metaCharacter || ":"}${name}`),
]

/** Returns how an element spells an attribute; `undefined` if it does not have it. */
export const spellingOf = (htmx: Htmx, element: Element, name: string): string | undefined =>
  spellings(htmx, name).find((one) => element.hasAttribute(one))

/** Returns the value of an attribute in any spelling; `undefined` if the element does not have it. */
export const attributeOf = (htmx: Htmx, element: Element, name: string): string | undefined => {
  const spelling = spellingOf(htmx, element, name)
  return spelling === undefined ? undefined : (element.getAttribute(spelling) as string)
}

/** Returns a selector of the elements that bear any of these attributes. */
export const bearing = (spellings: ReadonlyArray<string>): string =>
  spellings.map((spelling) => `[${spelling.replace(/[^\w-]/g, "\\$&")}]`).join()

/** Returns a selector of the elements that bear an attribute in any spelling. */
export const selectorFor = (htmx: Htmx, name: string): string => bearing(spellings(htmx, name))
