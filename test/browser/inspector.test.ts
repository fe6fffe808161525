/** The inspector as a user meets it: each mistake of docs/rules.md made in a page of its own, and the timeline. */
import { describe } from "vitest"
import { type Example, examples } from "../../src/cli/examples.ts"
import { accept } from "../setup/behaviours.ts"
import { generations, type HtmxVersion } from "../setup/pages.ts"
import { stopClock } from "./kit/clock.ts"
import { first, openInspector, problemsOf, timeline } from "./kit/inspector.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, on, onBoth } from "./kit/test.ts"

/** The page of an example, as a user would write it, with the inspector open from the start. */
const documentOf = ({ page }: Example, htmx: HtmxVersion): string => {
  const scripts = [
    `<script>${first};(${stopClock})()</script>`,
    `<script>for (const name of ["wsBeforeMessage", "ws:before:message:incoming"])
      document.addEventListener("htmx:" + name, () => (window.hasFrame = true))</script>`,
    `<script src="${generations[htmx].htmx}"></script>`,
    `<script src="${generations[htmx].ours}"></script>`,
    `<script src="/dist/ws-inspector.js" data-open></script>`,
  ].join("\n")
  const head = `<meta charset="utf-8"><link rel="icon" href="data:,">\n${scripts}`
  return `<!doctype html>\n<html lang="en">\n${
    page.startsWith("<head>") ? page.replace("<head>", `<head>${head}`) : `<head>${head}</head>\n${page}`
  }\n</html>`
}

/** Opens an example, has its frame come, and lets a second pass. */
const openExample = async (stage: Stage, example: Example): Promise<void> => {
  const { frame } = example
  stage.server.webSocket(
    "/chat",
    accept((visit) => frame && visit.send(frame)),
  )
  await stage.page.goto(stage.server.page("/", documentOf(example, stage.htmx)), { timeout: 15_000 })
  if (frame !== undefined)
    await stage.when(() => (window as unknown as { hasFrame?: boolean }).hasFrame === true)
  await stage.pass(1000)
}

describe.concurrent("the problems", () => {
  for (const { bad, good, on: lines, rule } of examples)
    for (const line of lines) {
      on(line, `name ${rule} within a second, with what to do`, async (stage) => {
        await openExample(stage, bad)
        const problems = await problemsOf(stage)
        expect(new Set(problems.map((text) => text.split("\n").at(-1)))).toEqual(new Set([rule]))
        expect(problems[0]?.split("\n")[1]).toMatch(/^[A-Z].+\.$/)
      })

      on(line, `are none on the good page of ${rule}`, async (stage) => {
        await openExample(stage, good)
        expect(await problemsOf(stage)).toEqual([])
      })
    }
})

describe.concurrent("the timeline", () => {
  onBoth("tells the life of a connection, without secrets", async (stage) => {
    await openInspector(stage)
    const visit = await stage.live()
    visit.send(`<b id="badge">1</b>`)
    visit.send(`<ul id="chatroom"></ul>`)
    await stage.eventsOf("wsAfterMessage", 2)
    await stage.submit("#say")
    await stage.until(() => stage.bodies().length === 1)
    visit.close(1012, "deploy")
    await stage.eventsOf("wsOpen", 2)
    await stage.until(async () => (await timeline(stage)).length === 9)
    expect(await timeline(stage)).toEqual([
      "dial: dials",
      "open: is open after …",
      "frame: got 19 B: #badge (outerHTML) · …",
      "frame: got 23 B: #chatroom is not on the page (is it #chat-room?) · …",
      expect.stringMatching(/^sent: sent \d+ B: text · from #say$/),
      `close: closed with 1012 (the server restarts) "deploy", is retried`,
      "retry: attempt 1 in …",
      "dial: dials (attempt 1)",
      "open: is open after …",
    ])
    const connection = stage.page.locator(".connections button").nth(1)
    expect(await connection.textContent()).toMatch(/^#roomopenws:.*\/ws\?token=…$/)
    expect(await stage.page.locator(".panel").textContent()).not.toContain("abc")
  })

  onBoth("shows the next attempt and what waits", async (stage) => {
    await openInspector(stage, { delay: 60_000 })
    const visit = await stage.live()
    visit.close(1012)
    await stage.eventsOf("wsReconnecting")
    await stage.submit("#say")
    const now = stage.page.locator(".now")
    await stage.until(async () =>
      /^reconnecting · next attempt in \d+ s · 1 waiting$/.test((await now.textContent()) ?? ""),
    )
  })

  onBoth("outlines what a frame has changed, without writing to it", async (stage) => {
    await openInspector(stage)
    const visit = await stage.live()
    visit.send(`<ul id="chat-room" hx-swap-oob="beforeend"><li id="new">Hello</li></ul>`)
    const row = stage.page.locator(".entry.frame")
    await row.waitFor()
    const before = await stage.page.content()
    await row.hover()
    const box = await stage.page.locator(".box").boundingBox()
    const item = await stage.page.locator("#new").boundingBox()
    expect([box?.x, box?.y]).toEqual([(item?.x ?? 0) - 3, (item?.y ?? 0) - 3])
    expect(await stage.page.content()).toBe(before)
    await row.locator("summary").click()
    expect(await row.locator("pre").textContent()).toContain(`<li id="new">Hello</li>`)
    await stage.page.mouse.move(0, 0)
    await row.locator("summary").blur()
    expect(await stage.page.locator(".box").count()).toBe(0)
    // By keyboard, too.
    await row.locator("summary").focus()
    expect(await stage.page.locator(".box").count()).toBe(1)
  })
})
