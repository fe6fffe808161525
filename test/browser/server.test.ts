/** The chat room of docs/server.md as it stands there, with pages in Chromium and a network that fails. */
import { readFile } from "node:fs/promises"
import type { BrowserContext, Page } from "playwright-core"
import { describe } from "vitest"
import WebSocket from "ws"
import { assetOf } from "../setup/assets.ts"
import { test as base, consoleOf, expect } from "../setup/browser.ts"
import { Program, programOf } from "../setup/Program.ts"
import { Relay } from "../setup/Relay.ts"
import { waitFor } from "../setup/waitFor.ts"

/** As users write it, but for the time until a retry, and on htmx 4 the names of its attributes. */
const settings = `<link rel="icon" href="data:,"><meta name="htmx-config" content='{"ws":{"reconnectDelay":50,"reconnectJitter":0,"reconnectMaxDelay":50}}'>`
const source = programOf("docs/server.md").replace("<!doctype html>", `$&${settings}`)
const sources = { "2": source, "4": source.replace(/\bws-(connect|resume|send)/g, "hx-ws:$1") }

/** Somebody without a browser. */
class Speaker {
  readonly frames: Array<string> = []
  readonly #socket: WebSocket

  static async open(port: number, options: WebSocket.ClientOptions = {}): Promise<Speaker> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, options)
    const speaker = new Speaker(socket)
    await new Promise((resolve, reject) => {
      socket.once("open", resolve)
      socket.once("error", reject)
    })
    return speaker
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on("error", () => {})
    socket.on("message", (data) => this.frames.push(String(data)))
  }

  send(frame: string): void {
    this.#socket.send(frame)
  }

  /** Says something, and waits until it was handled. */
  async say(...texts: ReadonlyArray<string | number>): Promise<void> {
    for (const text of texts)
      this.send(JSON.stringify({ text: String(text), HEADERS: { "HX-Message-ID": `m${text}`.slice(0, 20) } }))
    const last = JSON.stringify({ "HX-Ack": `m${texts.at(-1)}`.slice(0, 20) })
    await waitFor(() => this.frames.includes(last), 10_000)
  }

  close(): void {
    this.#socket.terminate()
  }
}

const versions = ["2", "4"] as const
type Version = (typeof versions)[number]

const test = base
  .extend("version", "2" as Version)
  .extend("program", async ({ onTestFinished, version }) => {
    const program = await Program.start(sources[version])
    onTestFinished(() => program.close())
    return program
  })
  .extend("relay", async ({ onTestFinished, program }) => {
    const relay = await Relay.start(program.port)
    onTestFinished(() => relay.close())
    return relay
  })

/** Serves the scripts that the page of the program names. */
const equip = async (context: BrowserContext, version: Version): Promise<void> => {
  const files = {
    "htmx.js": assetOf(`/htmx-${version}.js`) ?? "",
    "ws.all.min.js": version === "2" ? "dist/ws.all.min.js" : "dist/hx-ws.all.min.js",
  }
  for (const [name, file] of Object.entries(files))
    await context.route(`**/scripts/${name}`, async (route) =>
      route.fulfill({ contentType: "text/javascript", body: await readFile(file, "utf8") }),
    )
}

const open = async (page: Page, port: number): Promise<void> => {
  await page.goto(`http://127.0.0.1:${port}/`)
  await say(page, "hello")
  await page.getByText("hello").first().waitFor()
}

const say = async (page: Page, text: string): Promise<void> => {
  await page.fill("input", text)
  await page.getByRole("button").click()
}

const log = (page: Page): Promise<Array<string>> => page.locator("#log > li").allTextContents()

/** Waits until this is what the page shows last. */
const until = (page: Page, text: string | number): Promise<unknown> =>
  waitFor(async () => (await log(page)).at(-1) === String(text), 15_000, {
    shown: `the page shows ${text} last`,
  })

const range = (from: number, to: number): Array<string> =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index))

describe.each(versions)("the chat room of docs/server.md, on htmx %s", (version) => {
  test.override({ version })

  test("shows each page what everybody says, escaped", async ({ context, newPage, program }) => {
    await equip(context, version)
    const [one, two] = [await newPage(), await newPage()]
    await open(one, program.port)
    await open(two, program.port)
    await say(one, "<b>& you?</b>")
    await until(two, "<b>& you?</b>")
    expect(await log(one)).toEqual(await log(two))
    expect(await log(one)).toEqual(["hello", "hello", "<b>& you?</b>"])
    expect(consoleOf(two)).toEqual([])
  })

  test("loses and doubles nothing while everybody is dropped again and again, and others go on talking", async ({
    context,
    page,
    program,
    relay,
  }) => {
    await equip(context, version)
    await open(page, relay.port)
    const other = await Speaker.open(program.port)
    for (let drop = 0; drop < 6; drop++) {
      await other.say(...range(10 * drop + 1, 10 * drop + 4))
      relay.cut({ stay: drop % 2 === 0 })
      await other.say(...range(10 * drop + 5, 10 * drop + 10))
      relay.up()
    }
    await until(page, 60)
    expect(await log(page)).toEqual(["hello", ...range(1, 60)])
    other.close()
  })

  test("after a kill and a restart gives pages the new log in place of the old", async ({
    context,
    page,
    program,
  }) => {
    await equip(context, version)
    await open(page, program.port)
    await program.down()
    await program.up()
    const other = await Speaker.open(program.port)
    await other.say("new1", "new2")
    await until(page, "new2")
    expect(await log(page)).toEqual(["new1", "new2"])
    other.close()
  })

  test("ends with a code that pages retry, when an operator restarts it", async ({
    context,
    page,
    program,
  }) => {
    await equip(context, version)
    await open(page, program.port)
    await program.down("SIGTERM")
    await program.up()
    const other = await Speaker.open(program.port)
    await other.say("again")
    await until(page, "again")
    expect(await log(page)).toEqual(["again"])
    other.close()
  })
})

describe("the chat room of docs/server.md", () => {
  const forgetful = source
    .replace('name: "lobby",', "$& keep: 20,")
    .replace("Peer.accept(Chat)", "Peer.accept(Chat, { capacity: 5 })")
  test("gives a page that read nothing for a while the rest in order, or the newest of the log", async ({
    context,
    onTestFinished,
    page,
  }) => {
    const program = await Program.start(forgetful)
    onTestFinished(() => program.close())
    const relay = await Relay.start(program.port)
    onTestFinished(() => relay.close())
    await equip(context, "2")
    await open(page, relay.port)
    const other = await Speaker.open(program.port)
    relay.stall()
    const padding = "x".repeat(100_000)
    const texts = Array.from({ length: 100 }, (_, index) => `${index}${padding}`)
    await other.say(...texts)
    relay.flow()
    await waitFor(async () => (await log(page)).at(-1) === texts.at(-1), 15_000)
    const shown = (await log(page))
      .filter((text) => text !== "hello")
      .map((text) => Number.parseInt(text, 10))
    const first = shown[0] ?? 0
    expect(shown).toEqual(Array.from({ length: 100 - first }, (_, index) => first + index))
    // It did not keep all of them for one page.
    expect(first).toBe(80)
    other.close()
  })

  test("refuses pages of other origins, and plain requests", async ({ program }) => {
    await expect(Speaker.open(program.port, { origin: "https://evil.test" })).rejects.toThrow("403")
    ;(await Speaker.open(program.port, { origin: `http://127.0.0.1:${program.port}` })).close()
    expect((await fetch(`${program.url}chat`)).status).toBe(426)
  })

  test("refuses what it does not understand, and goes on", async ({ program }) => {
    const speaker = await Speaker.open(program.port)
    speaker.send('{"text":"","HEADERS":{"HX-Message-ID":"m1"}}')
    speaker.send("{")
    await speaker.say("good")
    expect(speaker.frames.filter((frame) => frame.startsWith('{"HX-'))).toEqual([
      '{"HX-Nack":"m1","reason":"the message is not understood"}',
      '{"HX-Nack":"","reason":"the message is not understood"}',
      '{"HX-Ack":"mgood"}',
    ])
    speaker.close()
  })
})
