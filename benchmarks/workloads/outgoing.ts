/** Messages to the server. */
import { hang } from "../../test/setup/behaviours.ts"
import type { Dialect } from "../dialects.ts"
import type { Stage } from "../Stage.ts"
import { differs, type Workload } from "../Workload.ts"

const body = ({ connect, send }: Dialect) => `<main hidden ${connect("/ws")}>
<form ${send}>
<input type="hidden" name="n"><input name="text" value="What a form of a chat says">
<select name="room"><option value="one">One<option value="two" selected>Two</select>
<input type="checkbox" name="urgent" checked><button>Send</button>
</form>
<input id="sender" name="n" ${send} hx-trigger="send">
</main>`

/** More messages are queued than ours, and the official script of htmx 4, keep by default. */
const settings = { queueCapacity: 10_000, maxOutgoingMessagesQueueSize: 10_000 }

const arrived = (stage: Stage, count: number) => {
  const [visit] = stage.server.visitsTo("/ws")
  return stage.until(() => (visit?.messages.length ?? 0) >= count)
}

const inOrder = (stage: Stage, count: number) =>
  differs(
    "what the server received",
    stage.received("/ws"),
    Array.from({ length: count }, (_, n) => n),
  )

/** Sends all messages at once, after a tenth of them as a warm-up that is not measured. */
const outgoing = (name: string, title: string, act: "submit" | "sendAll", size: number): Workload => ({
  name,
  title,
  size,
  tiny: 50,
  body,
  async run(stage, size) {
    await stage.opened(1)
    const warm = Math.ceil(size / 10)
    const send = async (from: number, to: number) => {
      await stage.page.evaluate((act, from, to) => window.bench[act](from, to), act, from, to)
      await arrived(stage, to)
    }
    await send(0, warm)
    const cost = await stage.measure(() => send(warm, warm + size))
    return { measures: { ...cost }, faults: inOrder(stage, warm + size) }
  },
})

export const submits = outgoing("submits", "5,000 form submits", "submit", 5000)
export const sends = outgoing("sends", "25,000 programmatic sends", "sendAll", 25_000)

/** Submits while the server holds back the handshake, and measures from its response. */
export const draining: Workload = {
  name: "draining",
  title: "draining 5,000 queued messages",
  size: 5000,
  tiny: 50,
  settings,
  body,
  server: (server) => server.webSocket("/ws", hang()),
  async run(stage, size) {
    await stage.page.evaluate((size) => window.bench.submit(0, size), size)
    await stage.settle()
    const cost = await stage.measure(async () => {
      await stage.server.visitsTo("/ws")[0]?.accept()
      await stage.opened(1)
      await arrived(stage, size)
    })
    return { measures: { ...cost }, faults: inOrder(stage, size) }
  },
}
