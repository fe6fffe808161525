/** What check-server says of the frames of a page that has resumed, sentence by sentence. */
import { expect, test } from "vitest"
import { follow } from "../../../src/cli/server/follow.ts"

const frameOf = (id: string, html = `<p id="p">${id}</p>`): string => `<!--id:${id}-->${html}`

const row = (id: string): string => frameOf(id, `<ul hx-swap-oob="beforeend:#log"><li>${id}</li></ul>`)

/** Four rows were pushed; the page has applied the one at `from`. */
const followed = (from: number, ...frames: ReadonlyArray<string>) =>
  follow(
    ["e-1", "e-2", "e-3", "e-4"].map((id) => ({ id, frame: row(id) })),
    from,
    frames,
  )

test("a page that gets each frame after its own, or everything, is where the server is", () => {
  expect(followed(0, row("e-2"), row("e-3"))).toEqual({ whole: undefined, at: 2 })
  const everything = frameOf("e-3")
  expect(followed(-1, everything, row("e-4"))).toEqual({ whole: everything, at: 3 })
})

test("every fault is a sentence", () => {
  expect([
    followed(0, '{"HX-Resync": true}'),
    followed(0, frameOf("x-9")),
    followed(1, row("e-2")),
    followed(-1, row("e-2")),
    followed(0, row("e-3")),
    followed(-1, frameOf("e-2"), frameOf("e-4")),
  ]).toEqual(
    [
      '{"HX-Resync": true} has no id: the page does not know up to where to fetch',
      '<!--id:x-9--><p id="p">x-9</p> has an id that no frame had before',
      '<!--id:e-2--><ul hx-swap-oob="beforeend:#log"><li>e-2</li></ul> came again',
      '<!--id:e-2--><ul hx-swap-oob="beforeend:#log"><li>e-2</li></ul> came, a frame that adds to what the page does not have',
      '<!--id:e-3--><ul hx-swap-oob="beforeend:#log"><li>e-3</li></ul> came, but not what was pushed before it: <!--id:e-2--><ul hx-swap-oob="beforeend:#log"><li>e-2</li></ul>',
      '<!--id:e-4--><p id="p">e-4</p> came after <!--id:e-2--><p id="p">e-2</p>: each has everything',
    ].map((fault) => ({ fault })),
  )
})
