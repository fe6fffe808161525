#!/usr/bin/env node
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { WebSocket, WebSocketServer } from "ws"

const unknown = new Set(["emulation.setMediaFeaturesOverride"])
const firefox = spawn("/usr/bin/firefox-esr", process.argv.slice(2), { stdio: ["inherit", "inherit", "pipe"] })
for (const s of ["SIGTERM", "SIGINT"] as const) process.on(s, () => firefox.kill(s))
firefox.on("exit", (code) => process.exit(code ?? 1))
createInterface({ input: firefox.stderr }).on("line", (line) => {
  const at = /WebDriver BiDi listening on (ws:\/\/.*)$/.exec(line)
  if (at === null) return void process.stderr.write(`${line}\n`)
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 })
  server.on("listening", () => {
    process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${(server.address() as any).port}\n`)
  })
  server.on("connection", (client) => {
    const up = new WebSocket(`${at[1]}/session`, { maxPayload: 256 * 1024 * 1024 })
    const waiting: string[] = []
    client.on("message", (data) => {
      const text = String(data)
      const { id, method } = JSON.parse(text)
      if (unknown.has(method)) return client.send(JSON.stringify({ type: "success", id, result: {} }))
      if (up.readyState === 1) up.send(text); else waiting.push(text)
    })
    up.on("open", () => { for (const t of waiting) up.send(t) })
    up.on("message", (d) => client.send(String(d)))
    client.on("close", () => up.close()); up.on("close", () => client.close())
    up.on("error", () => client.close())
  })
})
