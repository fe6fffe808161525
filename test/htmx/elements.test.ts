import { expect, onTestFinished, test } from "vitest"
import { describeElement } from "../../src/htmx/elements.ts"

test.each([
  ["its attributes", `title="x"`],
  ["end tags in an attribute, as browsers until 2025 wrote them", `title="${"</b>".repeat(50_000)}"`],
  ["a huge attribute that looks like end tags", `title="${"</".repeat(100_000)}"`],
])("an element is described by its start tag, with %s", (_, attribute) => {
  const start = `<p ${attribute}>`
  Object.assign(globalThis, { document: { importNode: (node: unknown) => node } })
  onTestFinished(() => void Reflect.deleteProperty(globalThis, "document"))
  expect(describeElement({ outerHTML: `${start}</p>` } as Element) === start).toBe(true)
})
