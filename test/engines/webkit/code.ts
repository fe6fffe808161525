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
    return `{${Object.entries(value)
      .map(([key, it]) => `[${JSON.stringify(key)}]: ${literal(it)}`)
      .join()}}`
  return typeof value === "number" ? String(value) : JSON.stringify(value)
}

/**
 * The text of a script that evaluates an expression, and waits for a promise only as long as a task: its outcome is then
 * asked for again and again, so that other commands have their turn.
 */
export const scriptFor = (expression: string, id: number): string => `
  const done = arguments[arguments.length - 1]
  const outcomes = (window.outcomesOfPromises ??= new Map())
  const settle = (outcome) => { outcomes.set(${id}, outcome) }
  const failed = (error) => settle({ failed: error?.message ?? String(error) })
  if (!outcomes.has(${id})) {
    outcomes.set(${id}, undefined)
    try { Promise.resolve(${expression}).then((value) => settle({ value }), failed) } catch (error) { failed(error) }
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    const outcome = outcomes.get(${id})
    if (outcome !== undefined) outcomes.delete(${id})
    const lines = (window.linesOfConsole ?? []).splice(0)
    done(JSON.stringify({ ...(outcome ?? { isPending: true }), lines, url: location.href }, ${marked}))
  }
  port2.postMessage(0)`

export interface Answer {
  readonly value: unknown
  readonly failed?: string
  readonly isPending?: true
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
