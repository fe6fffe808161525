/** Makes HTML that is safe to send: `html` escapes what is interpolated. */

/** HTML, made by `html` or `raw`. */
export class Html {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }

  toString(): string {
    return this.source
  }
}

/** What may be interpolated in `html`: text is escaped, `Html` is not; `undefined`, `null` and `false` are left out. */
export type Value = Html | string | number | bigint | undefined | null | false | ReadonlyArray<Value>

/**
 * Makes HTML from a template. Interpolated text is escaped, for content and for attributes in quotes.
 *
 * **Gotchas**
 *
 * Escaping does not make safe what a browser runs: the content of `<script>` and `<style>`, `on…` and `hx-on` attributes,
 * attributes without quotes, and `javascript:` URLs.
 *
 * **Example**
 *
 * ```ts
 * import { html } from "htmx-ext-effect-ws/server"
 *
 * const items = ["<b>", "&"].map((item) => html`<li title="${item}">${item}</li>`)
 * console.log(String(html`<ul>${items}</ul>`))
 * ```
 */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html =>
  new Html(String.raw({ raw: parts }, ...values.map(render)))

/**
 * Makes HTML from text as it is. The caller vouches that it is safe.
 *
 * **Example**
 *
 * ```ts
 * import { html, raw } from "htmx-ext-effect-ws/server"
 *
 * console.log(String(html`<p>${raw("<b>bold</b>")}</p>`))
 * ```
 */
export const raw = (source: string): Html => new Html(source)

const render = (value: Value): string => {
  if (value === undefined || value === null || value === false) return ""
  if (value instanceof Html) return value.source
  if (typeof value === "object") return value.map(render).join("")
  return escapeHtml(String(value))
}

/** Escapes text for the content of elements, and for attributes in quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
