/** How a page spells the attributes of htmx. */
import { type Htmx, isHtmx4 } from "../../Htmx.ts"

export interface Spelling {
  /** Stands for `hx-` as well. It may be empty. */
  readonly prefix: string
  /** Stands for `:` in names of attributes and events. */
  readonly metaCharacter: string
}

export const defaultSpelling: Spelling = { prefix: "data-hx-", metaCharacter: ":" }

export const spellingOf = (htmx: Htmx): Spelling => {
  const { metaCharacter, prefix } = htmx.config
  return isHtmx4(htmx)
    ? { prefix: String(prefix || ""), metaCharacter: String(metaCharacter || ":") }
    : defaultSpelling
}

/** The name of an attribute as it is by default: `hx-ws:connect` of `my-ws-connect`, say. */
export const canonical = (written: string, { metaCharacter, prefix }: Spelling): string => {
  const bare = written.toLowerCase().replace(/^data-(?=ws-)/, "")
  const name = prefix && bare.startsWith(prefix) ? `hx-${bare.slice(prefix.length)}` : bare
  // A dash is also in other names.
  return /^hx-(?:ws|on)/.test(name) ? name.slice(0, 5) + name.slice(5).replaceAll(metaCharacter, ":") : name
}
