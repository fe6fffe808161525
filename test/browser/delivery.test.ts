/** `ws-delivery` in Chromium, against a real server. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Page } from "playwright-core"
import { describe } from "vitest"
import { accept } from "../setup/behaviours.ts"
import { test as base, consoleOf, expect } from "../setup/browser.ts"
import { type HtmxVersion, html } from "../setup/pages.ts"
import type { TestServer } from "../setup/server.ts"
import type { Visit } from "../setup/Visit.ts"
import { waitFor } from "../setup/waitFor.ts"

const versions = ["1.9", "2", "4"] as const
const companion = `<script src="/dist/ws-delivery.min.js"></script>`

/** A form as docs/delivery.md has it, in the spelling of each htmx. */
const room = (htmx: HtmxVersion, { ack = "10s reset", url = "/ws", more = "" } = {}) => {
  const disable = htmx === "4" ? "hx-disable" : "hx-disabled-elt"
  const form = `
    <form id="say" ws-send ws-ack="${ack}" hx-post="/say" hx-swap="none" action="/say" method="post"
        ${disable}="find button" hx-indicator="#spinner" ${more}>
      <label for="text">Message</label> <input id="text" name="text" autocomplete="off" required>
      <button id="send">Send</button>
      <output id="state" ws-delivery aria-label="State of the message"></output>
      <button type="button" ws-retry>Send again</button>
      <span id="spinner">…</span>
    </form>`
  return htmx === "4"
    ? `<main hx-ws:connect="${url}">${form.replaceAll(/\bws-(?=send|ack|delivery|retry|fallback)/g, "hx-ws:")}</main>`
    : `<main ws-connect="${url}">${form}</main>`
}

const config = (ws: object = {}) => ({ ws: { reconnectDelay: "20ms", ...ws } })

const open = async (page: Page, server: TestServer, htmx: HtmxVersion, body: string, ws: object = {}) => {
  await page.goto(server.page("/", html({ htmx, ws: "min", config: config(ws), head: companion, body })))
}

const test = base

const say = async (page: Page, text: string) => {
  await page.fill("#text", text)
  await page.press("#text", "Enter")
}

const isIn = (page: Page, state: string) =>
  page.locator(`#state[data-ws-delivery=${state}]`).waitFor({ state: "attached" })

const idOf = (text: string): string => {
  const { HEADERS, headers } = JSON.parse(text)
  return (HEADERS ?? headers)["HX-Message-ID"]
}

/** What the server got by HTTP. */
const posts = (server: TestServer, answer: (body: URLSearchParams) => number | "reset" = () => 204) => {
  const got: Array<URLSearchParams> = []
  server.route("/say", (request, response) => {
    let text = ""
    request.on("data", (chunk) => {
      text += chunk
    })
    request.on("end", () => {
      const body = new URLSearchParams(text)
      got.push(body)
      const status = answer(body)
      if (status === "reset") request.socket.destroy()
      // On a connection that is used again, a browser repeats a request by itself if that ends without a response.
      else response.writeHead(status, { connection: "close" }).end()
    })
  })
  return got
}

describe.concurrent.each(versions)("htmx %s", (htmx) => {
  test("a form is disabled while its message is on its way, and reset when that is acknowledged", async ({
    page,
    server,
  }) => {
    await open(page, server, htmx, room(htmx))
    const visit = await waitFor(() => server.live("/ws")[0])
    await page.focus("#text")
    await say(page, "hello")
    await isIn(page, "sent")
    expect(await page.isDisabled("#send")).toBe(true)
    expect(await page.getAttribute("#spinner", "class")).toContain("htmx-request")
    // Enter held down: a form whose button is disabled is not submitted.
    for (let times = 0; times < 5; times++) await page.press("#text", "Enter")
    await waitFor(() => visit.texts.length > 0)
    expect(await page.inputValue("#text")).toBe("hello")
    visit.send(JSON.stringify({ "HX-Ack": idOf(visit.texts[0] ?? "") }))
    await isIn(page, "acked")
    expect(await page.inputValue("#text")).toBe("")
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("text")
    expect(await page.isDisabled("#send")).toBe(false)
    expect(visit.texts.length).toBe(1)
    expect(consoleOf(page).filter((line) => !line.includes("404"))).toEqual([])
  })

  test("a page that comes back from the history has no message on its way", async ({ page, server }) => {
    const away = `<div id="away">away</div>`
    server.route("/away", (_, response) => response.end(away))
    const link = `<a id="leave" hx-get="/away" hx-target="body" hx-push-url="true">leave</a>`
    await open(page, server, htmx, room(htmx) + link)
    await waitFor(() => server.live("/ws")[0])
    await say(page, "hello")
    await isIn(page, "sent")
    await page.click("#leave")
    await page.locator("#away").waitFor()
    await page.goBack()
    await page.locator("#state").waitFor({ state: "attached" })
    await waitFor(async () => !(await page.isDisabled("#send")))
    await waitFor(async () => (await page.getAttribute("#state", "data-ws-delivery")) === null)
    expect(await page.getAttribute("#state", "aria-busy")).toBe(null)
  })

  test("the comment of an answer does not change the page, and its HTML does", async ({ page, server }) => {
    await open(page, server, htmx, room(htmx))
    const visit = await waitFor(() => server.live("/ws")[0])
    await say(page, "hello")
    await waitFor(() => visit.texts.length > 0)
    const before = await page.locator("main *").count()
    visit.send(`<!--re:${idOf(visit.texts[0] ?? "")}-->`)
    await isIn(page, "acked")
    expect(await page.locator("main *").count()).toBe(before)
  })

  test("a message goes by HTTP while the socket is down, and by the socket when it is back", async ({
    page,
    server,
  }) => {
    const got = posts(server)
    let isDown = true
    server.webSocket("/ws", (visit) => (isDown ? visit.reset() : accept()(visit)))
    await open(page, server, htmx, room(htmx))
    await say(page, "by HTTP")
    await isIn(page, "acked")
    expect([got.map((body) => body.get("text")), await page.inputValue("#text")]).toEqual([["by HTTP"], ""])
    isDown = false
    const visit = await waitFor(() => server.live("/ws")[0])
    await page.waitForFunction(() => true)
    await say(page, "by socket")
    await waitFor(() => visit.texts.length + got.length === 2)
    expect(visit.texts.length).toBe(1)
    expect(page.url()).toBe(server.url("/"))
  })

  test("it works without JavaScript", async ({ browser, server, onTestFinished }) => {
    const got = posts(server)
    const context = await browser.newContext({ javaScriptEnabled: false })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await open(page, server, htmx, room(htmx))
    await say(page, "plain")
    await waitFor(() => got.length === 1)
    expect(got[0]?.get("text")).toBe("plain")
  })

  test("a file goes by HTTP", async ({ page, server }) => {
    let type: string | undefined
    let size = 0
    server.route("/say", (request, response) => {
      type = request.headers["content-type"]
      request.on("data", (chunk) => {
        size += chunk.length
      })
      request.on("end", () => response.writeHead(204).end())
    })
    const body = room(htmx, { more: `hx-encoding="multipart/form-data"` }).replace(
      "<label",
      `<input id="file" type="file" name="file"><label`,
    )
    await open(page, server, htmx, body)
    const visit = await waitFor(() => server.live("/ws")[0])
    await page.setInputFiles("#file", {
      name: "x.txt",
      mimeType: "text/plain",
      buffer: Buffer.alloc(5_000, "x"),
    })
    await say(page, "with a file")
    await isIn(page, "acked")
    expect([type?.startsWith("multipart/form-data"), size > 5_000, visit.texts.length]).toEqual([
      true,
      true,
      0,
    ])
  })

  test("a message whose server is killed before it answers is unknown, and sent again under its id", async ({
    page,
    server,
    onTestFinished,
  }) => {
    const life = await start()
    onTestFinished(() => void life.process.kill("SIGKILL"))
    await open(
      page,
      server,
      htmx,
      room(htmx, { url: `ws://127.0.0.1:${life.port}/`, more: `ws-fallback="never"` }),
    )
    await waitFor(() => life.lines.includes("open"))
    await say(page, "hello")
    await waitFor(() => life.lines.length === 2)
    life.process.kill("SIGKILL")
    await once(life.process, "close")
    await isIn(page, "unknown")
    expect(await page.inputValue("#text")).toBe("hello")
    const next = await start(life.port)
    onTestFinished(() => void next.process.kill("SIGKILL"))
    await page.click("[ws-retry], [hx-ws\\:retry]")
    await waitFor(() => next.lines.length === 2)
    expect(idOf(next.lines[1] ?? "")).toBe(idOf(life.lines[1] ?? ""))
  })

  test("axe finds nothing in the form, whatever its state", { timeout: 60_000 }, async ({ page, server }) => {
    await open(page, server, htmx, room(htmx))
    await page.addScriptTag({ path: "node_modules/axe-core/axe.min.js" })
    const visit = await waitFor(() => server.live("/ws")[0])
    const violations = () =>
      page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(selector: string): Promise<{ violations: Array<{ id: string }> }> }
        }
        return (await axe.run("main")).violations.map(({ id }) => id)
      })
    expect(await violations()).toEqual([])
    await say(page, "hello")
    await isIn(page, "sent")
    expect(await violations()).toEqual([])
    visit.send(JSON.stringify({ "HX-Ack": idOf(await waitFor(() => visit.texts[0])) }))
    await isIn(page, "acked")
    expect(await violations()).toEqual([])
    await say(page, "again")
    await isIn(page, "sent")
    visit.reset()
    await isIn(page, "unknown")
    expect(await violations()).toEqual([])
    const next = await waitFor(() => server.live("/ws")[0])
    await say(page, "refused")
    next.send(JSON.stringify({ "HX-Nack": idOf(await waitFor(() => next.texts[0])) }))
    await isIn(page, "failed")
    expect(await violations()).toEqual([])
    server.webSocket("/ws", (visit) => visit.reset())
    next.reset()
    await waitFor(() => server.live("/ws").length === 0)
    await page.evaluate(() => document.querySelector("form")?.removeAttribute("hx-post"))
    await say(page, "waiting")
    await isIn(page, "queued")
    expect(await violations()).toEqual([])
  })
})

/** A server that prints its port, and a line for each socket and message, and answers nothing. */
const program = `
  import { writeSync } from "node:fs"
  import { WebSocketServer } from "ws"
  const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[1]) })
  server.on("listening", () => writeSync(1, server.address().port + "\\n"))
  server.on("connection", (socket) => {
    writeSync(1, "open\\n")
    socket.on("message", (data) => writeSync(1, data + "\\n"))
  })`

interface Life {
  readonly process: ChildProcess
  readonly port: number
  readonly lines: Array<string>
}

const start = async (port = 0): Promise<Life> => {
  const life = spawn(process.execPath, ["--input-type=module", "--eval", program, `${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines: Array<string> = []
  const own = await new Promise<number>((resolve, reject) => {
    life.once("error", reject)
    life.once("exit", () => reject(new Error("the server has not started")))
    createInterface({ input: life.stdout }).on("line", (line) => {
      if (/^\d+$/.test(line)) resolve(Number(line))
      else lines.push(line)
    })
  })
  return { process: life, port: own, lines }
}

describe.concurrent.each(versions)("random submits and drops on htmx %s", (htmx) => {
  test("each value arrives exactly once, or is unknown", { timeout: 120_000 }, async ({ page, server }) => {
    const count = Number(process.env.SAMPLES ?? 1_000)
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed / 2_147_483_648
    }
    const visits = new Set<Visit>()
    const bySocket: Array<string> = []
    const got = posts(server, () => (random() < 0.02 ? "reset" : 204))
    server.webSocket("/ws", async (visit) => {
      if (random() < 0.5) {
        visit.reset()
        return
      }
      await visit.accept()
      visits.add(visit)
      visit.onMessage((data) => {
        bySocket.push(JSON.parse(String(data)).text)
        if (random() < 0.03) visit.reset()
        else visit.send(JSON.stringify({ "HX-Ack": idOf(String(data)) }))
      })
    })
    await open(page, server, htmx, room(htmx), { reconnectDelay: "5ms", reconnectMaxDelay: "20ms" })
    const drops = setInterval(() => {
      for (const visit of visits) if (visit.isLive && random() < 0.5) visit.reset()
    }, 25)
    const states = await page
      .evaluate(
        async ([count, seed, name]) => {
          const states: Record<string, string> = {}
          const ids: Array<string> = []
          document.addEventListener(name, (event) => {
            const { id, state } = (event as CustomEvent).detail
            if (!(id in states)) ids.push(id)
            states[id] = state
          })
          const form = document.querySelector("form") as HTMLFormElement
          const field = form.querySelector("#text") as HTMLInputElement
          // No message is stopped by the one before it.
          form.querySelector("#send")?.remove()
          const isBusy = () => Object.values(states).some((state) => /queued|sent/.test(state))
          const pause = (delay: number) => new Promise((resolve) => setTimeout(resolve, delay))
          let at = seed
          for (let i = 0; i < count; i++) {
            field.value = `v${i}`
            form.requestSubmit()
            at = (at * 16_807) % 2_147_483_647
            if (at % 3 === 0) await pause(at % 12)
            // Requests that wait for each other let none go by the socket.
            if (at % 7 === 0) while (isBusy()) await pause(5)
          }
          while (isBusy()) await pause(20)
          return ids.map((id) => states[id])
        },
        [count, 42, htmx === "4" ? "htmx:ws:delivery" : "htmx:wsDelivery"] as const,
      )
      .finally(() => clearInterval(drops))
    const arrived = [...bySocket, ...got.map((body) => body.get("text"))]
    const wrong = states.flatMap((state, i) => {
      const times = arrived.filter((text) => text === `v${i}`).length
      const isFine = state === "acked" ? times === 1 : state === "unknown" && times <= 1
      return isFine ? [] : [`v${i} is ${state} and came ${times} times`]
    })
    expect([states.length, wrong]).toEqual([count, []])
    expect(bySocket.length).toBeGreaterThan(0)
    expect(got.length).toBeGreaterThan(0)
    // The messages of a form are in order: by the socket, and by HTTP.
    for (const texts of [bySocket, got.map((body) => String(body.get("text")))])
      expect(texts.map((text) => Number(text.slice(1)))).toEqual(
        texts.map((text) => Number(text.slice(1))).toSorted((a, b) => a - b),
      )
  })
})
