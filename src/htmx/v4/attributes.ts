/** The attributes of the extension on htmx 4, in all their spellings, and those of htmx 2 for the same. */

import { selectorOf } from "../elements.ts"
import type { Spelling } from "./HtmxApi.ts"

const roles = ["connect", "send", "status"] as const

export type Role = (typeof roles)[number]

type Names = Readonly<Record<Role, ReadonlyArray<string>>>

/** The attributes as a page spells them. */
export interface Attributes {
  /** `hx-ws:connect`. */
  readonly own: Names
  /** The same, and `ws-connect` as on htmx 2. */
  readonly all: Names
  /** The elements that bear any of them. */
  readonly selector: string
  /** The elements whose content htmx ignores. */
  readonly ignored: string
}

/** Returns the result of `names` for each role. */
const byRole = (names: (role: Role) => ReadonlyArray<string>): Names =>
  Object.fromEntries(roles.map((role) => [role, names(role)])) as Names

const spell = ({ metaCharacter, prefix }: Spelling): Attributes => {
  const starts = ["hx-", ...(prefix ? [prefix] : [])]
  const own = byRole((role) => starts.map((start) => `${start}ws${metaCharacter || ":"}${role}`))
  const all = byRole((role) => [...own[role], `ws-${role}`, `data-ws-${role}`])
  return {
    own,
    all,
    selector: selectorOf(roles.flatMap((role) => all[role])),
    ignored: selectorOf(starts.map((start) => `${start}ignore`)),
  }
}

/** Returns a function that returns the attributes as the page spells them now. It is called for each frame. */
export const attributes = (config: () => Spelling): (() => Attributes) => {
  let prefix: string | undefined
  let metaCharacter: string | undefined
  let last: Attributes | undefined
  return () => {
    const now = config()
    if (last === undefined || now.prefix !== prefix || now.metaCharacter !== metaCharacter) {
      ;({ prefix, metaCharacter } = now)
      last = spell(now)
    }
    return last
  }
}

/** Returns the value of the first of these attributes that an element bears. */
export const attributeOf = (element: Element, names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const value = element.getAttribute(name)
    if (value !== null) return value
  }
  return undefined
}
