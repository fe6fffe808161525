/** Runs a room on a runtime, in a process of its own, and says what pages get of it. Reads `dist`: build first. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import { join } from "node:path"
import { WebSocket } from "ws"
import { waitFor } from "../setup/waitFor.ts"

/** What a page got until it was closed, the code of that, and what it got when it came back. */
export interface Visits {
  readonly first: ReadonlyArray<string>
  readonly code: number
  readonly again: ReadonlyArray<string>
  readonly foreign: string
}

export const expected: Visits = {
  first: ["one", "two"],
  code: 1012,
  again: ["three"],
  foreign: "Unexpected server response: 403",
}

const dial = async (url: string, origin?: string) => {
  const frames: Array<string> = []
  const socket = new WebSocket(url, origin === undefined ? {} : { headers: { origin } })
  const end = new Promise<number>((resolve) => socket.once("close", resolve))
  let failure = ""
  socket.on("message", (data) => frames.push(String(data)))
  socket.on("error", ({ message }) => {
    failure = message
  })
  await waitFor(() => socket.readyState !== WebSocket.CONNECTING)
  const say = (text: string): void => socket.send(JSON.stringify({ text }))
  return { end, failure, frames, say, socket }
}

const idOf = (frame = "") => /^<!--id:(.*?)-->/.exec(frame)?.[1]
const textsOf = (frames: ReadonlyArray<string>): ReadonlyArray<string> =>
  frames.flatMap((frame) => Array.from(frame.matchAll(/<li>(.*?)<\/li>/g), ([, text = ""]) => text))

export const roomOn = async ([file = "", ...args]: ReadonlyArray<string>): Promise<Visits> => {
  const folder = mkdtempSync("dist/rooms-")
  const rooms = join(folder, "rooms.mjs")
  writeFileSync(rooms, stripTypeScriptTypes(readFileSync("test/runtimes/rooms.ts", "utf8")))
  const child = spawn(file, [...args, rooms], { stdio: ["ignore", "pipe", "inherit"] })
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`it has ended with ${code}`)))
      child.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()))
    })
    const first = await dial(url)
    for (const text of ["one", "two"]) first.say(text)
    await waitFor(() => textsOf(first.frames).length === 2)
    first.say("restart")
    const code = await first.end
    const other = await dial(url)
    other.say("three")
    await waitFor(() => textsOf(other.frames).length === 3)
    const again = await dial(`${url}?last-id=${idOf(first.frames.at(-1))}`)
    await waitFor(() => again.frames.some((frame) => frame.startsWith('{"HX-Resync":false')))
    const foreign = await dial(url, "https://evil.test")
    for (const { socket } of [other, again]) socket.terminate()
    return { first: textsOf(first.frames), code, again: textsOf(again.frames), foreign: foreign.failure }
  } finally {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true })
  }
}
