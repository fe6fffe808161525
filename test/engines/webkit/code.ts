/** Code and values as text, for `evaluate`: JSON has no `undefined` and no expressions. */

const marked = (_key: string, value: unknown): unknown => {
  if (value === undefined) return { $: "undefined" }
  if (value instanceof RegExp) return { $: "RegExp", source: value.source, flags: value.flags }
  if (typeof value === "number" && !Number.isFinite(value)) return { $: "number", text: String(value) }
  return value
}

const unmarked = (_key: string, value: any): unknown => {
  if (value === null || typeof value !== "object" || !("$" in value)) return value
  if (value.$ === "RegExp") return new RegExp(value.source, value.flags)
  return value.$ === "number" ? Number(value.text) : undefined
}

/** Returns an expression for a value. */
export const literal = (value: unknown): string => {
  if (value instanceof RegExp) return String(value)
  if (value === undefined) return "undefined"
  if (Array.isArray(value)) return `[${value.map(literal).join()}]`
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value).map(([key, it]) => `[${JSON.stringify(key)}]: ${literal(it)}`).join()}}`
  return typeof value === "number" ? String(value) : JSON.stringify(value)
}

/** The text of a script that evaluates an expression, waits for it if it is a promise, and gives it and the lines of the console. */
export const scriptFor = (expression: string): string => `
  const done = arguments[arguments.length - 1]
  const lines = () => (window.linesOfConsole ?? []).splice(0)
  const failed = (error) => done(JSON.stringify({ failed: error?.message ?? String(error), lines: lines(), url: location.href }))
  try {
    Promise.resolve(${expression}).then(
      (value) => done(JSON.stringify({ value, lines: lines(), url: location.href }, ${marked})),
      failed)
  } catch (error) { failed(error) }`

export interface Answer {
  readonly value: unknown
  readonly failed?: string
  readonly lines: ReadonlyArray<string>
  /** Where the page is. */
  readonly url: string
}

export const answerOf = (text: string): Answer => {
  const { value, ...rest } = JSON.parse(text)
  return { ...rest, value: value === undefined ? undefined : revive(value) }
}

/** `JSON.parse` leaves fields out whose reviver gives `undefined`. */
const revive = (value: any): any => {
  if (Array.isArray(value)) return value.map(revive)
  if (value === null || typeof value !== "object") return value
  if ("$" in value) return unmarked("", value)
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, revive(it)]))
}
