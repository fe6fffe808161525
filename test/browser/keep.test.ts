/** `ws-keep` in Chromium: what jsdom has not, which is layout, dialogs and carets. */
import { describe } from "vitest"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"

const companion = `<script src="/dist/ws-keep.min.js"></script>`

describe.each(["1.9", "2", "4"] as const)("htmx %s", (htmx) => {
  test("a field keeps what was typed, the focus and the caret, and typing goes on", async ({
    page,
    server,
  }) => {
    const field = `<input id="text" name="text" value="">`
    const body = `<main ws-connect="/ws"><form id="form" ws-send>${field}</form><p id="done"></p></main>`
    await page.goto(server.page("/", html({ htmx, ws: "min", head: companion, body })))
    await waitFor(() => server.live("/ws").length === 1)
    await page.click("#text")
    await page.keyboard.type("held")
    await page.keyboard.press("ArrowLeft")
    server.send(`${field}<p id="done">1</p>`)
    await page.getByText("1", { exact: true }).waitFor()
    expect(await page.inputValue("#text")).toBe("held")
    await page.keyboard.type("lo wor")
    expect(await page.inputValue("#text")).toBe("hello word")
    expect(consoleOf(page).filter((line) => !line.includes("are deprecated"))).toEqual([])
  })

  test("typing goes on in details that are replaced, and nobody hears that the focus was away", async ({
    page,
    server,
  }) => {
    const details = `<details id="more"><summary>More</summary><input id="text" name="text"></details>`
    const body = `<main ws-connect="/ws">${details}<p id="done"></p></main>`
    await page.goto(server.page("/", html({ htmx, ws: "min", head: companion, body })))
    await waitFor(() => server.live("/ws").length === 1)
    await page.click("summary")
    await page.click("#text")
    await page.evaluate(() =>
      document.addEventListener("focusin", () => document.body.append("focused"), true),
    )
    await page.keyboard.type("held")
    await page.keyboard.press("ArrowLeft")
    server.send(`${details}<p id="done">1</p>`)
    await page.getByText("1", { exact: true }).waitFor()
    await page.keyboard.type("lo wor")
    expect(await page.inputValue("#text")).toBe("hello word")
    expect(await page.getByText("focused").count()).toBe(0)
  })

  test("an open dialog stays open, and modal if it was", async ({ page, server }) => {
    const dialog = (id: string) => `<dialog id="${id}"><p>Really?</p></dialog>`
    const body = `<main ws-connect="/ws">${dialog("modal")}${dialog("plain")}<p id="done"></p></main>`
    await page.goto(server.page("/", html({ htmx, ws: "min", head: companion, body })))
    await waitFor(() => server.live("/ws").length === 1)
    await page.evaluate(() => {
      document.querySelector<HTMLDialogElement>("#plain")?.show()
      document.querySelector<HTMLDialogElement>("#modal")?.showModal()
    })
    server.send(`${dialog("modal")}${dialog("plain")}<p id="done">1</p>`)
    await page.getByText("1", { exact: true }).waitFor({ state: "attached" })
    const state = () =>
      page.evaluate(() =>
        ["#modal", "#plain"].map((id) => {
          const dialog = document.querySelector(id) as HTMLDialogElement
          return [dialog.open, dialog.matches(":modal")]
        }),
      )
    await waitFor(async () => (await state())[1]?.[0])
    expect(await state()).toEqual([
      [true, true],
      [true, false],
    ])
  })

  test("a log at its end stays there, and one that is read stays where it is", async ({ page, server }) => {
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => `<li>row ${from + i}</li>`).join("")
    const body = `<main ws-connect="/ws"><ol id="log" ws-stick="bottom" style="height: 100px; overflow-y: auto; margin: 0">${rows(0, 30)}</ol></main>`
    await page.goto(server.page("/", html({ htmx, ws: "min", head: companion, body })))
    await waitFor(() => server.live("/ws").length === 1)
    const place = () =>
      page.evaluate(() => {
        const { clientHeight, scrollHeight, scrollTop } = document.querySelector("#log") as Element
        return { scrollTop, isAtEnd: scrollHeight - clientHeight - scrollTop <= 2 }
      })
    expect((await place()).isAtEnd).toBe(true)
    const push = async (from: number) => {
      server.send(`<ol id="log" hx-swap-oob="beforeend">${rows(from, 3)}</ol>`)
      await page.getByText(`row ${from + 2}`, { exact: true }).waitFor({ state: "attached" })
    }
    await push(30)
    await waitFor(async () => (await place()).isAtEnd)
    await page.evaluate(() => {
      ;(document.querySelector("#log") as Element).scrollTop = 40
    })
    await push(33)
    await push(36)
    expect((await place()).scrollTop).toBe(40)
  })
})

test("typing goes on while htmx 4 settles what a frame has replaced", async ({ page, server }) => {
  const box = (name: string) =>
    `<div id="box"><details id="more" class="${name}"><summary>More</summary><input id="text"></details></div>`
  // Longer than it takes to type.
  const head = `${companion}<script>htmx.config.defaultSettleDelay = 1500</script>`
  const body = `<main ws-connect="/ws">${box("before")}</main>`
  await page.goto(server.page("/", html({ htmx: "4", ws: "min", head, body })))
  await waitFor(() => server.live("/ws").length === 1)
  await page.evaluate(() =>
    document.addEventListener("htmx:ws:after:message:incoming", () => document.body.classList.add("settled")),
  )
  await page.click("summary")
  await page.click("#text")
  await page.keyboard.type("hel")
  await page.evaluate(() => document.querySelector("#more")?.setAttribute("data-old", ""))
  server.send(box("after"))
  await page.locator("#more:not([data-old])").waitFor()
  await page.keyboard.type("lo")
  expect(await page.locator("body.settled").count()).toBe(0)
  await page.locator("body.settled").waitFor()
  await page.keyboard.type(" world")
  expect(await page.inputValue("#text")).toBe("hello world")
})
