/** The spelling of htmx's attributes on a page. */
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

/** Returns the default name of an attribute: `hx-ws:connect` for `my-ws-connect`, for example. */
export const canonical = (written: string, { metaCharacter, prefix }: Spelling): string => {
  const bare = written.toLowerCase().replace(/^data-(?=ws-)/, "")
  const name = prefix && bare.startsWith(prefix) ? `hx-${bare.slice(prefix.length)}` : bare
  // Only in these names: a `metaCharacter` like `-` is also in others.
  return /^hx-(?:ws|on)/.test(name) ? name.slice(0, 5) + name.slice(5).replaceAll(metaCharacter, ":") : name
}
