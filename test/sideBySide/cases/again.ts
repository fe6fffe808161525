import { accept, hang, inTurn } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { connected, form } from "./page2.ts"

/** Cases in which the script is executed a second time, which changes nothing. */
export const again: ReadonlyArray<Case> = [
  {
    title: "A second script tag is added while senders are there",
    on: ["1.9", "2"],
    page: connected(form),
    steps: async (stage) => {
      await stage.run(`
        const tag = document.createElement("script")
        tag.src = [...document.scripts].find(({ src }) => /ws/.test(src)).src
        tag.onload = () => { window.loaded = true }
        document.head.append(tag)`)
      await stage.until("window.loaded")
      await stage.click("#say")
      await stage.send(`<input id="in" name="word" value="other">`)
    },
  },
  {
    title: "A boosted page has the script at the end of its body",
    on: ["1.9.12", "2"],
    page: `<div hx-boost="true">${connected(form)}<a id="next" href="/next">Next</a></div>`,
    server: () => inTurn(accept(), hang()),
    answers: {
      "/next": `<html><body><div hx-boost="true">${connected(form)}<b id="there"></b></div><script src="{ws}"></script></body></html>`,
    },
    steps: async (stage) => {
      await stage.click("#next")
      await stage.until(`document.querySelector("#there")`)
      await stage.pass(100)
      await stage.visit.accept()
      await stage.settle()
      await stage.click("#say")
    },
    deviates: [
      {
        name: "the close of an element that leaves",
        wants:
          'then comes one `wsClose` (`ws:close` with `reason: "removed"`), ours, at once, whatever the socket emits later; after that it fires nothing.',
        lines: "+ htmx:wsClose on #c {event: CloseEvent(close 1005 removed), socketWrapper: wrapper}",
      },
      {
        name: "the close of an element that has left",
        wants: "after that it fires nothing.",
        on: ["2"],
        lines: "- htmx:wsClose on #c (detached) {event: CloseEvent(close 1005 ), socketWrapper: wrapper}",
      },
      {
        name: "an element that has left throws nothing",
        wants:
          "Nothing that a listener does (remove the element, send, close, reconnect, throw) in any event breaks any of this.",
        on: ["1.9.12"],
        lines: "- uncaught …(reading 'close')",
      },
    ],
  },
  {
    title: "A second htmx with the script processes a sender in a connection of the first",
    on: ["1.9", "2"],
    page: connected(`<div id="box"></div>`),
    steps: async (stage) => {
      await stage.run(`
        const again = async (pattern) => {
          const tag = document.createElement("script")
          tag.src = [...document.scripts].find(({ src }) => pattern.test(src)).src
          const loaded = new Promise((resolve) => { tag.onload = resolve })
          document.head.append(tag)
          await loaded
        }
        again(/htmx-[^/]*$/).then(() => again(/ws[^/]*$/)).then(() => { window.loaded = true })`)
      await stage.until("window.loaded")
      await stage.run(`
        document.querySelector("#box").innerHTML = \`${form}\`
        htmx.process(document.querySelector("#f"))`)
      await stage.click("#say")
    },
  },
]
