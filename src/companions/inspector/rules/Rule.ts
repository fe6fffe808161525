/** Rules, and what they report. */
import type { Attribute, HtmxLine, Page, Tag } from "./Page.ts"

/** A change of the text that makes the fix. */
export interface Edit {
  readonly attribute: Attribute
  /** The attribute is removed if there is neither. */
  readonly name?: string
  readonly value?: string
}

/** How to fix a mistake. */
export interface Fix {
  readonly fix: string
  readonly edit?: Edit | undefined
}

/** The sentence about a mistake. */
export interface Said extends Fix {
  readonly sentence: string
}

/** A mistake, and where it is. */
export interface Problem extends Said {
  readonly tag: Tag
  readonly attribute?: Attribute | undefined
}

export type Rule = (page: Page) => Iterable<Problem>

/** Makes a rule that calls `check` for each attribute with one of these names. */
export const each = (
  names: RegExp,
  check: (attribute: Attribute, tag: Tag, page: Page) => Said | false | "" | undefined,
): Rule =>
  function* (page) {
    for (const tag of page.tags)
      for (const attribute of tag.attributes) {
        const said = names.test(attribute.name) && check(attribute, tag, page)
        if (said) yield { tag, attribute, ...said }
      }
  }

/** Makes a rule that applies only to some pages. */
export const onlyIf =
  (holds: (page: Page) => boolean, rule: Rule): Rule =>
  (page) =>
    holds(page) ? rule(page) : []

export const isHtmx4 = ({ htmx }: { readonly htmx: HtmxLine }): boolean => htmx === "4"

export const isOlder = (page: Page): boolean => !isHtmx4(page)

/** Whether a page is complete: what is around a part of one is unknown. */
export const isWhole = ({ isWhole }: Page): boolean => isWhole

export const remove = (attribute: Attribute): Fix => ({ fix: "Remove it.", edit: { attribute } })

/** Makes the fix that writes an attribute with another value, or under another name. */
export const write = (attribute: Attribute, value: string, name = attribute.written): Fix => ({
  fix: `Write ${name === attribute.written ? `${name}="${value}"` : name}.`,
  edit: { attribute, name, value },
})
