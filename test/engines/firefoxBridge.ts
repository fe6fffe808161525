#!/usr/bin/env node
/**
 * Starts Firefox in place of Playwright, and stands between the two: Playwright sends commands of WebDriver BiDi that a
 * Firefox ESR does not know yet, and gives up when one of them fails.
 */
import { spawn } from "node:child_process"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { WebSocket, WebSocketServer } from "ws"
import { findEngineProgram } from "./install.ts"

/** Commands that tests can do without. */
const unknown = ["emulation.setMediaFeaturesOverride"]

const firefox = spawn(findEngineProgram("firefox"), process.argv.slice(2), {
  stdio: ["inherit", "inherit", "pipe"],
})
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => firefox.kill(signal))
firefox.on("exit", (code) => process.exit(code ?? 1))

createInterface({ input: firefox.stderr }).on("line", (line) => {
  const [, endpoint] = /WebDriver BiDi listening on (ws:.*)$/.exec(line) ?? []
  if (endpoint === undefined) console.error(line)
  else bridge(`${endpoint}/session`)
})

const bridge = (endpoint: string): void => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 })
  server.on("listening", () => {
    const { port } = server.address() as AddressInfo
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${port}`)
  })
  server.on("connection", (playwright) => {
    const browser = new WebSocket(endpoint)
    const isOpen = new Promise((resolve) => browser.on("open", resolve))
    playwright.on("message", async (data) => {
      const { id, method } = JSON.parse(String(data))
      await isOpen
      if (unknown.includes(method)) playwright.send(JSON.stringify({ type: "success", id, result: {} }))
      else browser.send(String(data))
    })
    browser.on("message", (data) => playwright.send(String(data)))
    browser.on("error", () => playwright.close())
    browser.on("close", () => playwright.close())
    playwright.on("close", () => browser.close())
  })
}
