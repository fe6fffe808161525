/** What a room makes of its log, compared with what a page shows. */
import fc from "fast-check"
import { JSDOM } from "jsdom"
import { expect, test } from "vitest"
import { contentAfter } from "../../src/server/content.ts"
import type { Change } from "../../src/server/Entry.ts"

const contentOf = (changes: ReadonlyArray<readonly [swap: Change["swap"], target: string, html: string]>) =>
  changes.reduce(
    (inside, [swap, target, html]) => contentAfter(inside, "#log", { _tag: "Change", swap, target, html }),
    "",
  )

test.for<[string, string, Parameters<typeof contentOf>[0]]>([
  [
    "puts into it in order",
    "<i>0</i><i>1</i><i>2</i>",
    [
      ["beforeend", "#log", "<i>1</i>"],
      ["beforeend", "#log", "<i>2</i>"],
      ["afterbegin", "#log", "<i>0</i>"],
    ],
  ],
  [
    "has what is in the element that replaces it",
    "<i>new</i>",
    [
      ["beforeend", "#log", "<i>old</i>"],
      ["outerHTML", "#log", `<ol id="log"><i>new</i></ol>`],
    ],
  ],
  [
    "has nothing when it is removed",
    "",
    [
      ["beforeend", "#log", "<i>old</i>"],
      ["delete", "#log", ""],
    ],
  ],
  [
    "replaces an element in it, and the elements in that",
    `<li id="a">1</li><li id="b">new</li>`,
    [
      ["beforeend", "#log", `<li id="a">1</li><li id='b'><ul><li>old</li></ul></li>`],
      ["outerHTML", "#b", `<li id="b">new</li>`],
    ],
  ],
  [
    "removes an element in it, whatever its attributes and comments contain",
    `<!-- id="b" --><p data-id="b" title=">"></p>`,
    [
      ["beforeend", "#log", `<!-- id="b" --><p data-id="b" title=">"></p><p title="<" id=b>x</p>`],
      ["delete", "#b", ""],
    ],
  ],
  [
    "removes elements whose end tags HTML lets out, and those that have none",
    "<li id=a>1",
    [
      ["beforeend", "#log", `<li id=a>1<img id="c"><li id=b>2`],
      ["delete", "#b", ""],
      ["delete", "#c", ""],
    ],
  ],
  [
    "knows nothing of other elements",
    "<i>1</i>",
    [
      ["beforeend", "#log", "<i>1</i>"],
      ["innerHTML", "#people", "<i>2</i>"],
      ["delete", ".old", ""],
    ],
  ],
])("%s", ([, expected, changes]) => {
  expect(contentOf(changes)).toBe(expected)
})

const { document } = new JSDOM().window

/** What a page shows after changes. */
const shownOf = (changes: Parameters<typeof contentOf>[0]): string => {
  document.body.innerHTML = `<ol id="log"></ol>`
  for (const [swap, target, html] of changes) {
    const element = document.querySelector(target)
    if (swap === "delete") element?.remove()
    else if (swap === "outerHTML") element?.insertAdjacentHTML("afterend", html)
    else if (swap === "innerHTML" && element !== null) element.innerHTML = html
    else element?.insertAdjacentHTML(swap as "beforeend", html)
    if (swap === "outerHTML") element?.remove()
  }
  return document.querySelector("#log")?.innerHTML ?? ""
}

test("is what a page shows, after any changes of its elements", () => {
  const id = fc.integer({ min: 0, max: 5 })
  const item = fc
    .tuple(id, fc.constantFrom("", "<b>x</b>", "<ul><li>y</li></ul>", "<br>z"))
    .map(([number, inside]) => `<li id="m${number}">${inside}</li>`)
  const change = fc.oneof(
    fc.tuple(fc.constantFrom("beforeend", "afterbegin", "innerHTML"), fc.constant("#log"), item),
    fc.tuple(
      fc.constantFrom("beforeend", "afterbegin", "innerHTML", "outerHTML", "delete"),
      id.map((number) => `#m${number}`),
      item,
    ),
  ) as fc.Arbitrary<readonly [Change["swap"], string, string]>
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      expect(contentOf(changes)).toBe(shownOf(changes))
    }),
    { numRuns: 300 },
  )
})
