/** HTML that is safe to send. Only `html` makes it. */
export class Html {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

type Value = Html | string | number | undefined | ReadonlyArray<Html>

/** Makes HTML with every interpolated string escaped, for content and quoted attributes. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html =>
  new Html(String.raw({ raw: parts }, ...values.map(render)))

const render = (value: Value): string => {
  if (value === undefined) return ""
  if (value instanceof Html) return value.source
  if (typeof value === "object") return value.map((item) => item.source).join("")
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
