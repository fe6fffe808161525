/** What pages get wrong, on every htmx and in templates. */
import { nearest } from "../nearest.ts"
import {
  type Attribute,
  around,
  attributeOf,
  connects,
  describeTag,
  type Edit,
  isKnown,
  type Page,
  type Problem,
  sends,
  type Tag,
} from "./Page.ts"

type Rule = (page: Page) => Iterable<Problem>

const isHtmx4 = ({ htmx }: Page): boolean => htmx === "4"

const listOf = (value: string): Array<string> =>
  value
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)

/** The names on htmx 4 of the events of htmx 1.9 and 2, without `htmx:`. */
const eventNames: Readonly<Record<string, string>> = {
  wsConnecting: "ws:before:connection",
  wsConfigConnect: "ws:before:connection",
  wsOpen: "ws:after:connection",
  wsClose: "ws:close",
  wsError: "ws:error",
  wsReconnecting: "ws:reconnecting",
  wsFailed: "ws:failed",
  wsBeforeMessage: "ws:before:message:incoming",
  wsAfterMessage: "ws:after:message:incoming",
  wsConfigSend: "ws:before:message:outgoing",
  wsBeforeSend: "ws:before:message:outgoing",
  wsAfterSend: "ws:after:message:outgoing",
  wsDropped: "ws:message:dropped",
}

/** Events of htmx itself that people listen for. A document does not know which letters were capitals. */
const others = [
  ..."afterOnLoad afterProcessNode afterRequest afterSettle afterSwap beforeOnLoad beforeRequest beforeSend beforeSwap".split(
    " ",
  ),
  ..."configRequest oobAfterSwap oobBeforeSwap responseError sendError swapError oobErrorNoTarget".split(" "),
]

const known = new Map([...Object.keys(eventNames), ...others].map((name) => [name.toLowerCase(), name]))

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** An event of htmx 1.9 and 2 in any spelling, in its first one. */
const oldEvent = (name: string): string | undefined =>
  Object.keys(eventNames).find((camel) => name === camel || name === kebab(camel))

/** Whether a file is a whole page. What is around a part of one, nobody can know. */
const onWhole =
  (rule: Rule): Rule =>
  (page) =>
    page.isWhole ? rule(page) : []

const on4 =
  (rule: Rule): Rule =>
  (page) =>
    isHtmx4(page) ? rule(page) : []

const before4 =
  (rule: Rule): Rule =>
  (page) =>
    isHtmx4(page) ? [] : rule(page)

/** Calls `check` for each attribute of this name. */
const each = (
  names: RegExp,
  check: (attribute: Attribute, tag: Tag, page: Page) => Problem | undefined,
): Rule =>
  function* (page) {
    for (const tag of page.tags)
      for (const attribute of tag.attributes) {
        const problem = names.test(attribute.name) ? check(attribute, tag, page) : undefined
        if (problem !== undefined) yield problem
      }
  }

/** Whether `hx-ext` around a tag has `ws` on. `undefined` if a template says so. */
const hasExtension = (tag: Tag): boolean | undefined => {
  for (const at of around(tag)) {
    const value = attributeOf(at, "hx-ext")?.value ?? ""
    if (!isKnown(value)) return undefined
    const names = listOf(value.replace(/^ignore:/, "ignore:,"))
    if (names.includes("ws")) return names[0] !== "ignore:"
  }
  return false
}

const sendWithoutConnection: Rule = onWhole(function* ({ tags }) {
  for (const tag of tags) {
    const attribute = sends(tag)
    if (attribute === undefined || [...around(tag)].some(connects)) continue
    const connection = tags.find(connects)
    yield {
      tag,
      attribute,
      sentence: `${describeTag(tag)} sends to no connection: none of the elements around it has ws-connect`,
      fix: connection
        ? `Move it into ${describeTag(connection)}, or put ws-connect on an element around both.`
        : `Put ws-connect="…" (htmx 4: hx-ws:connect) on an element around it.`,
    }
  }
})

const extensionOff: Rule = onWhole(
  before4(
    each(/^(?:ws-(?:connect|send)|hx-ws)$/, (attribute, tag, { htmx }) =>
      hasExtension(tag) !== false || (attribute.name === "hx-ws" && htmx === "1.9")
        ? undefined
        : {
            tag,
            attribute,
            sentence: `${describeTag(tag)} does nothing: the extension is not on there`,
            fix: `Put hx-ext="ws" on it or around it, once on a tag: of two attributes with one name HTML keeps the first.`,
          },
    ),
  ),
)

const extensionTwice: Rule = each(/^hx-ext$/, (attribute, tag, page) => {
  const names = listOf(attribute.value)
  const first = attributeOf(tag, "hx-ext") as Attribute
  const outer = [...around(tag)]
    .slice(1)
    .find((at) => listOf(attributeOf(at, "hx-ext")?.value ?? "").includes("ws"))
  const rest = names.filter((name) => name !== "ws").join(", ")
  const edit = (value: string): Edit =>
    value === "" ? { attribute } : { attribute, name: attribute.written, value }
  if (isHtmx4(page)) return undefined
  if (first !== attribute)
    return {
      tag,
      attribute,
      sentence: `hx-ext="${attribute.value}" is ignored: ${describeTag(tag)} has hx-ext already, and HTML keeps the first`,
      fix: `Write hx-ext="${[...new Set([...listOf(first.value), ...names])].join(", ")}" once.`,
    }
  if (names.filter((name) => name === "ws").length > 1)
    return {
      tag,
      attribute,
      sentence: `hx-ext="${attribute.value}" names ws twice`,
      fix: `Write hx-ext="${[...new Set(names)].join(", ")}".`,
      edit: edit([...new Set(names)].join(", ")),
    }
  if (outer === undefined || !names.includes("ws")) return undefined
  return {
    tag,
    attribute,
    sentence: `hx-ext="${attribute.value}" is one too many: ${describeTag(outer)} around it has it, and other scripts handle each event twice`,
    fix: rest === "" ? "Remove it." : `Write hx-ext="${rest}".`,
    edit: edit(rest),
  }
})

/** The spelling that hears an event of htmx, in `hx-on`. */
const camelCaseEvent: Rule = each(/^hx-on(?:::|--|:htmx:|-htmx-)/, (attribute, tag, page) => {
  const { written } = attribute
  const [, start = "", rest = ""] = /^(.*?hx-on(?:::|--|:htmx:|-htmx-))(.*)$/i.exec(written) ?? []
  const name = /[A-Z]/.test(rest) ? rest : known.get(rest)
  // On htmx 4 `ws` alone tells: `hx-on::wsopen` has no colon in it.
  if (name === undefined || !/[A-Z]/.test(name)) return undefined
  const right = isHtmx4(page) ? eventNames[name] : kebab(name)
  return {
    tag,
    attribute,
    sentence: `${start}${name} hears nothing: names of attributes have no capitals in HTML`,
    fix: right ? `Write ${start}${right}.` : "Write the name as htmx 4 has it.",
    edit: right ? { attribute, name: start + right, value: attribute.value } : undefined,
  }
})

const reservedField: Rule = function* (page) {
  for (const tag of page.tags) {
    const attribute = attributeOf(tag, "name")
    const reserved = /^(?:HEADERS|headers)$/.test(attribute?.value ?? "")
    if (!reserved || attribute === undefined) continue
    const sender = [...around(tag)].find(sends)
    if (sender === undefined) continue
    // What takes the name depends on the wire.
    const wire = sends(sender)?.name === "hx-ws:send" ? "headers" : "HEADERS"
    if (attribute.value !== wire) continue
    yield {
      tag,
      attribute,
      sentence: `The field ${wire} of ${describeTag(sender)} never arrives: the headers of a message have that name`,
      fix: "Give the field another name.",
    }
  }
}

const triggerOnConnect: Rule = before4(
  each(/^hx-trigger$/, (attribute, tag) =>
    !connects(tag) || sends(tag) || attributeOf(tag, "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
      ? undefined
      : {
          tag,
          attribute,
          sentence: `hx-trigger="${attribute.value}" of ${describeTag(tag)} does nothing: on htmx 1.9 and 2 it connects at once`,
          fix: "Remove hx-trigger. To connect later, have htmx insert the element later.",
        },
  ),
)

const unquotedFrom: Rule = on4(
  each(/^hx-trigger/, (attribute, tag) => {
    const { value, written } = attribute
    const unquoted = /\bfrom:((?:closest|find|findAll|next|previous) (?:\[[^\]]*\]|[^\s,[])+)/g
    const right = value.replace(unquoted, "from:'$1'")
    if (right === value) return undefined
    return {
      tag,
      attribute,
      sentence: `hx-trigger="${value}" hears nothing on htmx 4, which takes one word after from: without quotes`,
      fix: `Write hx-trigger="${right}".`,
      edit: { attribute, name: written, value: right },
    }
  }),
)

/** Scripts and settings of a page. */
const oldReconnectDelay: Rule = on4(function* ({ tags }) {
  for (const tag of tags) {
    const attribute = tag.name === "meta" ? attributeOf(tag, "content") : undefined
    const text = tag.name === "script" ? tag.text : (attribute?.value ?? "")
    if (!/\bwsReconnectDelay\b/.test(text)) continue
    yield {
      tag,
      attribute,
      sentence: "wsReconnectDelay does nothing on htmx 4",
      fix: `Set htmx.config.ws = { reconnectDelay: "1s" } instead, or "ws": {"reconnectDelay": "1s"} in <meta name="htmx-config">.`,
    }
  }
})

const oldSettings: Rule = on4(
  each(/^ws-config$/, (attribute, tag) => {
    const { value } = attribute
    const isJson = value.trim().startsWith("{")
    const right = isJson
      ? `{"ws": ${value.trim()}}`
      : listOf(value)
          .map((pair) => `ws.${pair}`)
          .join(", ")
    const isPlain = isKnown(value) && (isJson || !/["'(]/.test(value)) && !attributeOf(tag, "hx-config")
    return {
      tag,
      attribute,
      sentence: `ws-config of ${describeTag(tag)} does nothing on htmx 4`,
      fix: isPlain
        ? `Write hx-config="${right}".`
        : "Write its settings into hx-config, each with ws. in front.",
      edit: isPlain ? { attribute, name: "hx-config", value: right } : undefined,
    }
  }),
)

const oldEventName: Rule = on4(
  each(/^hx-(?:on|trigger)/, (attribute, tag) => {
    const { name, value, written } = attribute
    if (name.startsWith("hx-trigger")) {
      const right = value.replace(/\bhtmx:(ws[\w-]+)/g, (all, event: string) => {
        const camel = oldEvent(event)
        return camel === undefined ? all : `htmx:${eventNames[camel]}`
      })
      if (right === value) return undefined
      return {
        tag,
        attribute,
        sentence: `hx-trigger="${value}" waits for an event of htmx 2`,
        fix: `Write hx-trigger="${right}".`,
        edit: { attribute, name: written, value: right },
      }
    }
    const [, start = "", event = ""] = /^(.*?hx-on(?:::|:htmx:))(ws-.*)$/.exec(written) ?? []
    const camel = oldEvent(event)
    if (camel === undefined) return undefined
    const right = `${start}${eventNames[camel]}`
    return {
      tag,
      attribute,
      sentence: `${written} waits for an event of htmx 2`,
      fix: `Write ${right}.`,
      edit: { attribute, name: right, value },
    }
  }),
)

const newAttribute: Rule = before4(
  each(/^hx-ws:(?:connect|send|status)$/, (attribute, tag) => ({
    tag,
    attribute,
    sentence: `${attribute.written} of ${describeTag(tag)} does nothing: it is an attribute of htmx 4`,
    fix: `Write ${attribute.name.replace("hx-ws:", "ws-")}, or load htmx 4 with hx-ws.js.`,
  })),
)

/** Where an element of a frame goes: a selector, if it says one. */
export const targetOf = (id: string, oob: string): string | undefined => {
  const at = oob.indexOf(":")
  if (at > 0) return oob.slice(at + 1)
  return id === "" ? undefined : `#${id}`
}

export const unknownId = (
  selector: string,
  suggestion: string | undefined,
): Pick<Problem, "sentence" | "fix"> => ({
  sentence: `A frame is for ${selector}, which is not on the page`,
  fix: suggestion
    ? `Is it #${suggestion}? Write the same id in the frame and on the page.`
    : `Put an element with id="${selector.replace(/^#/, "")}" on the page, or correct the frame.`,
})

/** Templates of frames that are for an id which no template has. */
const idsOfFrames: Rule = ({ ids, tags }) => {
  if (ids === undefined) return []
  return tags.flatMap((tag) => {
    const oob = attributeOf(tag, "hx-swap-oob")
    const id = attributeOf(tag, "id")
    if (oob === undefined || !isKnown(oob.value) || !isKnown(id?.value ?? "")) return []
    const selector = targetOf(id?.value ?? "", oob.value)
    if (selector === undefined || !/^#[\w-]+$/.test(selector) || hasId(ids, selector.slice(1))) return []
    return { tag, attribute: id ?? oob, ...unknownId(selector, nearest(selector.slice(1), ids)) }
  })
}

/** Whether an id is there, or one that a template completes. */
const hasId = (ids: ReadonlySet<string>, id: string): boolean =>
  ids.has(id) ||
  [...ids].some((one) => {
    if (isKnown(one)) return false
    const [start = "", ...rest] = one.split(/\uE000+/)
    return id.startsWith(start) && id.endsWith(rest.at(-1) ?? "")
  })

/** The rules for pages by name. */
export const rules = {
  "send-without-connection": sendWithoutConnection,
  "extension-off": extensionOff,
  "extension-twice": extensionTwice,
  "camel-case-event": camelCaseEvent,
  "reserved-field": reservedField,
  "trigger-on-connect": triggerOnConnect,
  "unquoted-from": unquotedFrom,
  "old-reconnect-delay": oldReconnectDelay,
  "old-settings": oldSettings,
  "old-event-name": oldEventName,
  "new-attribute": newAttribute,
  "unknown-id": idsOfFrames,
} satisfies Readonly<Record<string, Rule>>

export interface Finding extends Problem {
  readonly rule: string
}

/** What rules find wrong with a page. */
export const check = (page: Page): Array<Finding> =>
  Object.entries(rules).flatMap(([rule, find]) => Array.from(find(page), (problem) => ({ rule, ...problem })))
