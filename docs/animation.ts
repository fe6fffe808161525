/**
 * Makes docs/outage.png, the animation of the README: the demo in Chromium, whose server drops everybody, and is back.
 * `npm run animation`
 */
import { writeFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { chromium, type Page } from "playwright-core"
import UPNG from "upng-js"
import * as Demo from "../demo/Demo.ts"
import { findChromium, flags } from "../test/setup/chromium.ts"

const width = 760
const height = 640
/** The least time between two frames, in milliseconds. */
const pace = 250
/** How many colours a frame may have. */
const colours = 48

const pixels = async (page: Page): Promise<ArrayBuffer> => {
  const { buffer, byteLength, byteOffset } = await page.screenshot()
  const png = UPNG.decode(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer)
  return UPNG.toRGBA8(png)[0] as ArrayBuffer
}

/** What somebody does in the demo. */
const act = async (page: Page): Promise<void> => {
  const say = async (text: string) => {
    await page.fill("#text", text)
    await page.waitForTimeout(700)
    await page.locator("#say button").first().click()
  }
  await say("The server goes down now")
  await page.waitForTimeout(800)
  await page.getByRole("button", { name: "Drop everybody" }).click()
  await page.waitForTimeout(800)
  await say("This goes by HTTP meanwhile")
  await page.getByText("caught up").waitFor()
  await page.waitForTimeout(2_500)
}

const main = Effect.gen(function* () {
  const { url } = yield* Demo.start({ port: 0 })
  const browser = yield* Effect.acquireRelease(
    Effect.promise(() => chromium.launch({ executablePath: findChromium(), args: flags })),
    (browser) => Effect.promise(() => browser.close()),
  )
  const frames: Array<ArrayBuffer> = []
  /** When each was taken. */
  const times: Array<number> = []
  yield* Effect.promise(async () => {
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: "reduce" })
    await page.goto(url)
    await page.locator(`[ws-status][data-ws-state="open"]`).waitFor()
    await page.fill("#name", "Ada")
    let isOver = false
    const acted = act(page).finally(() => {
      isOver = true
    })
    while (!isOver) {
      const begin = performance.now()
      times.push(begin)
      frames.push(await pixels(page))
      await page.waitForTimeout(Math.max(0, pace - (performance.now() - begin)))
    }
    await acted
  })
  const delays = times.map((time, at) => Math.round((times[at + 1] ?? time + 3_000) - time))
  const image = new Uint8Array(UPNG.encode(frames, width, height, colours, delays))
  writeFileSync("docs/outage.png", image)
  console.log(`docs/outage.png: ${frames.length} frames, ${Math.round(image.length / 1024)} KB`)
})

await Effect.runPromise(Effect.scoped(main))
