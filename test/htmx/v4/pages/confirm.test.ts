/** `hx-confirm` on what sends: asked as htmx 4 asks before a request. */
import { describe, expect, test } from "vitest"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

interface Question {
  readonly ctx: { readonly confirm: string; readonly sourceElement: Element }
  issueRequest(): void
  dropRequest(): void
}

const form = `<form id="f" hx-ws:send hx-confirm="Really?"><input name="a" value="1"><button id="b" name="how" value="loud">x</button></form>`
const chat = (inner: string, attributes = ""): string =>
  `<div id="c" hx-ws:connect="/ws" ${attributes}>${inner}</div>`

/** The questions of `window.confirm`, which gives this answer. */
const answering = (page: Page4, answer: boolean): Array<string> => {
  const questions: Array<string> = []
  page.window.confirm = (question) => {
    questions.push(String(question))
    return answer
  }
  return questions
}

/** The questions of `htmx:confirm`, whose listener answers later. */
const asking = (page: Page4): Array<Question> => {
  const questions: Array<Question> = []
  page.document.addEventListener("htmx:confirm", (event) => {
    event.preventDefault()
    questions.push((event as unknown as CustomEvent<Question>).detail)
  })
  return questions
}

const open = async (html: string) => {
  const page = await openPage4({ body: html })
  page.socket.open()
  page.take()
  return page
}

const submit = (page: Page4): boolean =>
  page.$("#f").dispatchEvent(new page.window.SubmitEvent("submit", { bubbles: true, cancelable: true }))

describe("hx-confirm on htmx 4", () => {
  test.each([form, form.replace("hx-ws:send", "ws-send")])(
    "asks before anything is collected, and sends if the user agrees: %s",
    async (html) => {
      using page = await open(chat(html))
      const questions = answering(page, true)
      page.document.addEventListener("htmx:confirm", () => page.$("input").setAttribute("value", "2"))
      page.$("#b").click()
      await microtasks()
      expect([questions, page.json]).toMatchObject([["Really?"], [{ a: "2", how: "loud" }]])
    },
  )

  test("sends nothing if the user does not agree, and dispatches no event of a message", async () => {
    using page = await open(chat(form))
    const questions = answering(page, false)
    expect(submit(page)).toBe(false)
    await microtasks()
    expect([questions, page.socket.sent, page.events]).toEqual([["Really?"], [], []])
  })

  test("dispatches htmx:confirm on the sender, with the context of a request", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    expect(submit(page)).toBe(false)
    await microtasks()
    expect(questions.map(({ ctx }) => [ctx.confirm, ctx.sourceElement.id])).toEqual([["Really?", "f"]])
    expect([page.socket.sent, page.events]).toEqual([[], []])
  })

  test("sends once, however often a listener calls issueRequest, as htmx makes one request", async () => {
    using page = await open(chat(form))
    const asked = answering(page, false)
    const questions = asking(page)
    submit(page)
    await microtasks()
    questions[0]?.issueRequest()
    questions[0]?.issueRequest()
    await microtasks()
    expect([asked, page.json.length]).toEqual([[], 1])
  })

  test("sends nothing when a listener calls dropRequest, also if it calls issueRequest after that", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    questions[0]?.dropRequest()
    questions[0]?.issueRequest()
    await microtasks()
    expect([page.socket.sent, page.events]).toEqual([[], []])
  })

  test("asks for each trigger, also while an answer is pending", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    submit(page)
    for (const { issueRequest } of questions) issueRequest()
    await microtasks()
    expect([questions.length, page.json.length]).toEqual([2, 2])
  })

  test("a message takes its place when it is confirmed", async () => {
    using page = await open(chat(`${form}<button id="other" name="a" value="2" hx-ws:send>x</button>`))
    const questions = asking(page)
    submit(page)
    page.$("#other").click()
    questions[0]?.issueRequest()
    await microtasks()
    expect(page.json.map(({ a }) => a)).toEqual(["2", "1"])
  })

  test("sends what the user agrees to, also if the sender has left meanwhile", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    page.$("#f").remove()
    questions[0]?.issueRequest()
    await microtasks()
    expect([page.json, page.names.filter((name) => /error|unsent/.test(name))]).toMatchObject([
      [{ a: "1" }],
      [],
    ])
  })

  test("has an error if the connection leaves before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    page.$("#c").remove()
    await microtasks()
    page.take()
    questions[0]?.issueRequest()
    await microtasks()
    expect([page.socket.sent, page.names]).toEqual([[], ["unsent", "error"]])
  })

  test("queues the message if the socket closes before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    page.socket.drop()
    questions[0]?.issueRequest()
    await microtasks()
    page.connectionOf("#c")?.reconnect()
    page.socket.open()
    expect(page.socket.json).toMatchObject([{ a: "1" }])
  })

  test("sends nothing if the sender is ignored before the answer", async () => {
    using page = await open(chat(form))
    const questions = asking(page)
    submit(page)
    page.$("#c").setAttribute("hx-ignore", "")
    questions[0]?.issueRequest()
    await microtasks()
    expect([page.socket.sent, page.events]).toEqual([[], []])
  })

  test("asks if there is no connection, before the event that says so", async () => {
    using page = await open(`${chat("")}${form}`)
    const asked = answering(page, true)
    submit(page)
    await microtasks()
    expect([asked, page.events]).toEqual([["Really?"], ["unsent #f", "error #f"]])
  })

  test.each([
    [`hx-confirm:inherited="Sure?"`, "", ["Sure?"]],
    [`hx-confirm="Sure?"`, "", []],
    [`hx-confirm:inherited="Sure?"`, `hx-confirm="Own?"`, ["Own?"]],
    [`hx-confirm:inherited="Sure?"`, `hx-confirm=""`, []],
  ])("inherits as htmx does: %s around %s", async (around, own, questions) => {
    using page = await open(`<div ${around}>${chat(`<button id="b" hx-ws:send ${own}>x</button>`)}</div>`)
    const asked = answering(page, true)
    page.$("#b").click()
    await microtasks()
    expect([asked, page.json.length]).toEqual([questions, 1])
  })

  test.each([
    ["true", 1],
    ["false", 0],
    ["Promise.resolve(ctx.sourceElement.id === 'b')", 1],
  ])("may be JavaScript: %s", async (code, sent) => {
    using page = await open(chat(`<button id="b" hx-ws:send hx-confirm="js:${code}">x</button>`))
    page.$("#b").click()
    await microtasks()
    expect(page.json).toHaveLength(sent)
  })

  test("JavaScript that throws is an error of the sender", async () => {
    using page = await open(chat(`<button id="b" hx-ws:send hx-confirm="js:nowhere.x">x</button>`))
    page.$("#b").click()
    await microtasks()
    expect([page.socket.sent, page.events]).toEqual([[], ["error #b"]])
  })

  test("is asked for a trigger at another element, and with a delay", async () => {
    using page = await open(
      chat(`<i hx-ws:send hx-confirm="From?" hx-trigger="click from:body"></i>
        <i hx-ws:send hx-confirm="Delay?" hx-trigger="click from:body delay:1s"></i>`),
    )
    const asked = answering(page, true)
    page.document.body.click()
    page.clock.advance(1000)
    await microtasks()
    expect([asked, page.json.length]).toEqual([["From?", "Delay?"], 2])
  })

  test("is not asked for a program's own send", async () => {
    using page = await open(chat("", `hx-confirm="Really?"`))
    const asked = answering(page, false)
    await page.connectionOf("#c")?.send({ data: "mine" })
    expect([asked, page.socket.sent]).toEqual([[], ["mine"]])
  })
})
