/** What pages get wrong, on every htmx and in templates. */
import { newAttribute, reservedField, sendWithoutConnection, triggerOnConnect } from "./connections.ts"
import { camelCaseEvent, oldEventName } from "./eventNames.ts"
import { extensionOff, extensionTwice } from "./extensions.ts"
import { oldReconnectDelay, oldSettings, unquotedFrom } from "./htmx4.ts"
import type { Page } from "./Page.ts"
import type { Problem, Rule } from "./Rule.ts"

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
} satisfies Readonly<Record<string, Rule>>

export interface Finding extends Problem {
  readonly rule: string
}

/** Returns what rules find wrong with a page. */
export const check = (page: Page): Array<Finding> =>
  Object.entries(rules).flatMap(([rule, find]) => Array.from(find(page), (problem) => ({ rule, ...problem })))
