import { describe, expect, test } from "vitest"
import { onBoth } from "../kit/onBoth.ts"
import type { Options, Page } from "../kit/openPage.ts"

const around = (inside: string) => `<div id="c" ws-connect="/ws">${inside}</div>`

const got = async (
  open: (options: Omit<Options, "htmx">) => Promise<Page>,
  inside: string,
  frame: unknown,
) => {
  const page = await open({ body: around(inside) })
  page.socket.open()
  page.forget()
  page.socket.message(frame)
  return page
}

const complete = ["wsBeforeMessage #c", "wsAfterMessage #c"]

onBoth((open, htmx) => {
  describe("a frame", () => {
    test("may have rows in a template", async () => {
      using page = await got(
        open,
        `<table><tbody id="rows"><tr id="one"><td>old</td></tr></tbody></table>`,
        `<template><tr id="one"><td>new</td></tr></template>`,
      )
      expect(page.$("#rows").innerHTML).toBe(`<tr id="one"><td>new</td></tr>`)
    })

    test("may append rows from a template", async () => {
      using page = await got(
        open,
        `<table><tbody id="rows"></tbody></table>`,
        `<template><tbody hx-swap-oob="beforeend:#rows"><tr><td>1</td></tr><tr><td>2</td></tr></tbody></template>`,
      )
      expect(page.$("#rows").children).toHaveLength(2)
    })

    test("may have rows in templates beside other elements", async () => {
      using page = await got(
        open,
        `<p id="a"></p><table><tbody><tr id="r"><td></td></tr></tbody></table><p id="b"></p>`,
        `<p id="a">1</p><template><tr id="r"><td>2</td></tr></template><p id="b">3</p>`,
      )
      expect([page.$("#a"), page.$("#r"), page.$("#b")].map(({ textContent }) => textContent)).toEqual([
        "1",
        "2",
        "3",
      ])
    })

    test("may replace a template that has an id", async () => {
      using page = await got(
        open,
        `<template id="t">old</template>`,
        `<template id="t"><i>new</i></template>`,
      )
      expect(page.$<HTMLTemplateElement>("#t").innerHTML).toBe("<i>new</i>")
    })

    test.each([
      ["an empty id", `<p id="">x</p>`],
      ["no id", `<p>x</p>`],
      ["an id that nothing has", `<p id="nowhere">x</p>`],
      ["an id that is no selector", `<p id="1 2:[">x</p>`],
      ["a style that is a bad selector", `<p id="x" hx-swap-oob="innerHTML:[">x</p>`],
    ])("with %s in the middle has its other elements applied", async (_, bad) => {
      using page = await got(open, `<p id="a"></p><p id="b"></p>`, `<p id="a">1</p>${bad}<p id="b">2</p>`)
      expect([page.$("#a").textContent, page.$("#b").textContent]).toEqual(["1", "2"])
      expect(page.events.filter((event) => event !== "wsError #c")).toEqual(complete)
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })

    test("has its new elements processed, also if another element cannot be swapped", async () => {
      using page = await got(
        open,
        `<p id="a"></p>`,
        `<p id="a"><form id="f" ws-send></form></p><div id="a"><form id="f" ws-send></form></div><p id="" hx-swap-oob="innerHTML">z</p>`,
      )
      page.submit("#f")
      expect(page.socket.sent).toHaveLength(1)
    })

    test("has the scripts in it run once", async () => {
      using page = await open({ body: around(`<p id="a"></p>`) })
      Object.assign(page.window, { runs: 0 })
      page.socket.open()
      page.socket.message(`<p id="a"><script>window.runs++</script></p>`)
      expect((page.window as unknown as { runs: number }).runs).toBeLessThanOrEqual(1)
    })

    test("has htmx's own events once for each element that it swaps", async () => {
      using page = await got(open, `<p id="a"></p><p id="b"></p>`, `<p id="a">1</p><p id="b">2</p>`)
      expect(page.all("load").map(({ on }) => on.id)).toEqual(["a", "b"])
    })

    test.each([
      `<p id="a">1</p>`,
      `<p id="a" class="new"><b id="inner" ws-send>1</b></p><p id="b">2</p>`,
      `<div id="a" hx-swap-oob="beforeend"><i hx-get="/x">1</i> text <i>2</i></div>`,
      `<tr id="r"><td>1</td></tr>`,
      `<template><tr id="r"><td id="cell">1</td></tr></template><p id="a">2</p>`,
      `<form id="f" ws-send><input name="x" autofocus></form>`,
      `<p id="nowhere">1</p><p>2</p>text<p id="a" hx-swap-oob="delete"></p>`,
      `<x-y id="a"></x-y><svg id="b"><g id="g"></g></svg>`,
    ])("has the same events and result however it is parsed: %s", async (frame) => {
      const body = around(`<p id="a" class="old"><b id="inner"></b></p><p id="b"></p><form id="f"></form>
        <table><tbody><tr id="r"><td></td></tr></tbody></table>`)
      const outcomes: Array<unknown> = []
      // What has a comment in it is left to htmx.
      for (const text of [frame, `${frame}<!-- -->`]) {
        using page = await open({ body })
        page.socket.open()
        page.forget()
        page.socket.message(text)
        const events = page.log.map(({ name, on }) => `${name} ${on.id || on.nodeName}`)
        outcomes.push([
          events,
          page.kebab,
          page.document.body.innerHTML,
          page.document.activeElement?.nodeName,
        ])
      }
      expect(outcomes[0]).toEqual(outcomes[1])
    })

    test("is swapped whole although another frame arrives in the middle", async () => {
      using page = await open({ body: around(`<p id="a"></p><p id="b"></p><p id="x"></p>`) })
      page.socket.open()
      let isFirst = true
      page.on("oobBeforeSwap", () => {
        if (isFirst) {
          isFirst = false
          page.socket.message(`<p id="x">3</p>`)
        }
      })
      page.socket.message(`<p id="a">1</p><p id="b">2</p>`)
      expect(["#a", "#b", "#x"].map((id) => page.$(id).textContent)).toEqual(["1", "2", "3"])
      expect([page.console, page.all("wsError")]).toEqual([[], []])
    })

    test("has its new connect elements connected", async () => {
      using page = await got(open, `<p id="a"></p>`, `<p id="a"><i id="inner" ws-connect="/inner"></i></p>`)
      expect(page.sockets.map(({ url }) => new URL(url).pathname)).toEqual(["/ws", "/inner"])
    })

    test("that is text, JSON or empty swaps nothing and reports nothing", async () => {
      for (const frame of ["only text", `{"a": 1}`, "", "<!-- -->", "<!doctype html>", "0"]) {
        using page = await got(open, `<p id="a">old</p>`, frame)
        expect([page.events, page.console, page.$("#a").textContent]).toEqual([complete, [], "old"])
        expect(page.last("wsAfterMessage").message).toBe(frame)
      }
    })

    test("that is binary is passed to listeners, and swaps nothing", async () => {
      for (const frame of [new Blob([`<p id="a">new</p>`]), new ArrayBuffer(8), new Uint8Array(2)]) {
        using page = await got(open, `<p id="a">old</p>`, frame)
        expect([page.events, page.console, page.$("#a").textContent]).toEqual([complete, [], "old"])
        expect(page.all("wsBeforeMessage")[0]?.detail.message).toBe(frame)
        expect(page.last("wsAfterMessage").message).toBe(frame)
      }
    })

    test("that is binary may be replaced by its text", async () => {
      using page = await open({ body: around(`<p id="a">old</p>`) })
      page.socket.open()
      page.on("wsBeforeMessage", ({ detail }) => Object.assign(detail, { message: `<p id="a">decoded</p>` }))
      page.socket.message(new ArrayBuffer(1))
      expect(page.$("#a").textContent).toBe("decoded")
      expect(page.last("wsAfterMessage").message).toBe(`<p id="a">decoded</p>`)
    })

    test("may be replaced by a listener, in either spelling of the event", async () => {
      for (const name of ["htmx:wsBeforeMessage", "htmx:ws-before-message"]) {
        using page = await open({ body: around(`<p id="a">old</p>`) })
        page.socket.open()
        page.document.addEventListener(name, (event) => {
          ;(event as CustomEvent).detail.message = `<p id="a">replaced</p>`
        })
        page.socket.message(`<p id="a">sent</p>`)
        expect(page.$("#a").textContent).toBe("replaced")
      }
    })

    test("that htmx cannot parse is one error, and the next one is swapped", async () => {
      using page = await open({ body: around(`<p id="a">old</p>`) })
      page.socket.open()
      page.forget()
      const { prototype } = page.window.DOMParser
      const { parseFromString } = prototype
      // As on a page with `require-trusted-types-for 'script'`.
      prototype.parseFromString = () => {
        throw new TypeError("This document requires 'TrustedHTML' assignment.")
      }
      page.socket.message("<title>x</title>")
      prototype.parseFromString = parseFromString
      expect(page.events).toEqual(["wsBeforeMessage #c", "wsError #c", "wsAfterMessage #c"])
      page.socket.message(`<p id="a">good</p>`)
      expect(page.$("#a").textContent).toBe("good")
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })

    test("of a burst that htmx cannot parse affects no other of it", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws" ws-config="batch:latest"><p id="a">old</p><p id="b">old</p></div>`,
      })
      page.socket.open()
      page.forget()
      const { prototype } = page.window.DOMParser
      const { parseFromString } = prototype
      prototype.parseFromString = function (html, type) {
        if (html.includes("bad")) throw new TypeError("This document requires 'TrustedHTML' assignment.")
        return parseFromString.call(this, html, type)
      }
      for (const frame of [`<p id="a">1</p>`, "<title>bad</title>", `<p id="b">2</p>`])
        page.socket.message(frame)
      page.socket.end(1000)
      expect(page.events.filter((line) => line === "wsError #c")).toHaveLength(1)
      expect(page.events.filter((line) => line === "wsAfterMessage #c")).toHaveLength(3)
      expect([page.$("#a").textContent, page.$("#b").textContent]).toEqual(["1", "2"])
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })

    test("is passed to transformResponse, after the listeners", async () => {
      using page = await open({
        on: `hx-ext="ws, loud, louder"`,
        body: around(`<p id="a">old</p>`),
        after: ({ htmx }) => {
          for (const [name, mark] of [
            ["loud", "!"],
            ["louder", "?"],
          ] as const) {
            htmx.defineExtension(name, {
              transformResponse: (text: string) => text.replace("</p>", `${mark}</p>`),
            })
          }
        },
      })
      page.socket.open()
      page.on("wsBeforeMessage", ({ detail }) => Object.assign(detail, { message: `<p id="a">x</p>` }))
      page.socket.message(`<p id="a">y</p>`)
      expect(page.$("#a").textContent?.split("").toSorted().join("")).toBe("!?x")
      expect(page.last("wsAfterMessage").message).toBe(`<p id="a">${page.$("#a").textContent}</p>`)
    })

    test("whose transformation throws affects no other", async () => {
      using page = await open({
        on: `hx-ext="ws, broken"`,
        body: around(`<p id="a">old</p>`),
        after: ({ htmx }) =>
          htmx.defineExtension("broken", {
            transformResponse: (text: string) => {
              if (text.includes("bad")) throw new Error("broken")
              return text
            },
          }),
      })
      page.socket.open()
      page.forget()
      page.socket.message(`<p id="a">bad</p>`)
      expect(page.events).toEqual(["wsBeforeMessage #c", "wsError #c", "wsAfterMessage #c"])
      expect(page.last("wsAfterMessage").message).toBe(`<p id="a">bad</p>`)
      page.socket.message(`<p id="a">good</p>`)
      expect([page.$("#a").textContent, page.socket.isLive]).toEqual(["good", true])
      expect(page.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })

    test(`with two elements for the same id has the last word with the last (htmx ${htmx})`, async () => {
      using page = await got(open, `<p id="a"></p>`, `<p id="a">1</p><p id="a">2</p>`)
      expect(page.$("#a").textContent).toBe("2")
    })
  })

  describe("focus and selection", () => {
    const field = (value: string, more = "") =>
      `<p id="wrap"><input id="i" name="n" value="${value}" ${more}></p>`

    test("stay in a field that is replaced by one of the same id", async () => {
      using page = await open({ body: around(`<input id="i" name="n" value="typed">`) })
      page.socket.open()
      const before = page.$<HTMLInputElement>("#i")
      before.focus()
      before.setSelectionRange(1, 3)
      page.socket.message(`<input id="i" name="n" value="typed">`)
      const after = page.$<HTMLInputElement>("#i")
      expect(after).not.toBe(before)
      expect(page.document.activeElement).toBe(after)
      expect([after.selectionStart, after.selectionEnd]).toEqual([1, 3])
    })

    test("stay in a field if an element around it is replaced", async () => {
      using page = await open({ body: around(field("typed")) })
      page.socket.open()
      page.$("#i").focus()
      page.$<HTMLInputElement>("#i").setSelectionRange(2, 2)
      page.socket.message(field("typed"))
      expect(page.document.activeElement).toBe(page.$("#i"))
      expect(page.$<HTMLInputElement>("#i").selectionStart).toBe(2)
    })

    test("stay in a text area, a button, and a field that has no selection", async () => {
      for (const element of [
        `<textarea id="i">typed</textarea>`,
        `<button id="i">x</button>`,
        `<input id="i" type="number" value="5">`,
        `<select id="i"></select>`,
      ]) {
        using page = await open({ body: around(element) })
        page.socket.open()
        page.$("#i").focus()
        page.socket.message(element)
        expect(page.document.activeElement).toBe(page.$("#i"))
        expect(page.console).toEqual([])
      }
    })

    test("of a text field do not go to a field of another type, which has no selection", async () => {
      using page = await open({ body: around(`<input id="i" value="5">`) })
      page.socket.open()
      page.$("#i").focus()
      page.socket.message(`<input id="i" type="number" value="5">`)
      expect(page.document.activeElement).toBe(page.$("#i"))
      expect([page.console, page.events.at(-1)]).toEqual([[], "wsAfterMessage #c"])
    })

    test("are not given to a field that had none", async () => {
      using page = await open({ body: around(`${field("typed")}<input id="other">`) })
      page.socket.open()
      page.$("#other").focus()
      page.socket.message(field("new"))
      expect(page.document.activeElement).toBe(page.$("#other"))
    })

    test("stay where a listener has put them", async () => {
      using page = await open({ body: around(`${field("typed")}<input id="other">`) })
      page.socket.open()
      page.$("#i").focus()
      page.document.addEventListener("htmx:load", () => page.$("#other").focus())
      page.socket.message(field("new"))
      expect(page.document.activeElement).toBe(page.$("#other"))
    })

    test("are lost with a field that is removed, without an error", async () => {
      using page = await open({ body: around(field("typed")) })
      page.socket.open()
      page.$("#i").focus()
      page.socket.message(`<p id="wrap"></p>`)
      expect(page.document.activeElement).toBe(page.document.body)
      expect(page.console).toEqual([])
    })
  })
})
