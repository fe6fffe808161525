import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parts } from "../../setup/parts.ts"
import { onBoth } from "../kit/onBoth.ts"
import { messages, type Page } from "../kit/openPage.ts"

const ids = ["a", "b", "c", "d"] as const
const content = `<div id="a">0</div><div id="b"><p id="c">0</p></div><ul id="d"></ul>`
const bodyWith = (batch: unknown) =>
  `<div id="own" ws-connect="/ws" ws-config="batch:${batch}"></div><main id="main">${content}</main>`

onBoth((open) => {
  const opened = async (batch: unknown = "latest", body = bodyWith(batch)) => {
    const page = await open({ body })
    page.socket.open()
    page.forget()
    return page
  }

  /** What is swapped by a burst, by the texts of the new elements. */
  const swapped = async (page: Page, frames: ReadonlyArray<string>): Promise<Array<string | null>> => {
    for (const frame of frames) page.socket.message(frame)
    const texts: Array<string | null> = []
    page.document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
      texts.push((event as CustomEvent<{ fragment: Node }>).detail.fragment.textContent)
    })
    await messages()
    return texts
  }

  describe("with batch: latest", () => {
    test("an element is not swapped if a later one of the burst replaces it whole", async () => {
      using page = await opened()
      const frames = [`<div id="a">1</div>`, `<div id="a">2</div><p id="c">2</p>`, `<div id="a">3</div>`]
      expect(await swapped(page, frames)).toEqual(["2", "3"])
      expect([page.$("#a").textContent, page.$("#c").textContent]).toEqual(["3", "2"])
    })

    test("each frame has its events; all listeners are called before the first swap", async () => {
      using page = await opened()
      const seen: Array<string | null> = []
      page.on("wsBeforeMessage", () => seen.push(page.$("#a").textContent))
      page.on("wsAfterMessage", () => seen.push(page.$("#a").textContent))
      for (const n of [1, 2]) page.socket.message(`<div id="a">${n}</div>`)
      page.socket.message(new Blob([]))
      await messages()
      expect(page.events).toEqual([
        ...Array(3).fill("wsBeforeMessage #own"),
        ...Array(3).fill("wsAfterMessage #own"),
      ])
      expect(seen).toEqual(["0", "0", "0", "0", "2", "2"])
    })

    test("a refused frame replaces nothing, and a frame that a listener changes counts as changed", async () => {
      using page = await opened()
      page.on("wsBeforeMessage", (event) => {
        if (String(event.detail.message).includes("2")) event.preventDefault()
        if (String(event.detail.message).includes("3")) event.detail.message = `<p id="c">3</p>`
      })
      const frames = [1, 2, 3].map((n) => `<div id="a">${n}</div>`)
      expect(await swapped(page, frames)).toEqual(["1", "3"])
      expect(page.events.filter((line) => line.startsWith("wsAfterMessage"))).toHaveLength(2)
    })

    test.each<readonly [string, ReadonlyArray<string>]>([
      [
        "another style",
        [`<ul id="d">1</ul>`, `<ul id="d" hx-swap-oob="beforeend">2</ul>`, `<ul id="d">3</ul>`],
      ],
      ["a selector", [`<div id="a">1</div>`, `<p hx-swap-oob="innerHTML:#a">2</p>`, `<div id="a">3</div>`]],
      ["an id in it", [`<div id="b"><p id="c">1</p></div>`, `<p id="c">2</p>`, `<div id="b">3</div>`]],
      [
        "such an element in another",
        [`<p id="c">1</p>`, `<div id="b">2<p id="c"></p></div>`, `<p id="c">3</p>`],
      ],
    ])("an element is swapped if an element between the two refers to it: by %s", async (_, frames) => {
      using page = await opened()
      expect(await swapped(page, frames)).toEqual(["1", "2", "3"])
    })

    test("frames end with the one that removes the element, and none before it is lost", async () => {
      using page = await opened()
      const frames = [`<div id="a">1</div>`, `<p id="own">2</p>`, `<div id="a">3</div>`]
      expect(await swapped(page, frames)).toEqual(["1", "2"])
      expect(page.$("#a").textContent).toBe("1")
    })

    test("received frames are applied if the element was removed before, and when the socket closes", async () => {
      for (const happen of [(page: Page) => page.$("#own").remove(), (page: Page) => page.socket.drop()]) {
        using page = await opened()
        for (const n of [1, 2]) page.socket.message(`<div id="a">${n}</div>`)
        happen(page)
        await Promise.resolve()
        expect(page.$("#a").textContent).toBe("2")
        expect(page.events.slice(0, 5)).toEqual([
          ...Array(2).fill("wsBeforeMessage #own"),
          ...Array(2).fill("wsAfterMessage #own"),
          "wsClose #own",
        ])
      }
    })

    const text = fc.constantFrom("1", "2", " ", "&amp;", "")
    const part = fc.letrec<{ part: string }>((tie) => ({
      part: fc
        .record({
          tag: fc.constantFrom("div", "p", "ul", "template", "title"),
          id: fc.option(fc.constantFrom(...ids), { nil: undefined }),
          style: fc.constantFrom("", "", "", "true", "outerHTML", "beforeend", "innerHTML:#b", "delete"),
          data: fc.boolean(),
          text,
          inner: fc.option(tie("part"), { nil: "", maxDepth: 2 }),
        })
        .map(({ data, id, inner, style, tag, text }) => {
          const oob = style === "" ? "" : ` ${data ? "data-" : ""}hx-swap-oob="${style}"`
          return `<${tag}${id === undefined ? "" : ` id="${id}"`}${oob}>${text}${inner}</${tag}>`
        }),
    })).part
    const frame = fc
      .array(fc.oneof(part, text), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(""))

    test.each(parts(3))("a burst leaves the page as it does without batch, %s", async () => {
      using page = await opened()
      using other = await opened("true")
      const end = async (page: Page, frames: ReadonlyArray<string>) => {
        page.$("#main").innerHTML = content
        for (const frame of frames) page.socket.message(frame)
        await messages()
        return page.$("#main").innerHTML
      }
      await fc.assert(
        fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
          expect(await end(page, frames)).toBe(await end(other, frames))
        }),
        { numRuns: Number(process.env.SAMPLES ?? 10) },
      )
    })
  })
})
