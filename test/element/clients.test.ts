/** The client over the connection of an element, for programs without Effect. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import * as z from "zod"
import { said, say } from "../client/chat.ts"
import { onAll, type Stage, turn } from "./kit.ts"

const incoming = z.object({ by: z.string(), text: z.string() })

/** A test of promises. */
const asking = (title: string, scenario: (stage: Stage) => Promise<unknown>) =>
  onAll(title, (stage) => Effect.promise(() => scenario(stage)))

asking("Zod checks messages in both directions", async ({ connectElement, element, ...stage }) => {
  await using chat = await connectElement(element, { outgoing: z.object({ text: z.string() }), incoming })
  stage.page.socket.open()
  await chat.send({ text: "hello" })
  expect(stage.page.socket.sent).toEqual(['{"text":"hello"}'])
  stage.page.socket.message(said("hi"))
  for await (const { text } of chat.messages) {
    expect(text).toBe("hi")
    break
  }
})

asking("disposing of a client leaves the connection open, and close closes it", async (stage) => {
  const first = await stage.connectElement(stage.element)
  const second = await stage.connectElement(stage.element)
  stage.socket.open()
  await first[Symbol.asyncDispose]()
  expect(stage.page.live).toHaveLength(1)
  await expect(first.send("late")).rejects.toMatchObject({ _tag: "ConnectionClosed" })
  await second.send(say("one"))
  const closing = second.close(4000)
  stage.socket.answerClose()
  await closing
  expect([stage.socket.closeCalls.length, second.state._tag]).toEqual([1, "Closed"])
})

asking("a signal ends the client, and the wait for a connection", async (stage) => {
  const letGo = new AbortController()
  const { signal } = letGo
  const chat = await stage.connectElement(stage.element, { incoming, signal })
  const element = stage.page.document.createElement("div")
  element.setAttribute(stage.htmx === "4" ? "hx-ws:connect" : "ws-connect", "/never")
  const waiting = stage.connectElement(element, { signal })
  letGo.abort("enough")
  await expect(waiting).rejects.toBe("enough")
  await Effect.runPromise(turn)
  expect(chat.state._tag).toBe("Closed")
  expect(stage.page.live).toHaveLength(1)
})

asking("a client that cannot be made leaves no listener on its signal", async (stage) => {
  const { signal } = new AbortController()
  const added = vi.spyOn(signal, "addEventListener")
  const removed = vi.spyOn(signal, "removeEventListener")
  await expect(stage.connectElement(stage.element, { signal, bufferSize: 0 })).rejects.toThrow(TypeError)
  const release = added.mock.calls[0]?.[1]
  expect(removed.mock.calls.map(([, listener]) => listener)).toContain(release)
})

asking("a listener is called in the turn in which a message arrives", async (stage) => {
  const chat = await stage.connectElement(stage.element, { incoming })
  const texts: Array<string> = []
  chat.on("message", ({ text }) => texts.push(text))
  stage.socket.open()
  stage.socket.message(said("now"))
  expect(texts).toEqual(["now"])
})

asking("connectElement rejects with NoConnection for null", async ({ connectElement }) => {
  await expect(connectElement(null)).rejects.toMatchObject({ _tag: "NoConnection" })
})
