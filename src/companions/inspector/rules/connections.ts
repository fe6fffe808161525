/** What pages get wrong about connections, and the elements that send over them. */
import { around, attributeOf, connects, describeTag, sends } from "./Page.ts"
import { each, isOlder, isWhole, onlyIf } from "./Rule.ts"

export const sendWithoutConnection = onlyIf(
  isWhole,
  each(/ws/, (attribute, tag, { tags }) => {
    if (sends(tag) !== attribute || [...around(tag)].some(connects)) return undefined
    const connection = tags.find(connects)
    return {
      sentence: `${describeTag(tag)} sends to no connection: none of the elements around it has ws-connect`,
      fix: connection
        ? `Move it into ${describeTag(connection)}, or put ws-connect on an element around both.`
        : `Put ws-connect="…" (htmx 4: hx-ws:connect) on an element around it.`,
    }
  }),
)

export const reservedField = each(/^name$/, ({ value }, tag) => {
  const sender = [...around(tag)].find(sends)
  // What takes the name depends on the wire.
  const wire = sender && (sends(sender)?.name === "hx-ws:send" ? "headers" : "HEADERS")
  return (
    sender &&
    value === wire && {
      sentence: `The field ${wire} of ${describeTag(sender)} never arrives: the headers of a message have that name`,
      fix: "Give the field another name.",
    }
  )
})

export const triggerOnConnect = onlyIf(
  isOlder,
  each(
    /^hx-trigger$/,
    ({ value, written }, tag) =>
      connects(tag) &&
      !sends(tag) &&
      !attributeOf(tag, "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete") && {
        sentence: `${written}="${value}" of ${describeTag(tag)} does nothing: on htmx 1.9 and 2 it connects at once`,
        fix: `Remove ${written}. To connect later, have htmx insert the element later.`,
      },
  ),
)

export const newAttribute = onlyIf(
  isOlder,
  each(/^hx-ws:(?:connect|send|status)$/, ({ name, written }, tag) => {
    const right = name.replace("hx-ws:", "ws-")
    return (
      // A page for htmx 2 and 4 has both.
      !attributeOf(tag, right) && {
        sentence: `${written} of ${describeTag(tag)} does nothing: it is an attribute of htmx 4`,
        fix: `Write ${right}, or load htmx 4 with hx-ws.js.`,
      }
    )
  }),
)
