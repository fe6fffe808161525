import { describe, onTestFinished, test } from "vitest"
import { openDom } from "../setup/dom.ts"
import { html } from "../setup/pages.ts"
import { TestServer } from "../setup/server.ts"
import { type Capabilities, casesFor, generations } from "./cases.ts"

const stage = async ({ htmx }: Capabilities) => {
  const server = await TestServer.start()
  onTestFinished(() => server.close())
  let run = (_: string): unknown => undefined
  return {
    server,
    open: async (body: string, script = "") => {
      const page = server.page("/", html({ htmx, ws: "ours", body, head: `<script>${script}</script>` }))
      const dom = await openDom(page)
      onTestFinished(() => dom[Symbol.asyncDispose]())
      run = (code) => dom.window.eval(code)
    },
    run: <A>(code: string) => run(code) as A,
  }
}

describe.each(Object.entries(generations))("%s in jsdom", (_, capabilities) => {
  test.for(casesFor(capabilities))("$title", async ({ play }) =>
    play(await stage(capabilities), capabilities),
  )
})
