import { describe, expect, test } from "vitest"
import { onEach, type Page, sentences } from "./kit.ts"

onEach(["keep"], (open, htmx) => {
  const isHtmx4 = htmx === "4"
  const opened = async (inside: string) => {
    const page = await open({
      body: `<div ws-connect="/room"><form id="form" ws-send>${inside}</form></div>`,
    })
    page.socket.open()
    await page.settled()
    return page
  }
  const type = (page: Page, selector: string, value: string) => {
    const field = page.$<HTMLInputElement>(selector)
    field.value = value
    field.dispatchEvent(new page.window.Event("input", { bubbles: true }))
  }
  const typedIn = (page: Page, selector: string) => page.$<HTMLInputElement>(selector).value

  describe("a field that was changed", () => {
    const field = `<input id="text" name="text" value="old">`

    test("keeps its value when a frame replaces it", async () => {
      using page = await opened(field)
      const seen = page.record(isHtmx4 ? "htmx:ws:kept" : "htmx:wsKept")
      type(page, "#text", "typed")
      const before = page.$("#text")
      for (const value of ["new", "newer"]) await page.receive(field.replace("old", value))
      expect([page.$("#text") === before, typedIn(page, "#text")]).toEqual([false, "typed"])
      expect([seen.length, sentences(page)]).toEqual([2, []])
    })

    test("keeps its value when a frame replaces what it is in", async () => {
      using page = await opened(`<p id="part">${field}</p>`)
      type(page, "#text", "typed")
      await page.receive(`<p id="part">${field}</p>`)
      // htmx 4 lets new content settle.
      page.clock.advance(20)
      await page.settled()
      expect(typedIn(page, "#text")).toBe("typed")
    })

    test.for([
      ["was not changed", async () => {}],
      [
        "was sent",
        async (page: Page) => {
          type(page, "#text", "typed")
          page.$<HTMLFormElement>("#form").requestSubmit()
          await page.settled()
        },
      ],
      [
        "was reset",
        async (page: Page) => {
          type(page, "#text", "typed")
          page.$<HTMLFormElement>("#form").reset()
        },
      ],
    ] as const)("is the server's if it %s", async ([, act]) => {
      using page = await opened(field)
      await act(page)
      await page.receive(field.replace("old", "new"))
      expect(typedIn(page, "#text")).toBe("new")
    })

    test("is kept if it was changed again after it was sent", async () => {
      using page = await opened(field)
      type(page, "#text", "typed")
      page.$<HTMLFormElement>("#form").requestSubmit()
      await page.settled()
      type(page, "#text", "more")
      await page.receive(field.replace("old", "new"))
      expect(typedIn(page, "#text")).toBe("more")
    })

    test("is the server's with ws-overwrite, and where a listener cancels the event", async () => {
      using page = await opened(field)
      type(page, "#text", "typed")
      await page.receive(`<input id="text" value="" ws-overwrite>`)
      expect(typedIn(page, "#text")).toBe("")
      type(page, "#text", "typed")
      page.document.addEventListener(isHtmx4 ? "htmx:ws:kept" : "htmx:wsKept", (event) =>
        event.preventDefault(),
      )
      await page.receive(field.replace("old", "new"))
      expect(typedIn(page, "#text")).toBe("new")
    })

    test("keeps the caret", async () => {
      using page = await opened(field)
      page.$("#text").focus()
      type(page, "#text", "typed")
      page.$<HTMLInputElement>("#text").setSelectionRange(2, 3)
      await page.receive(field)
      const { selectionEnd, selectionStart } = page.$<HTMLInputElement>("#text")
      if (page.document.activeElement?.id === "text") expect([selectionStart, selectionEnd]).toEqual([2, 3])
      expect(typedIn(page, "#text")).toBe("typed")
    })

    test.for([
      [
        "a checkbox",
        `<input id="field" type="checkbox">`,
        (field: HTMLElement) => Object.assign(field, { checked: true }),
        (field: HTMLInputElement) => field.checked,
      ],
      [
        "a list",
        `<select id="field"><option>a<option>b</select>`,
        (field: HTMLElement) => Object.assign(field, { value: "b" }),
        (field: HTMLInputElement) => field.value === "b",
      ],
      [
        "a text of several lines",
        `<textarea id="field">a</textarea>`,
        (field: HTMLElement) => Object.assign(field, { value: "b" }),
        (field: HTMLInputElement) => field.value === "b",
      ],
    ] as const)("may be %s", async ([, html, change, isChanged]) => {
      using page = await opened(html)
      change(page.$("#field"))
      page.$("#field").dispatchEvent(new page.window.Event("change", { bubbles: true }))
      await page.receive(html)
      expect(isChanged(page.$<HTMLInputElement>("#field"))).toBe(true)
    })

    test("is forgotten when something else than a frame replaces it", async () => {
      using page = await opened(`<p id="record">${field}</p><b id="other"></b>`)
      type(page, "#text", "draft of one")
      page.$("#record").innerHTML = field.replace("old", "two")
      await page.receive(`<b id="other">1</b>`)
      expect(typedIn(page, "#text")).toBe("two")
      await page.receive(field.replace("old", "new"))
      expect(typedIn(page, "#text")).toBe("new")
    })

    test("does not become one of another kind", async () => {
      using page = await opened(field)
      type(page, "#text", "typed")
      await page.receive(`<input id="text" type="checkbox" value="x">`)
      expect(typedIn(page, "#text")).toBe("x")
      await page.receive(`<p id="text">x</p>`)
      expect(page.$("#text").textContent).toBe("x")
    })
  })

  describe("details that are open", () => {
    const details = `<details id="more"><summary>More</summary></details>`
    test("stay open, and those that are not stay as the server has them", async () => {
      using page = await opened(details)
      await page.receive(details)
      expect(page.$<HTMLDetailsElement>("#more").open).toBe(false)
      page.$<HTMLDetailsElement>("#more").open = true
      await page.receive(details)
      expect(page.$<HTMLDetailsElement>("#more").open).toBe(true)
      await page.receive(details.replace("<details", "<details ws-overwrite"))
      expect(page.$<HTMLDetailsElement>("#more").open).toBe(false)
    })
  })

  describe("an element with ws-stick", () => {
    const log = (inside: string) => `<ol id="log" ws-stick="bottom">${inside}</ol>`
    /** Gives an element a height, which jsdom has not. */
    const measure = (page: Page) => {
      const { prototype } = page.window.HTMLElement
      Object.defineProperties(prototype, {
        scrollHeight: { configurable: true, get: (): number => 10 * page.$("#log").children.length },
        clientHeight: { configurable: true, value: 20 },
      })
    }
    const add = (page: Page) => page.receive(`<ol id="log" hx-swap-oob="beforeend"><li>x</li></ol>`)
    /** Has a reader scroll, which the page may be told later. */
    const scroll = (page: Page, top: number, isTold = true) => {
      page.$("#log").scrollTop = top
      if (isTold) page.$("#log").dispatchEvent(new page.window.Event("scroll"))
    }

    test("is scrolled to its end if it stood there, and not otherwise", async () => {
      using page = await opened(log("<li><li><li>"))
      measure(page)
      scroll(page, 10)
      await add(page)
      expect(page.$("#log").scrollTop).toBe(40)
      scroll(page, 5)
      await add(page)
      expect(page.$("#log").scrollTop).toBe(5)
    })

    test("is scrolled to its end by what comes in other ways, and not by what is added elsewhere", async () => {
      using page = await opened(log("<li><li><li>"))
      measure(page)
      scroll(page, 10)
      page.$("#log").append("x", page.document.createElement("li"))
      await page.settled()
      expect(page.$("#log").scrollTop).toBe(40)
      page.$("#log").scrollTop = 11
      page.document.body.append("x")
      await page.settled()
      expect(page.$("#log").scrollTop).toBe(11)
    })

    test("does not take away a reader who has just scrolled", async () => {
      using page = await opened(log("<li><li><li><li>"))
      measure(page)
      scroll(page, 20)
      scroll(page, 5, false)
      await add(page)
      expect(page.$("#log").scrollTop).toBe(5)
    })

    test("keeps its place when it is replaced, unless a listener cancels the event", async () => {
      using page = await opened(log("<li><li><li><li>"))
      measure(page)
      const name = isHtmx4 ? "htmx:ws:kept" : "htmx:wsKept"
      const seen = page.record(name)
      scroll(page, 5)
      await page.receive(log("<li><li><li><li><li>"))
      expect([page.$("#log").scrollTop, seen.length]).toEqual([5, 1])
      page.document.addEventListener(name, (event) => event.preventDefault())
      await page.receive(log("<li><li><li><li><li>"))
      expect(page.$("#log").scrollTop).toBe(0)
    })
  })
})
