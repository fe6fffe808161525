/** What pages get wrong about the names of events. */
import {
  afterFrame,
  beforeDial,
  beforeFrame,
  beforeMessage,
  closed,
  dropped,
  failed,
  onError,
  opened,
  reconnecting,
  sent,
} from "../../events.ts"
import type { Attribute } from "./Page.ts"
import { each, isHtmx4, onlyIf, write } from "./Rule.ts"

/** The names of events on htmx 1.9 and 2, and on htmx 4, without `htmx:`. */
const newNames = new Map([
  ["wsConnecting", beforeDial[1]],
  beforeDial,
  opened,
  closed,
  onError,
  reconnecting,
  failed,
  beforeFrame,
  afterFrame,
  beforeMessage,
  ["wsBeforeSend", beforeMessage[1]],
  sent,
  dropped,
])

/** Events of htmx itself that pages listen for. */
const others =
  "afterOnLoad afterProcessNode afterRequest afterSettle afterSwap beforeOnLoad beforeRequest beforeSend beforeSwap configRequest oobAfterSwap oobBeforeSwap responseError sendError swapError oobErrorNoTarget"

/** The names by their lower case, since a document does not preserve capitals in the names of attributes. */
const known = new Map([...newNames.keys(), ...others.split(" ")].map((name) => [name.toLowerCase(), name]))

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Returns the name on htmx 4 of an event of htmx 1.9 and 2 in any spelling. */
const newName = (name: string, metaCharacter: string): string | undefined => {
  for (const [old, now] of newNames)
    if (name === old || name === kebab(old)) return now.replaceAll(":", metaCharacter)
  return undefined
}

const start = /^hx-on(?:::|--|:htmx:|-htmx-)/

/** Returns what follows `start`, as it is written. */
const eventOf = ({ name, written }: Attribute): string =>
  written.slice(written.length - name.replace(start, "").length)

export const camelCaseEvent = each(start, (attribute, _, page) => {
  const { value, written } = attribute
  const rest = eventOf(attribute)
  const event = /[A-Z]/.test(rest) ? rest : known.get(rest)
  if (event === undefined || !/[A-Z]/.test(event)) return undefined
  const before = written.slice(0, written.length - rest.length)
  const right = isHtmx4(page) ? newName(event, page.metaCharacter) : kebab(event)
  return {
    sentence: `${before}${event} hears nothing: names of attributes have no capitals in HTML`,
    ...(right ? write(attribute, value, before + right) : { fix: "Write the name as htmx 4 has it." }),
  }
})

export const oldEventName = onlyIf(
  isHtmx4,
  each(/^hx-(?:on|trigger)/, (attribute, tag, { metaCharacter }) => {
    const { name, value, written } = attribute
    if (name.startsWith("hx-trigger")) {
      const right = value.replace(/\b(htmx\W)(ws[\w-]+)/g, (all, htmx: string, event: string) => {
        const now = newName(event, metaCharacter)
        // A page for htmx 2 and 4 names both.
        return now && !value.includes(htmx + now) ? htmx + now : all
      })
      return (
        right !== value && {
          sentence: `${written}="${value}" waits for an event of htmx 2`,
          ...write(attribute, right),
        }
      )
    }
    const event = eventOf(attribute)
    const now = start.test(name) && /^ws-/.test(event) && newName(event, metaCharacter)
    const right = written.slice(0, written.length - event.length) + now
    return (
      now &&
      !tag.attributes.some((one) => one.written === right) && {
        sentence: `${written} waits for an event of htmx 2`,
        ...write(attribute, value, right),
      }
    )
  }),
)
