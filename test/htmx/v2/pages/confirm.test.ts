/** `hx-confirm` on what sends: asked as htmx asks before a request. */
import { describe, expect, test } from "vitest"
import type { HtmxVersion } from "../../../setup/pages.ts"
import { microtasks, openPage, type Page } from "../../kit/openPage.ts"

interface Question {
  readonly question: string
  readonly target: Element
  readonly elt: Element
  readonly triggeringEvent: Event | undefined
  issueRequest(skipConfirmation?: boolean): void
}

const form = `<form id="f" ws-send hx-confirm="Really?"><input name="a" value="1"><button id="b" name="how" value="loud">x</button></form>`
const chat = (inner: string, attributes = ""): string =>
  `<div id="c" ws-connect="/ws" ${attributes}>${inner}</div>`

/** The questions of `window.confirm`, which gives this answer. */
const answering = (page: Page, answer: boolean): Array<string> => {
  const questions: Array<string> = []
  page.window.confirm = (question) => {
    questions.push(String(question))
    return answer
  }
  return questions
}

/** The questions of `htmx:confirm`, whose listener answers later. */
const asking = (page: Page): Array<Question> => {
  const questions: Array<Question> = []
  page.document.addEventListener("htmx:confirm", (event) => {
    event.preventDefault()
    questions.push((event as unknown as CustomEvent<Question>).detail)
  })
  return questions
}

describe.each<[version: string, htmx: HtmxVersion, core?: string]>([
  ["1.9.0", "1.9", "/htmx-1.9.0.js"],
  ["1.9", "1.9"],
  ["2.0.0", "2", "/htmx-2.0.0.js"],
  ["2", "2"],
])("hx-confirm on htmx %s", (version, htmx, core) => {
  const open = async (html: string) => {
    const page = await openPage({ htmx, ...(core && { core }) })
    page.add(html)
    page.socket.open()
    page.forget()
    return page
  }

  test("asks before anything is collected, and sends if the user agrees", async () => {
    using page = await open(chat(form))
    const questions = answering(page, true)
    page.document.addEventListener("htmx:confirm", () => page.$("input").setAttribute("value", "2"))
    page.click("#b")
    expect([questions, page.json]).toMatchObject([["Really?"], [{ a: "2" }]])
  })

  test("sends nothing if the user does not agree, and dispatches no event of a message", async () => {
    using page = await open(chat(form))
    const questions = answering(page, false)
    const submit = new page.window.Event("submit", { bubbles: true, cancelable: true })
    page.$("#f").dispatchEvent(submit)
    expect([questions, page.socket.sent, page.events, submit.defaultPrevented]).toEqual([
      ["Really?"],
      [],
      [],
      true,
    ])
  })

  test("dispatches htmx:confirm on the sender, with the question and what has triggered it", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    const [asked] = questions
    expect([asked?.question, asked?.elt.id, asked?.triggeringEvent?.type]).toEqual(["Really?", "f", "submit"])
    expect([page.socket.sent, page.events]).toEqual([[], []])
  })

  test("sends when a listener of htmx:confirm calls issueRequest(true), and does not ask again", async () => {
    using page = await open(chat(form))
    const asked = answering(page, false)
    const questions = asking(page)
    const submit = new page.window.Event("submit", { bubbles: true, cancelable: true })
    page.$("#f").dispatchEvent(submit)
    expect(submit.defaultPrevented).toBe(true)
    await microtasks()
    questions[0]?.issueRequest(true)
    expect([asked, page.json]).toMatchObject([[], [{ a: "1" }]])
  })

  test("has the window ask when a listener calls issueRequest()", async () => {
    using page = await open(chat(form))
    const asked = answering(page, false)
    const questions = asking(page)
    page.submit("#f")
    questions[0]?.issueRequest()
    expect([asked, page.socket.sent]).toEqual([["Really?"], []])
  })

  test("sends as often as a listener calls issueRequest, as htmx makes a request each time", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    questions[0]?.issueRequest(true)
    questions[0]?.issueRequest(true)
    expect(page.json).toHaveLength(2)
  })

  test("asks for each trigger, also while an answer is pending", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    page.submit("#f")
    for (const { issueRequest } of questions) issueRequest(true)
    expect([questions.length, page.json.length]).toEqual([2, 2])
  })

  test("collects the button with which the form was submitted although a dialog has taken its focus", async () => {
    using page = await open(chat(form))
    // 1.9.0 does not know the buttons of a form that is added later.
    if (version === "1.9.0") return
    const questions = asking(page)
    page.$("#b").focus()
    page.click("#b")
    page.$("#b").blur()
    questions[0]?.issueRequest(true)
    expect(page.json).toMatchObject([{ how: "loud" }])
  })

  test("sends over the connection of the sender although it leaves before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    page.$("#f").remove()
    questions[0]?.issueRequest(true)
    expect([page.json.length, page.events.at(-1)]).toEqual([1, "wsAfterSend #c"])
  })

  test("asks although the sender has left, if a listener leaves it to the window", async () => {
    using page = await open(chat(`<p id="p" hx-confirm="Really?"><button id="b" ws-send>x</button></p>`))
    const asked = answering(page, false)
    const questions = asking(page)
    page.click("#b")
    page.$("#b").remove()
    questions[0]?.issueRequest()
    expect([asked, page.socket.sent]).toEqual([["Really?"], []])
  })

  test("has an error if the connection leaves before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    page.$("#c").remove()
    await microtasks()
    page.forget()
    questions[0]?.issueRequest(true)
    expect([page.socket.sent, page.events]).toEqual([[], ["wsUnsent #f", "wsError #f"]])
  })

  test("queues the message if the socket closes before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    page.socket.drop()
    questions[0]?.issueRequest(true)
    page.wrapper().reconnect()
    page.socket.open()
    expect(page.socket.json).toMatchObject([{ a: "1" }])
  })

  test("sends nothing if the sender is disabled before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    page.submit("#f")
    page.$("#c").setAttribute("hx-disable", "")
    questions[0]?.issueRequest(true)
    expect([page.socket.sent, page.events]).toEqual([[], []])
  })

  test("asks if there is no connection, before the event that says so", async () => {
    using page = await open(`<div>${chat("")}${form}</div>`)
    const asked = answering(page, true)
    page.submit("#f")
    expect([asked, page.events]).toEqual([["Really?"], ["wsUnsent #f", "wsError #f"]])
  })

  test.each([
    ["an element around the sender", "", "Sure?"],
    ["the sender itself", `hx-confirm="Own?"`, "Own?"],
    ["data-hx-confirm", `data-hx-confirm="Own?"`, "Own?"],
  ])("is read from %s", async (_, own, question) => {
    using page = await open(
      `<div hx-confirm="Sure?">${chat(`<button id="b" ws-send ${own}>x</button>`)}</div>`,
    )
    const asked = answering(page, true)
    page.click("#b")
    expect([asked, page.json.length]).toEqual([[question], 1])
  })

  test(`is switched off by hx-confirm="unset"`, async () => {
    using page = await open(
      `<div hx-confirm="Sure?">${chat(`<button id="b" ws-send hx-confirm="unset">x</button>`)}</div>`,
    )
    const asked = answering(page, false)
    page.click("#b")
    expect([asked, page.json.length]).toEqual([[], 1])
  })

  test("is asked for a trigger at another element, a delay and a poll", async () => {
    using page = await open(
      chat(`<i id="from" ws-send hx-confirm="From?" hx-trigger="click from:body"></i>
        <i ws-send hx-confirm="Delay?" hx-trigger="click from:body delay:1s"></i>
        <i ws-send hx-confirm="Poll?" hx-trigger="every 5s"></i>`),
    )
    const asked = answering(page, true)
    page.document.body.click()
    page.advance(1000)
    page.advance(4000)
    expect([asked, page.json.length]).toEqual([["From?", "Delay?", "Poll?"], 3])
  })

  test("validates after the question", async () => {
    using page = await open(chat(form.replace("<input", "<input required").replace(`value="1"`, "")))
    const asked = answering(page, true)
    page.$("#f").dispatchEvent(new page.window.Event("submit", { bubbles: true, cancelable: true }))
    expect([asked.length, page.socket.sent, page.events]).toEqual([1, [], ["wsConfigSend #f"]])
  })

  test("is not asked for a program's own send, and not without the attribute", async () => {
    using page = await open(chat(`<form id="f" ws-send></form>`, `hx-confirm="unset"`))
    const questions = asking(page)
    page.submit("#f")
    page.wrapper().send("mine")
    expect([questions, page.socket.sent.length]).toEqual([[], 2])
  })
})
