import { describe, expect, test } from "vitest"
import { waitFor } from "../../../setup/waitFor.ts"
import { microtasks, openPage4, type Page4 } from "../../kit/openPage4.ts"

const open = async (
  batch: string,
  attributes = `hx-ws:connect="/chat" hx-swap="beforeend" hx-target="#out"`,
) => {
  const page = await openPage4({
    body: `<main id="chat" ${attributes} hx-config="ws.batch:${batch}"></main><p id="out"></p>`,
  })
  page.socket.open()
  page.take()
  return page
}

/** Lets the page go on until its text has come to this: swaps on htmx 4 take time, which is the test's. */
const shows = (page: Page4, text: string) =>
  waitFor(() => {
    page.clock.advance(10)
    return page.$("#out").textContent === text
  })

const each = ["before:message:incoming", "after:message:incoming"]

describe.for(["true", "latest"])("the frames of a burst, with batch: %s", (batch) => {
  test("are applied in order in one later task, with all their events", async () => {
    using page = await open(batch)
    const { pending } = page.clock
    for (const text of [1, 2, 3]) page.socket.message(`<i>${text}</i>`)
    await microtasks()
    expect([page.$("#out").textContent, page.names, page.clock.pending]).toEqual(["", [], pending])
    await shows(page, "123")
    await waitFor(() => page.names.length === 6)
    expect(page.names).toEqual([...each, ...each, ...each])
  })

  test("in the format of htmx 2 are applied in order", async () => {
    using page = await open(batch, `ws-connect="/chat"`)
    for (const text of [1, 2, 3]) page.socket.message(`<p id="out" hx-swap-oob="beforeend">${text}</p>`)
    expect(page.$("#out").textContent).toBe("")
    await shows(page, "123")
  })

  test("are applied before the socket is replaced, and before the element leaves", async () => {
    for (const happen of ["reconnect", "remove"] as const) {
      using page = await open(batch)
      page.socket.message("<i>1</i>")
      if (happen === "reconnect") page.connectionOf("#chat")?.reconnect()
      else void page.htmx.swap({ target: page.$("#chat"), text: "", swap: "delete" })
      expect(page.$("#out").textContent).toBe("1")
    }
  })
})
