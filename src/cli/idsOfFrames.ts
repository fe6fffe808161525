/** Finds elements of frames whose id no template of a page has. */
import { nearest } from "../companions/inspector/nearest.ts"
import { targetOf, unknownId } from "../companions/inspector/rules/ids.ts"
import { attributeOf, isKnown, type Tag } from "../companions/inspector/rules/Page.ts"
import type { Finding } from "../companions/inspector/rules/rules.ts"

/** Returns the ids of pages, without those of frames; `undefined` if they are unknown, since no template is a whole page. */
export const idsOf = (
  templates: ReadonlyArray<{ readonly isWhole: boolean; readonly tags: ReadonlyArray<Tag> }>,
): ReadonlySet<string> | undefined => {
  const isFrame = (tag: Tag) => attributeOf(tag, "hx-swap-oob") !== undefined
  const ids = templates
    .flatMap(({ tags }) => tags)
    .filter((tag) => !isFrame(tag))
    .flatMap((tag) => attributeOf(tag, "id")?.value ?? [])
  // An id that a template inserts as a whole could be any.
  const isAny = ids.some((id) => !isKnown(id) && /^\uE000*$/.test(id))
  return isAny || !templates.some(({ isWhole }) => isWhole) ? undefined : new Set(ids)
}

/** Returns whether there is an id, or one with an insert of a template that may be it. */
const hasId = (ids: ReadonlySet<string>, id: string): boolean =>
  ids.has(id) ||
  [...ids].some((one) => {
    if (isKnown(one)) return false
    const [start = "", ...rest] = one.split(/\uE000+/)
    return id.startsWith(start) && id.endsWith(rest.at(-1) ?? "")
  })

/** Returns the elements of frames that target an id which no template has. */
export const idsOfFrames = (
  tags: ReadonlyArray<Tag>,
  ids: ReadonlySet<string> | undefined,
): Array<Finding> =>
  ids === undefined
    ? []
    : tags.flatMap((tag) => {
        const oob = attributeOf(tag, "hx-swap-oob")
        const id = attributeOf(tag, "id")
        if (oob === undefined || !isKnown(oob.value) || !isKnown(id?.value ?? "")) return []
        const selector = targetOf(id?.value ?? "", oob.value)
        if (selector === undefined || !/^#[\w-]+$/.test(selector) || hasId(ids, selector.slice(1))) return []
        const said = unknownId(selector, nearest(selector.slice(1), ids))
        return { rule: "unknown-id", tag, attribute: id ?? oob, ...said }
      })
