/** The attributes of companions: `ws-resume`, `data-ws-resume`, and `hx-ws:resume` as htmx 4 is set to spell it. */
import type { Htmx } from "./Htmx.ts"

/** All spellings of an attribute. */
export const spellings = ({ config }: Htmx, name: string): Array<string> => [
  `ws-${name}`,
  `data-ws-${name}`,
  ...["hx-", config.prefix]
    .filter(Boolean)
    .map((prefix) => `${prefix}ws${config.metaCharacter || ":"}${name}`),
]

/** How an element spells an attribute, or `undefined` if it lacks it. */
export const spellingOf = (htmx: Htmx, element: Element, name: string): string | undefined =>
  spellings(htmx, name).find((one) => element.hasAttribute(one))

/** The value of an attribute in whatever spelling, or `undefined` if the element lacks it. */
export const attributeOf = (htmx: Htmx, element: Element, name: string): string | undefined => {
  const spelling = spellingOf(htmx, element, name)
  return spelling === undefined ? undefined : (element.getAttribute(spelling) as string)
}

/** A selector of elements that bear any of these attributes. */
export const bearing = (spellings: ReadonlyArray<string>): string =>
  spellings.map((spelling) => `[${spelling.replace(/[^\w-]/g, "\\$&")}]`).join()

/** A selector of elements that bear an attribute, in whatever spelling. */
export const selectorFor = (htmx: Htmx, name: string): string => bearing(spellings(htmx, name))
