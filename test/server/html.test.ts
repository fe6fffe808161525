import { expect, test } from "vitest"
import { html, raw } from "../../src/server/index.ts"

test("html escapes text for content and quoted attributes, and HTML stands as it is", () => {
  const text = `<script>&"'`
  expect(String(html`<p title="${text}" class='${text}'>${text}</p>`)).toBe(
    "<p title=\"&#60;script&#62;&#38;&#34;&#39;\" class='&#60;script&#62;&#38;&#34;&#39;'>&#60;script&#62;&#38;&#34;&#39;</p>",
  )
  expect(String(html`${[html`<b>${1}</b>`, "<", [2n, raw("<br>")]]}`)).toBe("<b>1</b>&#60;2<br>")
  expect(String(html`${undefined}${null}${false}${0}${""}`)).toBe("0")
})

test("an object that only looks like HTML is not taken for it", () => {
  const fake = JSON.parse('{"source":"<script>"}')
  expect(() => html`${fake}`).toThrow()
})
