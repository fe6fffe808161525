import { refuse } from "../../setup/behaviours.ts"
import type { Case } from "../Case.ts"
import { connected, form } from "./page2.ts"

const on = ["1.9", "2"] as const

const delayed = (delay: string): Case => ({
  title: `htmx.config.wsReconnectDelay is ${delay}`,
  on,
  page: connected(form),
  script: `htmx.config.wsReconnectDelay = ${delay}`,
  steps: async (stage) => {
    await stage.close(1012)
    await stage.pass(149)
    await stage.show(`"150 ms"`)
    await stage.pass(2)
  },
})

/** Cases about when a connection is dialled again. */
export const retrying: ReadonlyArray<Case> = [
  {
    title: "A page that believes it is offline reconnects: the server may be on the same machine",
    on,
    page: connected(form),
    first: `Object.defineProperty(navigator, "onLine", { get: () => false })`,
    steps: async (stage) => {
      await stage.close(1012)
      await stage.pass(5_000)
      await stage.click("#say")
    },
  },
  delayed(`(retryCount) => "150"`),
  delayed("() => undefined"),
  delayed("() => {}"),
  delayed("() => NaN"),
  delayed("(retryCount) => 150 * (retryCount + 1)"),
  delayed(`"full-jitter"`),
  {
    title: "A page changes htmx.config.wsReconnectDelay in the middle of a series",
    on,
    page: connected(form),
    server: () => refuse(503),
    steps: async (stage) => {
      await stage.run("htmx.config.wsReconnectDelay = (retryCount) => 100 * retryCount")
      await stage.pass(500)
      await stage.pass(99)
      await stage.show(`"99 ms"`)
      await stage.pass(1)
    },
  },
  {
    title: "A refused handshake is retried with a growing delay",
    on,
    page: connected(form),
    server: () => refuse(503),
    steps: (stage) => stage.pass(8_000),
  },
]
