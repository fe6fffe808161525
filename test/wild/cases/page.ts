/** The page of a case: it notes the events of its connections, and how late frames are that say when they were sent. */
import { html } from "../../setup/pages.ts"

export const pageOf = (body: string, config: object = {}): string =>
  html({
    htmx: "2",
    ws: "min",
    config: { ws: config },
    head: `<script>
      var seen = [], late = [], sentences = []
      for (const name of ["wsConnecting", "wsOpen", "wsClose", "wsReconnecting"])
        document.addEventListener("htmx:" + name, ({ detail, target }) =>
          seen.push([target.id, name, detail.event?.code].filter(Boolean).join(" ")))
      document.addEventListener("htmx:wsAfterMessage", ({ detail }) => {
        const [, at] = /at=(\\d+)/.exec(detail.message) ?? []
        if (at) late.push(Date.now() - at)
      })
      for (const name of ["freeze", "resume"]) document.addEventListener(name, () => seen.push(name))
      const { error } = console
      console.error = (...lines) => { sentences.push(lines.join(" ")); error(...lines) }
    </script>`,
    body,
  })

export const expect = (holds: boolean, what: string, ...seen: ReadonlyArray<unknown>): void => {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(seen)}`)
}

export const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))
