/** The attributes of htmx 4's extension in all their spellings, and those that htmx 2 had for the same. */
import type { Spelling } from "./HtmxApi.ts"

export type Role = "connect" | "send" | "status"

/** `hx-ws:connect` as this page may spell it. */
export const namesOf = ({ metaCharacter, prefix }: Spelling, role: Role): ReadonlyArray<string> =>
  ["hx-", prefix].filter(Boolean).map((start) => `${start}ws${metaCharacter || ":"}${role}`)

/** `ws-connect`, as on htmx 2. */
export const oldNamesOf = (role: Role): ReadonlyArray<string> => [`ws-${role}`, `data-ws-${role}`]

/** The value of the first of these attributes that an element bears. */
export const attributeOf = (element: Element, names: ReadonlyArray<string>): string | undefined => {
  const name = names.find((one) => element.hasAttribute(one))
  return name === undefined ? undefined : (element.getAttribute(name) ?? undefined)
}
