/**
 * Does what the README says, with its own code: puts it on a page, sets when to dial again, and finds out why there is no
 * connection. That a page gets what it has missed is shown by server.test.ts, with the server of docs/server.md; the typed
 * bot by test/project/readme.test.ts.
 */
import { readFileSync } from "node:fs"
import { describe } from "vitest"
import { tagsIn, withTags } from "../../build/tags.ts"
import { refuse } from "../setup/behaviours.ts"
import { consoleOf, expect, test } from "../setup/browser.ts"
import { bundle } from "../setup/bundle.ts"
import { Program } from "../setup/Program.ts"
import { waitFor } from "../setup/waitFor.ts"

const readme = readFileSync("README.md", "utf8")

/** The blocks of a language in a document, in order. */
const blocks = (language: string, text = readme): ReadonlyArray<string> =>
  Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm")),
    ([, code = ""]) => code,
  )

const [page2 = "", page4 = "", meta = ""] = blocks("html")
const [schedule = ""] = blocks("ts")
const [server = ""] = blocks("js", readFileSync("docs/getting-started.md", "utf8"))

const icon = `<link rel="icon" href="data:,">`

describe.for([
  ["htmx 2", page2, server],
  ["htmx 4", page4, server.replace(/<ul [^>]*>(<li>.*<\/li>)<\/ul>/, "$1")],
] as const)(
  "the page of the README on %s, with the server of docs/getting-started.md",
  ([, page, program]) => {
    test("loads scripts of these hashes, connects, and shows what is said", async ({ context, newPage }) => {
      // Hashes in documents belong to a release; here the browser checks those of the files that are served.
      const html = withTags(page).replace("<!doctype html>", `$&${icon}`)
      const tags = tagsIn(page)
      expect(tags).toHaveLength(2)
      for (const { path, url } of tags)
        await context.route(url, (route) =>
          route.fulfill({
            body: readFileSync(path),
            contentType: "text/javascript",
            headers: { "access-control-allow-origin": "*" },
          }),
        )
      const room = await Program.start(program.replace(`readFileSync("page.html")`, JSON.stringify(html)))
      try {
        const [ada, bob] = [await newPage(), await newPage()]
        for (const page of [ada, bob]) {
          await page.goto(room.url)
          await page.locator(`b[data-ws-state="open"]`).waitFor()
        }
        await ada.fill("input", "Hello <b>")
        await ada.click("button")
        await bob.locator("#messages li", { hasText: "Hello <b>" }).waitFor()
        await ada.locator("#messages li", { hasText: "Hello <b>" }).waitFor()
        expect(consoleOf(ada)).toEqual([])
      } finally {
        await room.close()
      }
    })
  },
)

/** A page that makes retries follow at once, and collects their delays. */
const collecting = `<script>
window.delays = []
document.addEventListener("htmx:wsReconnecting", ({ detail }) => {
  delays.push(detail.delay)
  detail.delay = 0
})
</script>`

const delays = (page: { evaluate: <A>(f: () => A) => Promise<A> }) =>
  page.evaluate(() => (window as unknown as { delays: Array<number> }).delays)

test("the settings of the README bound the delay between two attempts", async ({ page, server }) => {
  server.webSocket("/ws", refuse(503))
  const scripts = `<script src="/htmx-2.js"></script><script src="/dist/ws.min.js"></script>`
  await page.goto(
    server.page(
      "/",
      `<!doctype html>${icon}${meta}${collecting}<script>Math.random = () => 0.999999</script>${scripts}
      <body hx-ext="ws"><main ws-connect="/ws"></main></body>`,
    ),
  )
  await waitFor(async () => (await delays(page)).length >= 6)
  const bounds = (await delays(page)).slice(0, 6).map((delay) => Math.round(delay))
  expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 10_000])
})

test("the Schedule of the README is what a page dials again by", async ({ page, server }) => {
  server.webSocket("/ws", refuse(503))
  server.script("/page.js", (await bundle(schedule.replace("htmx.org", "htmx-2"))).code)
  await page.goto(
    server.page(
      "/",
      `<!doctype html>${icon}${collecting}<script type="module" src="/page.js"></script>
      <body hx-ext="ws"><main ws-connect="/ws"></main></body>`,
    ),
  )
  await waitFor(async () => (await delays(page)).length >= 5)
  expect((await delays(page)).slice(0, 5)).toEqual([1000, 1000, 2000, 3000, 5000])
})

test("ws-doctor says on the console what the README quotes", async ({ page, server }) => {
  const [, sentence = ""] = /for instance\s+`(.*?)`/.exec(readme) ?? []
  server.webSocket("/chatroom", refuse(401))
  server.route("/chatroom", (_, response) => response.writeHead(401).end())
  const scripts = ["/htmx-2.js", "/dist/ws.min.js", "/dist/ws-doctor.min.js"].map(
    (path) => `<script src="${path}"></script>`,
  )
  await page.goto(
    server.page(
      "/",
      `<!doctype html>${icon}${collecting}${scripts.join("")}<body hx-ext="ws"><main ws-connect="/chatroom"></main></body>`,
    ),
  )
  expect(sentence).not.toBe("")
  await waitFor(() => consoleOf(page).some((line) => line.includes(sentence)))
})
