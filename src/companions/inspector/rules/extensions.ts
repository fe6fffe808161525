/** What pages get wrong about `hx-ext`. */
import { type Attribute, around, attributeOf, describeTag, isKnown, listOf, type Tag } from "./Page.ts"
import { each, isOlder, isWhole, onlyIf, remove, write } from "./Rule.ts"

const namesOf = (tag: Tag): Array<string> => listOf(attributeOf(tag, "hx-ext")?.value ?? "")

/** Returns whether `hx-ext` around a tag enables `ws`; `undefined` if that depends on a template. */
const hasExtension = (tag: Tag): boolean | undefined => {
  for (const at of around(tag)) {
    const value = attributeOf(at, "hx-ext")?.value ?? ""
    if (!isKnown(value)) return undefined
    const names = listOf(value.replace(/^ignore:/, "ignore:,"))
    if (names.includes("ws")) return names[0] !== "ignore:"
  }
  return false
}

export const extensionOff = onlyIf(
  (page) => isWhole(page) && isOlder(page),
  each(
    /^(?:ws-(?:connect|send)|hx-ws)$/,
    ({ name }, tag, { htmx }) =>
      hasExtension(tag) === false &&
      !(name === "hx-ws" && htmx === "1.9") && {
        sentence: `${describeTag(tag)} does nothing: the extension is not on there`,
        fix: `Put hx-ext="ws" on it or around it, once on a tag: of two attributes with one name HTML keeps the first.`,
      },
  ),
)

export const extensionTwice = onlyIf(
  isOlder,
  each(/^hx-ext$/, (attribute, tag) => {
    const { value, written } = attribute
    const said = `${written}="${value}"`
    const names = listOf(value)
    const once = [...new Set(names)].join(", ")
    const first = attributeOf(tag, "hx-ext") as Attribute
    if (first !== attribute)
      return {
        sentence: `${said} is ignored: ${describeTag(tag)} has hx-ext already, and HTML keeps the first`,
        fix: `Write ${written}="${[...new Set([...listOf(first.value), ...names])].join(", ")}" once.`,
      }
    if (names.filter((name) => name === "ws").length > 1)
      return { sentence: `${said} names ws twice`, ...write(attribute, once) }
    const rest = names.filter((name) => name !== "ws").join(", ")
    const outer = [...around(tag)].slice(1).find((at) => namesOf(at).includes("ws"))
    return (
      outer &&
      names.includes("ws") && {
        sentence: `${said} is one too many: ${describeTag(outer)} around it has it, and other scripts handle each event twice`,
        ...(rest === "" ? remove(attribute) : write(attribute, rest)),
      }
    )
  }),
)
