/** The page that rules check: the same for a document and for the text of a template. */

export interface Attribute {
  /** The default spelling, whatever the page uses: see `canonical`. */
  readonly name: string
  /** The spelling in the page; in a document, in lower case. */
  readonly written: string
  /** Its value, in which inserts of a template are `unknown` characters. */
  readonly value: string
}

export interface Tag {
  readonly name: string
  readonly parent: Tag | undefined
  readonly attributes: ReadonlyArray<Attribute>
  /** The text of a script. */
  readonly text: string
}

export type HtmxLine = "1.9" | "2" | "4"

export interface Page {
  readonly htmx: HtmxLine
  /** The character for `:` in names of attributes and events. */
  readonly metaCharacter: string
  /** Whether these are all tags: a template may be a part of a page. */
  readonly isWhole: boolean
  readonly tags: ReadonlyArray<Tag>
}

/** Stands for a character that a template inserts. */
export const unknown = "\uE000"

export const isKnown = (value: string): boolean => !value.includes(unknown)

export const attributeOf = (tag: Tag, ...names: ReadonlyArray<string>): Attribute | undefined =>
  tag.attributes.find(({ name }) => names.includes(name))

/** Yields the tag itself and those around it, the nearest first. */
export function* around(tag: Tag): Generator<Tag, undefined> {
  for (let at: Tag | undefined = tag; at !== undefined; at = at.parent) yield at
}

/** Returns the start of a tag, with the attribute that identifies it. */
export const describeTag = (tag: Tag): string => {
  const shown = attributeOf(tag, "id") ?? tag.attributes.find(({ name }) => /^(?:hx-ws|ws-)/.test(name))
  const known = shown?.value && isKnown(shown.value) ? `="${shown.value.replace(/\?.*/, "?…")}"` : ""
  return `<${[tag.name, shown && shown.written + known].filter(Boolean).join(" ")}>`
}

/** Returns the attribute by which a tag connects. */
export const connects = (tag: Tag): Attribute | undefined => bears(tag, "connect")

/** Returns the attribute by which a tag sends. */
export const sends = (tag: Tag): Attribute | undefined => bears(tag, "send")

const bears = (tag: Tag, role: string): Attribute | undefined =>
  tag.attributes.find(
    ({ name, value }) =>
      name === `ws-${role}` ||
      name === `hx-ws:${role}` ||
      (name === "hx-ws" && value.trim().startsWith(role)),
  )

/** Returns the names in a comma-separated list. */
export const listOf = (value: string): Array<string> =>
  value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)
