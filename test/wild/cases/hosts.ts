/** One server under two names, which browsers take for two sites. */
import { isAllowed } from "../../../src/server/origins.ts"
import { TestServer } from "../../setup/server.ts"
import { waitFor } from "../../setup/waitFor.ts"
import { Chromium } from "../Tab.ts"
import { expect, pageOf } from "./page.ts"

const cookies = [
  "plain=1",
  "lax=1; SameSite=Lax",
  "strict=1; SameSite=Strict",
  "none=1; SameSite=None; Secure",
]

export const hosts = async (): Promise<ReadonlyArray<string>> => {
  await using server = await TestServer.start()
  const { host, port } = new URL(server.origin)
  server.page("/", pageOf(`<div id="c" ws-connect="ws://${host}/ws"></div>`))
  server.route("/cookies", (_, response) => {
    response.writeHead(200, { "Set-Cookie": cookies, "Content-Type": "text/html" }).end("<p>cookies</p>")
  })
  await using chromium = await Chromium.launch()
  await chromium.open(server.url("/cookies"))
  await chromium.open(server.url("/"))
  await waitFor(() => server.visits.length === 1)
  await chromium.open(`http://localhost:${port}/`)
  await waitFor(() => server.visits.length === 2)
  const [own, other] = server.visits.map(({ headers }) => headers)
  expect(
    isAllowed("same", own?.origin, own?.host) && !isAllowed("same", other?.origin, other?.host),
    "origins",
    own,
    other,
  )
  const named = (headers: typeof own): string => headers?.cookie ?? "none"
  return [
    `cookies of 127.0.0.1, in the handshake of a page of 127.0.0.1: ${named(own)}; of a page of localhost: ${named(other)}`,
    `the page of localhost comes with Origin: ${other?.origin?.replace(/\d+$/, "PORT")}, to Host: ${other?.host?.replace(/\d+$/, "PORT")}; origins: "same" of ./server refuses it`,
  ]
}
