/** Where `htmx:wsError` is dispatched, and with what. */
import { expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="a" value="1"></form><p id="out"></p></div>`

onBoth((open) => {
  test("replacing detail.errors does not make a form valid", async () => {
    using page = await open({ body: body.replace(`value="1"`, "required") })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { errors: [] }))
    page.$<HTMLFormElement>("#f").dispatchEvent(new page.window.Event("submit", { cancelable: true }))
    expect([page.socket.sent, page.events.at(-1)]).toEqual([[], "wsConfigSend #f"])
  })

  test("an error of the socket that a listener cancels is not dispatched in kebab case, and reaches no extension", async () => {
    const heard: Array<string> = []
    using page = await open({
      body: body.replace("<div", `<div hx-ext="other"`),
      before: ({ htmx }) => {
        htmx.defineExtension("other", { onEvent: (name: string) => void heard.push(name) })
      },
    })
    page.document.addEventListener("htmx:wsError", (event) => event.preventDefault())
    page.document.addEventListener("htmx:ws-error", () => heard.push("htmx:ws-error"))
    page.socket.drop()
    expect(heard.filter((name) => /error/i.test(name))).toEqual(["htmx:error"])
  })

  test("an invalid message of a sender that has left is an error on the connect element", async () => {
    using page = await open({
      body: `<div id="c" ws-connect="/ws"><input id="i" name="n" ws-send hx-trigger="input delay:300ms"></div>`,
    })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { parameters: { n: 1n } }))
    page.$("#i").dispatchEvent(new page.window.Event("input", { bubbles: true }))
    page.$("#i").remove()
    page.advance(300)
    expect([page.socket.sent, page.events.at(-1)]).toEqual([[], "wsError #c"])
  })

  test("an error of the socket is its event, and the console says a sentence", async () => {
    using page = await open({ body })
    page.socket.drop()
    const error = page.last("wsError").error as Event
    expect([error.type, error instanceof page.window.Event]).toEqual(["error", true])
    expect(page.console).toEqual([expect.stringMatching(/ws:\/\/page\.test:8080\/ws could not be opened/)])
  })
})
