/** Effect's own sockets over our connection. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as EffectSocket from "effect/socket/Socket"
import * as TestClock from "effect/testing/TestClock"
import { EffectSocket as OurEffectSocket, Reconnect, type WsClient } from "../../src/index.ts"
import { TestPeer } from "../../src/testing/index.ts"
import { client, fork, say, test, turn } from "./chat.ts"

const url = "wss://frames.test/"

const dialled = (options?: Partial<WsClient.Settings & WsClient.Buffering>) =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const socket = yield* OurEffectSocket.make({ url, reconnect: Reconnect.constant(1000), ...options })
    const writer = yield* socket.writer
    return { link: yield* peer.nextLink, peer, socket, writer }
  })

test("a reader pulls text and bytes, and fails with the close code", () =>
  Effect.gen(function* () {
    const { link, socket } = yield* dialled()
    link.accept()
    const { pull } = yield* socket.reader
    link.send("text")
    link.send(Uint8Array.of(1))
    expect(yield* pull).toEqual(["text", Uint8Array.of(1)])
    link.hangUp(1012, "restart")
    expect((yield* Effect.flip(pull)).reason).toMatchObject({
      _tag: "SocketCloseError",
      code: 1012,
      closeReason: "restart",
    })
  }))

test("a stream that is retried goes on over a restart, and misses nothing that arrives in between", () =>
  Effect.gen(function* () {
    const { link, peer, socket } = yield* dialled()
    link.accept()
    const lines: Array<string> = []
    yield* fork(
      Effect.retry(
        Stream.runForEach(EffectSocket.toStream(socket), (bytes) =>
          Effect.sync(() => lines.push(new TextDecoder().decode(bytes))),
        ),
        Schedule.spaced("3 seconds"),
      ),
    )
    link.send("a")
    yield* Effect.yieldNow
    link.hangUp(1012)
    yield* TestClock.adjust("1 second")
    const next = yield* peer.nextLink
    next.accept()
    next.send("b")
    yield* TestClock.adjust("3 seconds")
    next.send("c")
    yield* TestClock.adjust(0)
    expect(lines).toEqual(["a", "b", "c"])
  }))

test("chunks wait for the connection, even if it was over in between", () =>
  Effect.gen(function* () {
    const { link, peer, socket, writer } = yield* dialled()
    const first = yield* fork(writer.writeAll(["a", Uint8Array.of(1)]))
    link.accept()
    yield* Fiber.join(first)
    expect(link.received).toEqual(["a", Uint8Array.of(1)])
    yield* writer.write(new EffectSocket.CloseEvent(4000, "bye"))
    expect(link.closing).toEqual({ code: 4000, reason: "bye" })
    const second = yield* fork(writer.write("b"))
    const reading = yield* fork(socket.reader)
    const next = yield* peer.nextLink
    next.accept()
    yield* Fiber.join(second)
    yield* Fiber.join(reading)
    expect(next.received).toEqual(["b"])
  }))

test("a close code that cannot be sent fails as a write, and closes nothing", () =>
  Effect.gen(function* () {
    const { link, writer } = yield* dialled()
    link.accept()
    const error = yield* Effect.flip(writer.write(new EffectSocket.CloseEvent(1001)))
    expect([error.reason._tag, link.live]).toEqual(["SocketWriteError", true])
  }))

test("acquiring a reader fails when the connection is over, and dials again the next time", () =>
  Effect.gen(function* () {
    const { link, peer, socket } = yield* dialled({ reconnect: false })
    const first = yield* fork(Effect.flip(socket.reader))
    link.refuse()
    expect((yield* Fiber.join(first)).reason._tag).toBe("SocketOpenError")
    const second = yield* fork(socket.reader)
    ;(yield* peer.nextLink).accept()
    yield* Fiber.join(second)
  }))

test("closing the scope of a reader hangs up, and fails a pull that waits", () =>
  Effect.gen(function* () {
    const { link, socket } = yield* dialled()
    link.accept()
    const pulling = yield* Effect.scoped(
      Effect.gen(function* () {
        const { pull } = yield* socket.reader
        return yield* Effect.forkDetach(Effect.flip(pull), { startImmediately: true })
      }),
    )
    expect((yield* Fiber.join(pulling)).reason).toMatchObject({ _tag: "SocketCloseError", code: 1006 })
    expect(link.live).toBe(false)
  }))

test("a reader gets every frame, however many arrive before it pulls", () =>
  Effect.gen(function* () {
    const { link, socket } = yield* dialled()
    link.accept()
    const { pull } = yield* socket.reader
    for (let n = 0; n < 5000; n++) link.send(`${n}`)
    for (let n = 0; n < 10; n++) yield* turn
    link.send("last")
    const frames = yield* pull
    expect([frames.length, frames[0], frames[5000]]).toEqual([5001, "0", "last"])
  }))

test("a client makes its WebSockets by Effect's constructor, if that is provided", () =>
  Effect.gen(function* () {
    const peer = yield* TestPeer.TestPeer
    const constructing = Layer.succeed(EffectSocket.WebSocketConstructor)(
      (url, protocols) =>
        peer.construct({ url: `${url}?by=effect`, protocols: protocols as Array<string> }) as never,
    )
    peer.answer = "accept"
    yield* Effect.gen(function* () {
      const chat = yield* client({ protocols: "chat" })
      yield* chat.send(say("a"))
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.provide(OurEffectSocket.layerWebSocketConstructor, constructing)),
    )
    expect(peer.links.map(({ protocols, url }) => [url, protocols])).toEqual([
      ["wss://chat.test/?by=effect", ["chat"]],
    ])
  }))
