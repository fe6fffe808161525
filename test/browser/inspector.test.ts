/** The inspector as a user meets it: each mistake of docs/rules.md made in a page of its own, and the network lab. */
import { describe } from "vitest"
import { type Example, examples } from "../../src/cli/examples.ts"
import type { Inspector } from "../../src/companions/inspector.ts"
import { accept, echo } from "../setup/behaviours.ts"
import { test } from "../setup/browser.ts"
import { generations, type HtmxVersion, html } from "../setup/pages.ts"
import { waitFor } from "../setup/waitFor.ts"
import { stopClock } from "./kit/clock.ts"
import type { Scenery, Stage } from "./kit/Stage.ts"
import { expect, on, onBoth } from "./kit/test.ts"

/** Makes the shadow root of the inspector one that tests see. */
const openRoots = (): void => {
  const { attachShadow } = Element.prototype
  Element.prototype.attachShadow = function (options) {
    return attachShadow.call(this, { ...options, mode: "open" })
  }
}

const first = `(${openRoots})()`

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

/** The text of the problems that the panel shows, a line for each of sentence, fix and rule. */
const problemsOf = (stage: Stage): Promise<Array<string>> =>
  stage.page.evaluate(() => {
    const root = document.querySelector("#htmx-ws-inspector")?.shadowRoot
    return Array.from(root?.querySelectorAll(".problem") ?? [], (problem) =>
      Array.from(problem.querySelectorAll("p"), ({ textContent }) => textContent ?? "").join("\n"),
    )
  })

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

const body = `<main id="room" ws-connect="/ws?token=abc">
  <ul id="chat-room"></ul><b id="badge">0</b>
  <form id="say" ws-send><input id="text" name="text" value="hello"></form>
</main>`

/** Opens a page with the inspector in it. */
const open = (stage: Stage, scenery: Scenery & { readonly isOpen?: boolean } = {}): Promise<void> =>
  stage.open(body, {
    ...scenery,
    first: `${first};${scenery.first ?? ""}`,
    head: `<script src="/dist/ws-inspector.js"${scenery.isOpen === false ? "" : " data-open"}></script>`,
  })

/** The entries of the timeline, oldest first, without what measures time. */
const timeline = (stage: Stage): Promise<Array<string>> =>
  stage.page.locator(".entry").evaluateAll((rows) =>
    rows
      .map((row) => ["kind", "text"].map((name) => row.querySelector(`.${name}`)?.textContent).join(": "))
      .map((text) => text.replace(/\d+(\.\d+)? (ms|s)$/, "…"))
      .reverse(),
  )

const selected = (stage: Stage) => stage.page.locator("[role=tab][aria-selected=true]").textContent()

describe.concurrent("the timeline", () => {
  onBoth("tells the life of a connection, without secrets", async (stage) => {
    await open(stage)
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
    await open(stage, { delay: 60_000 })
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
    await open(stage)
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
  })
})

describe.concurrent("the panel", () => {
  onBoth("is opened, used and closed by the keyboard, and gives the focus back", async (stage) => {
    await open(stage, { isOpen: false })
    await stage.live()
    const { keyboard } = stage.page
    await stage.page.locator("#text").focus()
    await keyboard.press("Control+Alt+KeyW")
    expect(await stage.page.locator(".panel:focus").getAttribute("aria-label")).toBe("WebSocket inspector")
    await keyboard.press("Tab")
    expect(await stage.page.locator("[role=tab]:focus").textContent()).toBe("Timeline")
    await keyboard.press("ArrowRight")
    expect(await selected(stage)).toBe("Problems")
    await keyboard.press("ArrowLeft")
    await keyboard.press("ArrowLeft")
    expect(await selected(stage)).toBe("Network lab")
    await keyboard.press("Escape")
    expect(await stage.page.locator("#htmx-ws-inspector").count()).toBe(0)
    expect(await stage.page.locator("#text:focus").count()).toBe(1)
  })

  onBoth("is opened by htmx.ws.inspect(), and stays open when the page is loaded again", async (stage) => {
    await open(stage, { isOpen: false })
    await stage.page.evaluate(() => (window.htmx as unknown as { ws: Inspector }).ws.inspect())
    await stage.page.reload()
    await stage.page.locator(".panel").waitFor()
    await stage.page.getByRole("button", { name: "Close the inspector" }).click()
    await stage.page.reload()
    await stage.live("/ws")
    expect(await stage.page.locator(".panel").count()).toBe(0)
  })

  onBoth("works under a policy that forbids inline styles", async (stage) => {
    await open(stage, { headers: { "Content-Security-Policy": "style-src 'none'" } })
    const display = await stage.page.locator(".panel").evaluate((panel) => getComputedStyle(panel).position)
    expect(display).toBe("fixed")
  })

  for (const colorScheme of ["light", "dark"] as const)
    onBoth(`has nothing that axe objects to, in ${colorScheme}`, async (stage) => {
      await stage.page.emulateMedia({ colorScheme })
      await open(stage)
      const visit = await stage.live()
      visit.send(`<ul id="chatroom"></ul>`)
      await stage.page.locator(".entry.frame summary").click()
      await stage.page.addScriptTag({ path: "node_modules/axe-core/axe.min.js" })
      const violations = async () => {
        const found = await stage.page.evaluate(() =>
          (
            window as unknown as {
              axe: { run(selector: string): Promise<{ violations: Array<{ id: string }> }> }
            }
          ).axe.run("#htmx-ws-inspector"),
        )
        return found.violations.map(({ id }) => id)
      }
      const found: Record<string, Array<string>> = {}
      for (const name of ["Timeline", "Problems", "Network lab"]) {
        await stage.page.getByRole("tab", { name }).click()
        if (name === "Network lab") await stage.page.getByLabel("Half-open").check()
        found[name] = await violations()
      }
      expect(found).toEqual({ Timeline: [], Problems: [], "Network lab": [] })
      await stage.page.emulateMedia({ colorScheme: null })
    })

  onBoth("fits a phone", async (stage) => {
    await stage.page.setViewportSize({ width: 360, height: 640 })
    await open(stage)
    const visit = await stage.live()
    visit.send(`<ul id="chatroom"></ul>`)
    await stage.page.locator(".entry.frame").waitFor()
    for (const name of ["Timeline", "Problems", "Network lab"]) {
      await stage.page.getByRole("tab", { name }).click()
      const { height, outside, small } = await stage.page.locator(".panel").evaluate((panel) => {
        const all = [...panel.querySelectorAll("button, summary, label")].filter(
          (element) => element.getBoundingClientRect().height > 0,
        )
        return {
          height: panel.getBoundingClientRect().height,
          small: all.filter((element) => element.getBoundingClientRect().height < 32).length,
          outside: [...panel.querySelectorAll("header *, form *, .problem *, summary *")].filter(
            (element) => element.getBoundingClientRect().right > innerWidth,
          ).length,
        }
      })
      expect({ name, outside, small, fits: height < 450 }).toEqual({ name, outside: 0, small: 0, fits: true })
    }
    await stage.page.setViewportSize({ width: 1280, height: 720 })
  })

  onBoth("gives a report as JSON, without secrets and elements", async (stage) => {
    await open(stage)
    const visit = await stage.live()
    visit.send(`<ul id="chatroom"></ul>`)
    await stage.page.locator(".entry.frame").waitFor()
    const [download] = await Promise.all([
      stage.page.waitForEvent("download"),
      stage.page.getByRole("button", { name: "Save" }).click(),
    ])
    const chunks: Array<Buffer> = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    expect(text).not.toContain("abc")
    expect(JSON.parse(text)).toMatchObject({
      problems: [{ rule: "unknown-id" }],
      connections: [{ id: 1, element: "#room", state: "open", waiting: 0, isOnPage: true }],
      timeline: [
        { _tag: "dial" },
        { _tag: "open" },
        { _tag: "frame", frame: { text: `<ul id="chatroom"></ul>` } },
      ],
    })
  })
})

/** Counts what the script of the inspector starts: timers, frames of animation, and observers. */
const census = (): void => {
  const started: Array<string> = []
  const count = (name: string) => {
    if (new Error().stack?.includes("ws-inspector")) started.push(name)
  }
  for (const name of ["setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback"] as const) {
    const start = window[name] as (...args: Array<unknown>) => number
    Object.assign(window, {
      [name]: (...args: Array<unknown>) => {
        count(name)
        return start.apply(window, args)
      },
    })
  }
  Object.assign(window, { started })
}

const started = (stage: Stage): Promise<Array<string>> =>
  stage.page.evaluate(() => (window as unknown as { started: Array<string> }).started)

describe.concurrent("what it costs", () => {
  onBoth("closed, it starts no timer, whatever happens", async (stage) => {
    await open(stage, { isOpen: false, first: `(${census})()` })
    const visit = await stage.live()
    visit.send(`<ul id="chatroom"></ul>`)
    await stage.submit("#say")
    await stage.until(() => stage.bodies().length === 1)
    visit.close(1012)
    await stage.eventsOf("wsOpen", 2)
    expect(await started(stage)).toEqual([])
    const { keyboard } = stage.page
    await keyboard.press("Control+Alt+KeyW")
    await stage.server.live().at(-1)?.send(`<ul id="chatroom"></ul>`)
    await stage.until(async () => (await started(stage)).length > 0)
    await keyboard.press("Escape")
    const before = (await started(stage)).length
    stage.server.live().at(-1)?.close(1012)
    await stage.eventsOf("wsOpen", 3)
    expect((await started(stage)).length).toBe(before)
  })

  // The recorder of the other tests keeps what it sees.
  for (const htmx of ["1.9", "2", "4"] as const)
    for (const isOpen of [false, true])
      test(`a thousand elements that came and went are not kept, ${isOpen ? "open" : "closed"} (htmx ${htmx})`, async ({
        page,
        server,
      }) => {
        const head = `<script src="/dist/ws-inspector.js"${isOpen ? " data-open" : ""}></script>`
        await page.goto(server.page("/", html({ htmx, ws: "ours", head, body: "" })))
        const mount = () => {
          const kept: Array<WeakRef<Element>> = []
          Object.assign(window.htmx, { createWebSocket: () => new EventTarget() })
          for (let at = 0; at < 1000; at++) {
            document.body.insertAdjacentHTML("beforeend", `<div ws-connect="/${at}"><b id="x"></b></div>`)
            const element = document.body.lastElementChild as Element
            window.htmx.process(element)
            kept.push(new WeakRef(element))
            element.remove()
          }
          Object.assign(window, { kept })
        }
        await page.evaluate(mount)
        await waitFor(async () => {
          await page.requestGC()
          return page.evaluate(() => {
            const { kept } = window as unknown as { kept: Array<WeakRef<Element>> }
            // What is on a stack, a collector may not see.
            return kept.filter((one) => one.deref()).length < 3
          })
        }, 15_000)
      })
})

describe.concurrent("the network lab", () => {
  const choose = async (stage: Stage, label: string) => {
    await stage.page.getByRole("tab", { name: "Network lab" }).click()
    await stage.page.getByLabel(label, { exact: true }).check()
  }

  for (const [button, code] of [
    ["Drop all (1006)", 1006],
    ["Restart the server (1012)", 1012],
  ] as const)
    for (const isShaped of [false, true])
      onBoth(
        `${button} closes with ${code}${isShaped ? " through the lab" : ""}, and it comes back`,
        async (stage) => {
          await open(stage)
          await stage.live()
          if (isShaped) await choose(stage, "One frame a second")
          const opens = isShaped ? 2 : 1
          await stage.eventsOf("wsOpen", opens)
          await stage.page.getByRole("tab", { name: "Network lab" }).click()
          await stage.page.getByRole("button", { name: button }).click()
          const [close] = await stage.eventsOf("wsClose")
          expect(close?.detail.event).toMatchObject({ code })
          await stage.eventsOf("wsOpen", opens + 1)
          await stage.live()
        },
      )

  onBoth("hangs the handshake, over the next load, until it is switched off by the banner", async (stage) => {
    await open(stage, { isOpen: false, config: { ws: { connectTimeout: "200ms" } } })
    await stage.live()
    await stage.page.keyboard.press("Control+Alt+KeyW")
    await choose(stage, "Hang the handshake")
    await stage.eventsOf("wsReconnecting")
    const visits = stage.server.visits.length
    await stage.page.getByRole("button", { name: "Close the inspector" }).click()
    await stage.page.reload()
    expect(await stage.page.locator(".banner").textContent()).toContain(
      "Network lab of this tab: hang the handshake",
    )
    await stage.eventsOf("wsReconnecting")
    expect(stage.server.visits.length).toBe(visits)
    await stage.page.getByRole("button", { name: "Switch off" }).click()
    await stage.live()
    expect(await stage.page.locator("#htmx-ws-inspector").count()).toBe(0)
  })

  onBoth("refuses with 401, to a fetch of the same URL as well", async (stage) => {
    await open(stage)
    await stage.live()
    await choose(stage, "Refuse with 401")
    await stage.eventsOf("wsReconnecting")
    expect((await stage.events("wsClose")).at(-1)?.detail.event).toMatchObject({ code: 1006 })
    const status = (url: string) => stage.page.evaluate(async (url) => (await fetch(url)).status, url)
    stage.server.page("/other", "")
    expect([await status("/ws?token=abc"), await status("/other")]).toEqual([401, 200])
    await choose(stage, "Off")
    await stage.live()
    expect(await stage.page.evaluate(() => String(fetch))).toContain("native code")
  })

  onBoth("half-open lets nothing pass, and the heartbeat finds out", async (stage) => {
    stage.server.webSocket("/ws", echo())
    await open(stage, { config: { ws: { heartbeat: "100ms", heartbeatTimeout: "100ms" } } })
    await stage.live()
    await choose(stage, "Half-open")
    await stage.eventsOf("wsOpen", 2)
    const close = (await stage.eventsOf("wsReconnecting")).at(-1)
    expect(close?.detail.event).toMatchObject({ code: 1006 })
  })

  onBoth("lets one frame a second pass, in order", async (stage) => {
    await open(stage, { clock: true })
    await stage.live()
    await choose(stage, "One frame a second")
    await stage.eventsOf("wsOpen", 2)
    const visit = await stage.live()
    for (const n of [1, 2, 3]) visit.send(`<b id="badge">${n}</b>`)
    const badge = () => stage.page.locator("#badge").textContent()
    const seen = new Set<string | null>()
    await stage.until(async () => {
      await stage.pass(400)
      seen.add(await badge())
      return seen.has("3")
    })
    expect([...seen]).toEqual(["0", "1", "2", "3"])
    expect((await stage.events("wsAfterMessage")).map(({ detail }) => detail.message)).toEqual(
      [1, 2, 3].map((n) => `<b id="badge">${n}</b>`),
    )
  })

  onBoth("delays each message in both directions, in order", async (stage) => {
    stage.server.webSocket(
      "/ws",
      echo(() => `<b id="badge">late</b>`),
    )
    await open(stage, { clock: true })
    await stage.live()
    await stage.page.getByRole("tab", { name: "Network lab" }).click()
    await stage.page.getByLabel("Latency").fill("400")
    await stage.page.getByLabel("Latency").press("Enter")
    await stage.page.getByLabel("Latency").blur()
    await stage.until(async () => {
      await stage.pass(500)
      return (await stage.events("wsOpen")).length === 2
    })
    await stage.submit("#say")
    expect(stage.bodies()).toEqual([])
    await stage.pass(500)
    await stage.until(() => stage.bodies().length === 1)
    expect(await stage.page.locator("#badge").textContent()).toBe("0")
    await stage.until(async () => {
      await stage.pass(500)
      return (await stage.page.locator("#badge").textContent()) === "late"
    })
  })

  onBoth("leaves the page's own createWebSocket in its place, and gives it back", async (stage) => {
    await open(stage, {
      script: "window.own = htmx.createWebSocket = (url, protocols) => new WebSocket(url, protocols)",
    })
    await stage.live()
    const isOwn = () =>
      stage.page.evaluate(() => (window as unknown as { own: unknown }).own === window.htmx.createWebSocket)
    await choose(stage, "One frame a second")
    expect(await isOwn()).toBe(false)
    await stage.eventsOf("wsOpen", 2)
    await choose(stage, "Off")
    expect(await isOwn()).toBe(true)
    await stage.eventsOf("wsOpen", 3)
  })

  on("4", "works on htmx 4", async (stage) => {
    await stage.open(`<main id="room" hx-ws:connect="/ws"></main>`, {
      first,
      head: `<script src="/dist/ws-inspector.js" data-open></script>`,
    })
    await stage.live()
    await stage.page.locator(".entry.open").waitFor()
    await choose(stage, "One frame a second")
    const visit = await stage.until(() => stage.server.visits[1])
    await stage.until(async () => (await stage.page.locator(".entry.open").count()) === 2)
    visit.send("<b>1</b>")
    await stage.page.locator("#room b").waitFor()
    await stage.page.getByRole("button", { name: "Drop all (1006)" }).click()
    await stage.until(async () => (await stage.page.locator(".entry.open").count()) === 3)
    expect((await timeline(stage)).filter((line) => line.startsWith("close"))).toEqual([
      "close: closed with 1006 (the connection broke, or the handshake failed), is retried",
    ])
  })
})
