/** A page as rules see it: the same for a document and for the text of a template. */

export interface Attribute {
  /** As it is by default, whatever the page is set to use: see `canonical`. */
  readonly name: string
  /** As it stands in the page; of a document, in small letters. */
  readonly written: string
  /** What a template puts in is `unknown` characters. */
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
  /** What stands for `:` in names of attributes and events. */
  readonly metaCharacter: string
  /** Whether nothing is around these tags: a template may be a part of a page. */
  readonly isWhole: boolean
  readonly tags: ReadonlyArray<Tag>
}

/** Stands for what a template puts in. */
export const unknown = "\uE000"

export const isKnown = (value: string): boolean => !value.includes(unknown)

export const attributeOf = (tag: Tag, ...names: ReadonlyArray<string>): Attribute | undefined =>
  tag.attributes.find(({ name }) => names.includes(name))

/** The tag itself and those around it, the nearest first. */
export function* around(tag: Tag): Generator<Tag, undefined> {
  for (let at: Tag | undefined = tag; at !== undefined; at = at.parent) yield at
}

/** The start of a tag, as far as it tells the tag from others. */
export const describeTag = (tag: Tag): string => {
  const shown = attributeOf(tag, "id") ?? tag.attributes.find(({ name }) => /^(?:hx-ws|ws-)/.test(name))
  const known = shown?.value && isKnown(shown.value) ? `="${shown.value.replace(/\?.*/, "?…")}"` : ""
  return `<${[tag.name, shown && shown.written + known].filter(Boolean).join(" ")}>`
}

/** The attribute by which a tag connects. */
export const connects = (tag: Tag): Attribute | undefined => bears(tag, "connect")

/** The attribute by which a tag sends. */
export const sends = (tag: Tag): Attribute | undefined => bears(tag, "send")

const bears = (tag: Tag, role: string): Attribute | undefined =>
  tag.attributes.find(
    ({ name, value }) =>
      name === `ws-${role}` ||
      name === `hx-ws:${role}` ||
      (name === "hx-ws" && value.trim().startsWith(role)),
  )

/** The names in a list with commas. */
export const listOf = (value: string): Array<string> =>
  value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)
