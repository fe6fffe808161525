/** Tests what a page gets after each fault: by a WebSocket of the engine, without the extension. */
import { isDeepStrictEqual } from "node:util"
import { describe } from "vitest"
import { FaultServer } from "../faults/FaultServer.ts"
import { faultNames, faults } from "../faults/faults.ts"
import { expect, test } from "../setup/browser.ts"
import { waitFor } from "../setup/waitFor.ts"
import { codeIn } from "./seen.ts"

declare global {
  interface Window {
    seen: { code: number | "none" | undefined; texts: number }
  }
}

const dial = ({ url, protocols }: { url: string; protocols: Array<string> }): void => {
  const socket = new WebSocket(url, protocols)
  window.seen = { code: undefined, texts: 0 }
  socket.onopen = () => {
    window.seen.code = "none"
  }
  socket.onmessage = () => window.seen.texts++
  socket.onclose = ({ code }) => {
    window.seen.code = code
  }
}

describe("the code that a page gets after", () => {
  test.for(faultNames.filter((name) => !faults[name].foundBy))(
    "%s",
    async (name, { engine, onTestFinished, page, server }) => {
      const faulty = await FaultServer.start()
      onTestFinished(() => void faulty.close())
      const { protocols = [] } = faults[name]
      await page.goto(server.page("/", "<!doctype html><title>dial</title>"))
      await page.evaluate(dial, { url: await faulty.url("/ws", name), protocols: [...protocols] })
      const seen = () => page.evaluate(() => window.seen)
      const expected = () => ({
        code: codeIn(engine, name),
        texts: name === "masked" && engine === "firefox" ? 1 : (faulty.dialsTo("/ws")[0]?.sent.length ?? 0),
      })
      const isThere = async () => isDeepStrictEqual(await seen(), expected())
      await waitFor(isThere, 10_000).catch(() => {})
      expect(await seen()).toEqual(expected())
    },
  )
})
