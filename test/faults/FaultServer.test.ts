import { expect, test } from "vitest"
import { waitFor } from "../setup/waitFor.ts"
import { FaultServer } from "./FaultServer.ts"
import { faultNames, faults } from "./faults.ts"

/** A client that logs its events. */
const dial = (url: string, protocols: ReadonlyArray<string> = []) => {
  const socket = new WebSocket(url, [...protocols])
  const texts: Array<string> = []
  const seen: { code?: number | "none" } = {}
  socket.onopen = () => {
    seen.code = "none"
    socket.send("first")
  }
  socket.onmessage = ({ data }) => texts.push(data)
  socket.onclose = ({ code }) => {
    seen.code = code
  }
  return { socket, seen, texts }
}

for (const when of ["open", "message"] as const)
  test(`a server fails in every way there is, when ${when === "open" ? "a connection opens" : "it has read a message"}`, async () => {
    await using server = await FaultServer.start()
    const clients = await Promise.all(
      faultNames.map(async (name) => {
        const path = `/${name}`
        const client = dial(await server.url(path, name, { when }), faults[name].protocols)
        return { ...client, name, path, fault: faults[name] }
      }),
    )
    const ending = clients.filter(({ fault, name }) => !fault.foundBy && name !== "close-unanswered")
    const expected = ({ fault: { code, codeInNode = code } }: (typeof clients)[number]) => codeInNode
    const isAsExpected = (client: (typeof clients)[number]) =>
      client.seen.code === expected(client) &&
      (expected(client) !== "none" || client.texts.length === server.dialsTo(client.path).at(-1)?.sent.length)
    await waitFor(() => ending.every(isAsExpected), 10_000).catch(() => {})
    expect(
      ending
        .filter((client) => !isAsExpected(client))
        .map((client) => [client.name, client.seen.code, expected(client)]),
    ).toEqual([])
    for (const { name, path, texts } of clients) {
      const sent = server.dialsTo(path).at(-1)?.sent ?? []
      expect(texts.length, name).toBe(sent.length)
      expect(texts.join() === sent.join(), name).toBe(true)
    }
    for (const { socket } of clients) socket.close()
  })

test("a server that was stopped goes on, and a port that was closed opens", async () => {
  await using server = await FaultServer.start()
  const stopped = dial(await server.url("/stopped", "stopped"))
  await waitFor(() => stopped.seen.code === "none")
  // The process is stopped when it has said that the connection is open: the client may know that earlier.
  await waitFor(() => server.live("/stopped").length === 1)
  stopped.socket.send("while stopped")
  const url = await server.url("/refused", "refused")
  const refused = dial(url)
  await waitFor(() => refused.seen.code === 1006)
  expect(server.received("/stopped")).not.toContain("while stopped")
  await server.heal("/stopped")
  await server.heal("/refused")
  await waitFor(() => server.received("/stopped").includes("while stopped"))
  const healed = dial(url)
  await waitFor(() => healed.seen.code === "none")
  expect(server.mostLive("/refused")).toBe(1)
  for (const { socket } of [stopped, healed]) socket.close()
})
