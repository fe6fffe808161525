/** What becomes of a frame, beside its swap. */
import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

onBoth((open) => {
  describe("a frame", () => {
    test("is swapped even if a listener of wsBeforeMessage removes the connect element", async () => {
      using page = await open({ body: `<p id="elsewhere">old</p>${body}` })
      page.socket.open()
      page.on("wsBeforeMessage", () => page.$("#c").remove())
      page.socket.message(`<p id="elsewhere">new</p>`)
      expect(page.$("#elsewhere").textContent).toBe("new")
    })

    test("that is no string is passed to transformResponse, and swapped if that returns a string", async () => {
      using page = await open({
        body: body.replace("<div", `<div hx-ext="decoder"`),
        before: ({ htmx }) => {
          htmx.defineExtension("decoder", {
            transformResponse: (data: unknown) =>
              typeof data === "object" ? `<p id="out">${(data as { text: string }).text}</p>` : data,
          })
        },
      })
      page.socket.open().message({ text: "decoded" })
      expect(page.$("#out").textContent).toBe("decoded")
      expect(page.events.at(-1)).toBe("wsAfterMessage #c")
    })

    test("keeps rows beside scripts in a template", async () => {
      using page = await open({ body: `${body}<table><tbody><tr id="r"><td>old</td></tr></tbody></table>` })
      page.socket
        .open()
        .message(`<template><script>window.ran = 1</script><tr id="r"><td>new</td></tr></template>`)
      expect(page.$("#r").textContent).toBe("new")
    })

    test("after which focus cannot be restored is reported, and later focus events are dispatched", async () => {
      using page = await open({ body: `<div id="c" ws-connect="/ws"><input id="q"></div>` })
      page.socket.open()
      page.$("#q").focus()
      const { focus } = page.window.HTMLElement.prototype
      page.window.HTMLElement.prototype.focus = () => {
        throw new Error("not rendered")
      }
      page.socket.message(`<input id="q">`)
      page.window.HTMLElement.prototype.focus = focus
      expect(page.console).toEqual([expect.stringMatching(/cannot be settled: .*not rendered/)])
      let heard = 0
      page.$("#q").addEventListener("focus", () => heard++)
      page.$("#q").focus()
      expect([heard, page.events.at(-1)]).toEqual([1, "wsAfterMessage #c"])
    })

    test("of socketWrapper.apply is applied as if it had been received", async () => {
      using page = await open({ body })
      page.socket.open()
      page.wrapper().apply(`<p id="out">applied</p>`)
      expect([page.$("#out").textContent, page.events.at(-1)]).toEqual(["applied", "wsAfterMessage #c"])
      expect(page.wrapper().socket).toBe(page.socket)
    })

    test("unwraps bare templates only", async () => {
      using page = await open({ body: `${body}<i id="gone"></i>` })
      page.socket
        .open()
        .message(`<template><p id="out">in</p></template><template hx-swap-oob="delete:#gone"></template>`)
      expect([page.$("#out").textContent, page.document.querySelector("#gone")]).toEqual(["in", null])
    })

    test("that replaces the focused field restores focus without events", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws"><input id="q" name="q" ws-send hx-trigger="focus"></div>`,
      })
      page.socket.open()
      page.$("#q").focus()
      const sent = page.socket.sent.length
      const heard: Array<string> = []
      for (const type of ["focus", "focusin"])
        page.document.addEventListener(type, () => heard.push(type), true)
      page.socket.message(`<input id="q" name="q" ws-send hx-trigger="focus">`)
      expect(page.document.activeElement).toBe(page.$("#q"))
      expect([page.socket.sent.length - sent, heard]).toEqual([0, []])
    })
  })
})
