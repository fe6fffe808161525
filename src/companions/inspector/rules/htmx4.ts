/** What pages of htmx 4 keep of htmx 2, and what only htmx 4 reads otherwise. */
import { attributeOf, describeTag, isKnown, listOf } from "./Page.ts"
import { each, isHtmx4, onlyIf, write } from "./Rule.ts"

export const unquotedFrom = onlyIf(
  isHtmx4,
  each(/^hx-trigger/, (attribute) => {
    const { value, written } = attribute
    const unquoted = /\bfrom:((?:closest|find|findAll|next|previous) (?:\[[^\]]*\]|[^\s,[])+)/g
    const right = value.replace(unquoted, "from:'$1'")
    return (
      right !== value && {
        sentence: `${written}="${value}" hears nothing on htmx 4, which takes one word after from: without quotes`,
        ...write(attribute, right),
      }
    )
  }),
)

/** It may be in a script or in `<meta name="htmx-config">`. */
export const oldReconnectDelay = onlyIf(isHtmx4, ({ tags }) =>
  tags.flatMap((tag) => {
    const attribute = tag.name === "meta" ? attributeOf(tag, "content") : undefined
    return /\bwsReconnectDelay\b/.test(tag.text + (attribute?.value ?? ""))
      ? {
          tag,
          attribute,
          sentence: "wsReconnectDelay does nothing on htmx 4",
          fix: `Set htmx.config.ws = { reconnectDelay: "1s" } instead, or "ws": {"reconnectDelay": "1s"} in <meta name="htmx-config">.`,
        }
      : []
  }),
)

export const oldSettings = onlyIf(
  isHtmx4,
  each(/^ws-config$/, (attribute, tag) => {
    const { value, written } = attribute
    const isJson = value.trim().startsWith("{")
    const right = isJson
      ? `{"ws": ${value.trim()}}`
      : listOf(value)
          .map((pair) => `ws.${pair}`)
          .join(", ")
    const now = attributeOf(tag, "hx-config")
    // A page for htmx 2 and 4 has both.
    if (now && (!isKnown(now.value) || /\bws\b/.test(now.value))) return undefined
    const isPlain = isKnown(value) && (isJson || !/["'(]/.test(value)) && !now
    return {
      sentence: `${written} of ${describeTag(tag)} does nothing on htmx 4`,
      ...(isPlain
        ? { fix: `Write hx-config="${right}".`, edit: { attribute, name: "hx-config", value: right } }
        : { fix: "Write its settings into hx-config, each with ws. in front." }),
    }
  }),
)
