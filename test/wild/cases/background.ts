/** Pages that the browser freezes or throttles, and a machine that sleeps. */
import { TestServer } from "../../setup/server.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { Chromium } from "../Tab.ts"
import { expect, pageOf, sleep } from "./page.ts"

const body = `<div id="c" ws-connect="/ws"><p id="x"></p></div>`

const frame = (): string => `<p id="x">at=${Date.now()}</p>`

export const frozen = async (): Promise<ReadonlyArray<string>> => {
  await using server = await TestServer.start()
  server.page("/", pageOf(body))
  await using chromium = await Chromium.launch()
  const tab = await chromium.open(server.url("/"))
  await waitFor(() => server.live().length === 1)
  // A page that can be seen is not frozen, whatever is asked for.
  await chromium.open("about:blank")
  await waitFor(async () => (await tab.ask("document.visibilityState")) === "hidden")
  await tab.session.send("Page.enable")
  await tab.session.send("Page.setWebLifecycleState", { state: "frozen" })
  for (let count = 0; count < 5; count++) {
    await sleep(1_000)
    server.live()[0]?.send(frame())
  }
  const stillOpen = server.live().length
  await tab.session.send("Page.setWebLifecycleState", { state: "active" })
  const from = Date.now()
  await waitFor(() => server.visits.length === 2)
  const took = Date.now() - from
  await waitFor(async () => (await tab.ask<number>("seen.filter((one) => one === 'c wsOpen').length")) === 2)
  server.live()[0]?.send(frame())
  await waitFor(async () => (await tab.ask<number>("late.length")) === 1)
  const seen = await tab.ask<Array<string>>("seen")
  const order = ["freeze", "resume", "c wsClose 1006", "c wsReconnecting 1006", "c wsConnecting", "c wsOpen"]
  expect(
    order.every((one) => seen.includes(one)),
    "the page was not frozen and back",
    seen,
  )
  return [
    `a hidden page that is frozen for 5 s: the server still saw ${stillOpen} open socket, and what it sent is lost`,
    `when it is thawed: ${seen.slice(2).join(", ")}; dialled again ${took} ms after it`,
  ]
}

export const hidden = async (): Promise<ReadonlyArray<string>> => {
  await using server = await TestServer.start()
  server.page("/", pageOf(body))
  await using chromium = await Chromium.launch(
    "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10",
  )
  const tab = await chromium.open(server.url("/"))
  await waitFor(() => server.live().length === 1)
  await chromium.open("about:blank")
  await waitFor(async () => (await tab.ask("document.visibilityState")) === "hidden")
  await tab.ask("window.ticks = 0, setInterval(() => ticks++, 100), 0")
  // A socket without us, to tell what is the browser's and the machine's.
  await tab.ask(
    `window.bare = [], new WebSocket("/bare").onmessage = ({ data }) => bare.push(Date.now() - data), 0`,
  )
  await sleep(60_000)
  const before = await tab.ask<number>("ticks")
  await sleep(10_000)
  const ticks = (await tab.ask<number>("ticks")) - before
  for (let count = 0; count < 300; count++) {
    server.send(frame(), "/ws")
    server.send(String(Date.now()), "/bare")
    await sleep(50)
  }
  await waitFor(async () => (await tab.ask<number>("Math.min(late.length, bare.length)")) === 300)
  const sorted = async (name: string) => (await tab.ask<Array<number>>(name)).sort((a, b) => a - b)
  const [late, bare] = [await sorted("late"), await sorted("bare")]
  const inWords = (given: ReadonlyArray<number>): string =>
    `median ${given[150]} ms, 99th percentile ${given[297]} ms`
  expect(Number(late[297]) < Number(bare[297]) + 50, "frames are late", late.slice(-10), bare.slice(-10))
  return [
    `a tab hidden for a minute, in which a timer of 100 ms fires ${ticks} times in 10 s: from the server to the swapped frame ${inWords(late)}; to the listener of a bare WebSocket beside it ${inWords(bare)}`,
  ]
}

export const asleep = async (): Promise<ReadonlyArray<string>> => {
  await using server = await TestServer.start()
  server.page("/", pageOf(body, { heartbeat: "5s", heartbeatTimeout: "3s" }))
  await using chromium = await Chromium.launch()
  const tab = await chromium.open(server.url("/"))
  await waitFor(() => server.live().length === 1)
  const renderers = await chromium.renderers()
  for (const pid of renderers) process.kill(pid, "SIGSTOP")
  for (let count = 0; count < 60; count++) {
    server.live()[0]?.send(frame())
    await sleep(1_000)
  }
  for (const pid of renderers) process.kill(pid, "SIGCONT")
  await waitFor(async () => (await tab.ask<number>("late.length")) === 60)
  await sleep(2_000)
  const seen = await tab.ask<Array<string>>("seen")
  expect(
    server.visits.length === 1 && !seen.some((one) => /Close/.test(one)),
    "the socket was given up",
    seen,
  )
  return [
    `a page whose processes are stopped for 60 s, with a heartbeat of 5 s: all 60 frames that waited are applied, the socket is the one of before, and the page has dialled ${server.visits.length} time`,
  ]
}
