import { type AddressInfo, createServer } from "node:net"
import { expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { WebSocket as Ws } from "ws"
import * as CloseCode from "../../src/core/CloseCode.ts"
import * as Dial from "../../src/core/dial.ts"
import * as Socket from "../../src/core/Socket.ts"
import { type Options, Peer } from "../setup/Peer.ts"
import { Watch } from "./bench.ts"

const request: Socket.Request = { url: "ws://peer.test/", protocols: [] }
const connectTimeout = 15_000
const closeTimeout = 2000

/** Records the calls of a socket's handlers, as lines. */
const recorder = () => {
  const log: Array<string> = []
  const handlers: Dial.Handlers = {
    onMessage: (data) => log.push(`message ${data}`),
    onError: (error) => log.push(`error ${error.message}`),
  }
  return { log, handlers }
}

const dialWith = (
  construct: (request: Socket.Request) => Socket.WebSocketLike,
  handlers = recorder().handlers,
) =>
  Dial.dial(request, handlers, { connectTimeout, closeTimeout }).pipe(
    Effect.provideService(Socket.WebSocketConstructor, construct),
  )

/** A socket in a scope of its own, which is closed by `release`. */
const dial = (peer = new Peer()) =>
  Effect.gen(function* () {
    const { handlers, log } = recorder()
    const scope = yield* Scope.make()
    const socket = yield* dialWith(peer.construct, handlers).pipe(Scope.provide(scope))
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const watch = (effect: Effect.Effect<unknown, Socket.SocketClosed>, name: string) =>
      Effect.forkScoped(
        Effect.matchEffect(effect, {
          onFailure: ({ code }) => Effect.sync(() => log.push(`${name} failed ${code}`)),
          onSuccess: () => Effect.sync(() => log.push(name)),
        }),
        { startImmediately: true },
      )
    yield* watch(socket.opened, "opened")
    const closed = yield* Effect.forkScoped(socket.closed, { startImmediately: true })
    return { closed, link: peer.latest, log, peer, release: Scope.close(scope, Exit.void), socket }
  })

const opened = (options: Options = {}) =>
  Effect.tap(dial(new Peer(options)), ({ link }) => Effect.sync(() => link.accept()))

it.effect("a dial gives the request to the constructor, once", () =>
  Effect.gen(function* () {
    const dialled: Array<Socket.Request> = []
    const peer = new Peer()
    yield* dialWith((asked) => {
      dialled.push(asked)
      return peer.construct(asked)
    })
    expect(dialled).toEqual([request])
  }),
)

it.effect("a constructor that throws is a DialError with the URL and the cause", () =>
  Effect.gen(function* () {
    const cause = new SyntaxError("not a url")
    const error = yield* Effect.flip(
      dialWith(() => {
        throw cause
      }),
    )
    expect(error).toMatchObject({
      _tag: "DialError",
      message: "ws://peer.test/ cannot be dialled: SyntaxError: not a url",
      cause,
    })
  }),
)

it.effect("a constructor that returns nothing is a DialError", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(dialWith(() => undefined as unknown as Socket.WebSocketLike))
    expect(error._tag).toBe("DialError")
  }),
)

it.effect("`opened` succeeds in the turn of the event", () =>
  Effect.gen(function* () {
    const { link, log } = yield* dial()
    expect(log).toEqual([])
    link.accept()
    expect(log).toEqual(["opened"])
  }),
)

it.effect(
  "a refused dial reports an error, and then `opened` fails and `closed` succeeds with the same end",
  () =>
    Effect.gen(function* () {
      const { closed, link, log } = yield* dial()
      link.refuse()
      expect(log).toEqual(["error ws://peer.test/ could not be opened", "opened failed 1006"])
      expect(yield* Fiber.join(closed)).toMatchObject({ code: 1006, reason: "", wasClean: false })
    }),
)

it.effect("a broken connection reports an error", () =>
  Effect.gen(function* () {
    const { link, log } = yield* opened()
    link.violate()
    expect(log).toEqual(["opened", "error ws://peer.test/ broke"])
  }),
)

it.effect("`closed` succeeds with code, reason, wasClean and the event", () =>
  Effect.gen(function* () {
    const { closed, link } = yield* opened()
    link.hangUp(4401, "login")
    const end = yield* Fiber.join(closed)
    expect(end).toMatchObject({ code: 4401, reason: "login", wasClean: true })
    expect(end.event).toBeInstanceOf(CloseEvent)
  }),
)

it.effect("a close event without a code counts as 1005", () =>
  Effect.gen(function* () {
    const { closed, link, peer } = yield* opened()
    peer.emit(link, new Event("close"))
    expect(yield* Fiber.join(closed)).toMatchObject({ code: 1005, reason: "", wasClean: false })
  }),
)

it.effect("onMessage is called with frames in order, and they are counted", () =>
  Effect.gen(function* () {
    const { link, log, socket } = yield* opened()
    link.send("one")
    link.send("two")
    expect(log).toEqual(["opened", "message one", "message two"])
    expect(socket.received).toBe(2)
  }),
)

it.effect("a socket is writable only while OPEN", () =>
  Effect.gen(function* () {
    const { link, socket } = yield* dial()
    expect(socket.writable).toBe(false)
    link.accept()
    expect(socket.writable).toBe(true)
    link.startHangingUp()
    expect(socket.writable).toBe(false)
    link.hangUp()
    expect(socket.writable).toBe(false)
  }),
)

it.effect("a socket is not writable while we close it, even if it has no readyState", () =>
  Effect.gen(function* () {
    const { socket } = yield* opened({ standIn: { withoutState: true } })
    expect(socket.writable).toBe(true)
    socket.close()
    expect(socket.writable).toBe(false)
  }),
)

it.effect("a send that throws, throws", () =>
  Effect.gen(function* () {
    const { socket } = yield* dial()
    expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }))
  }),
)

// Closing.

it.effect.each([1000, 3000, 4401, 4999])("close sends the code %i and its reason", (code) =>
  Effect.gen(function* () {
    const { closed, link, peer, socket } = yield* opened()
    socket.close(code, "why")
    peer.settle()
    expect(link.closing).toEqual({ code, reason: "why" })
    expect(yield* Fiber.join(closed)).toMatchObject({ code, reason: "why", wasClean: true })
  }),
)

it.effect.each([0, 999, 1001, 1005, 1006, 1011, 1012, 1016, 2999, 5000, -1, Number.NaN])(
  "close leaves out the code %d, which a page may not send",
  (code) =>
    Effect.gen(function* () {
      const { link, peer, socket } = yield* opened()
      socket.close(code, "why")
      peer.settle()
      expect(socket.webSocket.readyState).toBe(WebSocket.CLOSED)
      expect(link.closing?.code).not.toBe(code)
    }),
)

it("the codes that a page may send are 1000 and 3000 to 4999", () => {
  const sendable = Array.from({ length: 6000 }, (_, code) => code).filter(CloseCode.isSendable)
  expect([sendable.length, ...sendable.slice(0, 2), sendable.at(-1)]).toEqual([2001, 1000, 3000, 4999])
})

it.effect("close closes the socket even if the reason is too long to be sent", () =>
  Effect.gen(function* () {
    const { link, peer, socket } = yield* opened()
    socket.close(4000, "x".repeat(124))
    peer.settle()
    expect(link.live).toBe(false)
  }),
)

it.effect("close without a code sends a frame without one", () =>
  Effect.gen(function* () {
    const { closed, link, peer, socket } = yield* opened()
    socket.close()
    peer.settle()
    expect(link.closing?.code).toBeUndefined()
    expect((yield* Fiber.join(closed)).code).toBe(1005)
  }),
)

it.effect("close a second time changes nothing", () =>
  Effect.gen(function* () {
    const { link, peer, socket } = yield* opened()
    socket.close(4001)
    socket.close(4002)
    peer.settle()
    expect(link.closing?.code).toBe(4001)
  }),
)

it.effect("a peer that does not answer the closing frame is abandoned after exactly closeTimeout", () =>
  Effect.gen(function* () {
    const { closed, link, socket } = yield* opened()
    link.stall()
    socket.close(1000)
    yield* TestClock.adjust(closeTimeout - 1)
    expect(closed.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust(1)
    const end = yield* Fiber.join(closed)
    expect(end).toMatchObject({ code: 1006, wasClean: false })
    expect(end.event).toBeUndefined()
  }),
)

it.effect("an answer after the socket was abandoned changes nothing", () =>
  Effect.gen(function* () {
    const { closed, link, socket } = yield* opened()
    link.stall()
    socket.close(1000)
    yield* TestClock.adjust(closeTimeout)
    link.recover()
    expect((yield* Fiber.join(closed)).code).toBe(1006)
  }),
)

it.effect("a socket that is closed while CONNECTING reports no error", () =>
  Effect.gen(function* () {
    const { link, log, peer, socket } = yield* dial()
    socket.close()
    peer.settle()
    expect(log).toEqual(["opened failed 1006"])
    expect(link.live).toBe(false)
  }),
)

it.effect("a stand-in may emit close inside close, and again later", () =>
  Effect.gen(function* () {
    const { closed, link, peer, socket } = yield* opened({ standIn: { closesAtOnce: true } })
    socket.close(1000, "bye")
    expect(closed.pollUnsafe()).toEqual(Exit.succeed(expect.objectContaining({ code: 1000 })))
    peer.emit(link, new CloseEvent("close", { code: 4999 }))
    expect((yield* Fiber.join(closed)).code).toBe(1000)
  }),
)

// The scope.

it.effect("closing the scope closes the socket without a code, and removes every listener", () =>
  Effect.gen(function* () {
    const { link, peer, release } = yield* opened()
    yield* release
    expect(link.socket.readyState).toBe(WebSocket.CLOSING)
    expect(link.closing).toEqual({ code: undefined, reason: "" })
    expect(peer.listeners).toBe(0)
  }),
)

it.effect("a handshake that is not answered in time fails, and closing the scope closes the socket", () =>
  Effect.gen(function* () {
    const { closed, link, log, release } = yield* dial()
    yield* TestClock.adjust(connectTimeout - 1)
    expect(log).toEqual([])
    yield* TestClock.adjust(1)
    expect([log, link.live, Exit.isExit(closed.pollUnsafe())]).toEqual([["opened failed 1006"], true, true])
    yield* release
    expect(link.live).toBe(false)
  }),
)

it.effect("a socket that has opened in time, ended or been released has no time limit", () =>
  Effect.gen(function* () {
    for (const end of [
      ({ link }: { link: Peer["latest"] }) => Effect.sync(() => link.accept()),
      ({ link }: { link: Peer["latest"] }) => Effect.sync(() => link.refuse()),
      ({ release }: { release: Effect.Effect<void> }) => release,
    ]) {
      const clock = new Watch(yield* Clock.Clock)
      const one = yield* Effect.provideService(dial(), Clock.Clock, clock)
      expect(clock.sleeping).toBe(1)
      yield* end(one)
      expect(clock.sleeping).toBe(0)
    }
  }),
)

it.effect("endWith ends the socket, and closes it; the last call counts", () =>
  Effect.gen(function* () {
    const { closed, link, socket } = yield* opened()
    socket.endWith(Effect.as(Effect.sleep(1000), Dial.abandoned("first")))
    socket.endWith(Effect.as(Effect.sleep(2000), Dial.abandoned("second")))
    yield* TestClock.adjust(1999)
    expect(closed.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust(1)
    expect([(yield* Fiber.join(closed)).reason, link.live]).toEqual(["second", false])
  }),
)

it.effect("the effect of endWith is interrupted when the socket has ended or been released", () =>
  Effect.gen(function* () {
    const clock = new Watch(yield* Clock.Clock)
    const ended = yield* Effect.provideService(opened(), Clock.Clock, clock)
    ended.socket.endWith(Effect.never)
    ended.socket.endWith(Effect.as(Effect.sleep(1000), Dial.abandoned("late")))
    expect(clock.sleeping).toBe(1)
    ended.link.drop()
    expect(clock.sleeping).toBe(0)
    yield* ended.release
    ended.socket.endWith(Effect.as(Effect.sleep(1000), Dial.abandoned("later")))
    expect(clock.sleeping).toBe(0)
  }),
)

it.effect("closing the scope closes a socket that is still CONNECTING", () =>
  Effect.gen(function* () {
    const { link, release } = yield* dial()
    yield* release
    expect(link.live).toBe(false)
  }),
)

it.effect("closing the scope does not close the socket a second time", () =>
  Effect.gen(function* () {
    for (const end of [
      (link: Peer["latest"], _: Dial.Socket) => Effect.sync(() => link.drop()),
      (_: Peer["latest"], socket: Dial.Socket) => Effect.sync(() => socket.close()),
    ]) {
      const { link, release, socket } = yield* opened()
      yield* end(link, socket)
      let calls = 0
      socket.webSocket.close = () => void calls++
      yield* release
      expect(calls).toBe(0)
    }
  }),
)

it.effect("a socket whose scope has closed is silent, whatever it emits", () =>
  Effect.gen(function* () {
    const { closed, link, log, peer, release } = yield* opened({ standIn: { withoutRemoval: true } })
    yield* release
    for (const event of [
      new Event("open"),
      new MessageEvent("message", { data: "late" }),
      new Event("error"),
      new CloseEvent("close", { code: 1000 }),
    ]) {
      peer.emit(link, event)
    }
    expect(log).toEqual(["opened"])
    expect(closed.pollUnsafe()).toBeUndefined()
  }),
)

it.effect("closing the scope ends the wait for the peer's closing frame", () =>
  Effect.gen(function* () {
    const { closed, link, release, socket } = yield* opened()
    link.stall()
    socket.close()
    yield* release
    yield* TestClock.adjust(10 * closeTimeout)
    expect(closed.pollUnsafe()).toBeUndefined()
  }),
)

it.effect("a socket that is constructed when its scope has already closed is closed at once", () =>
  Effect.gen(function* () {
    const peer = new Peer()
    const scope = yield* Scope.make()
    yield* Scope.close(scope, Exit.void)
    yield* Effect.exit(dialWith(peer.construct).pipe(Scope.provide(scope)))
    expect([peer.live, peer.listeners]).toEqual([0, 0])
  }),
)

it.effect("a stand-in whose close throws does no harm", () =>
  Effect.gen(function* () {
    const { closed, release, socket } = yield* opened()
    socket.webSocket.close = () => {
      throw new Error("cannot")
    }
    socket.close(1000)
    yield* TestClock.adjust(closeTimeout)
    expect((yield* Fiber.join(closed)).code).toBe(1006)
    yield* release
  }),
)

// Stand-ins.

it.effect("an object with only addEventListener works", () =>
  Effect.gen(function* () {
    const listeners = new Map<string, (event: object) => void>()
    const bare = {
      addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
    }
    const { handlers, log } = recorder()
    const scope = yield* Scope.make()
    const socket = yield* dialWith(() => bare as unknown as Socket.WebSocketLike, handlers).pipe(
      Scope.provide(scope),
    )
    expect([...listeners.keys()].at(-1)).toBe("message")
    expect(socket.writable).toBe(true)
    listeners.get("open")?.({})
    yield* socket.opened
    listeners.get("message")?.({ data: "hi" })
    yield* Scope.close(scope, Exit.void)
    listeners.get("message")?.({ data: "late" })
    expect(log).toEqual(["message hi"])
  }),
)

it.effect("message is listened to last: a stand-in may emit from inside addEventListener", () =>
  Effect.gen(function* () {
    const order: Array<string> = []
    const { handlers, log } = recorder()
    yield* dialWith(
      () => ({
        send: () => {},
        close: () => {},
        addEventListener: (type, listener) => {
          order.push(type)
          listener({ data: "early" })
        },
      }),
      handlers,
    )
    expect(order.sort((a, b) => Number(a === "message") - Number(b === "message"))).toEqual(order)
    expect(order.at(-1)).toBe("message")
    expect(log.at(-1)).toBe("message early")
  }),
)

it.effect(
  "without readyState it counts as open for sending, and `opened` waits for its event, however long",
  () =>
    Effect.gen(function* () {
      const { link, log, socket } = yield* dial(new Peer({ standIn: { withoutState: true } }))
      yield* TestClock.adjust(10 * connectTimeout)
      expect([socket.writable, log]).toEqual([true, []])
      link.accept()
      expect(log).toEqual(["opened"])
    }),
)

it.effect("one that is OPEN already has opened", () =>
  Effect.gen(function* () {
    const { log, socket } = yield* dial(new Peer({ standIn: { born: WebSocket.OPEN } }))
    expect(log).toEqual(["opened"])
    expect(yield* socket.opened).toBeUndefined()
  }),
)

it.effect.each([WebSocket.CLOSING, WebSocket.CLOSED])(
  "one whose readyState is %i already has ended without opening",
  (born) =>
    Effect.gen(function* () {
      const { closed, log } = yield* dial(new Peer({ standIn: { born } }))
      expect(log).toEqual(["opened failed 1006"])
      expect(yield* Fiber.join(closed)).toMatchObject({ code: 1006, wasClean: false })
    }),
)

/** A stand-in with `on…` properties, and no `readyState`. It records the calls of `close`. */
class HandlerSocket implements Socket.WebSocketLike {
  onopen: ((event?: object) => void) | null = null
  onclose: ((event?: object) => void) | null = null
  readonly calls: Array<ReadonlyArray<unknown>> = []
  readonly #listeners = new Map<string, (event: object) => void>()
  addEventListener(type: string, listener: (event: object) => void) {
    this.#listeners.set(type, listener)
  }
  send() {}
  close(...frame: ReadonlyArray<unknown>) {
    this.calls.push(frame)
  }
  emit(type: string, event: object = {}) {
    this.#listeners.get(type)?.(event)
  }
}

const dialStandIn = (standIn: HandlerSocket) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { handlers, log } = recorder()
    const socket = yield* dialWith(() => standIn, handlers).pipe(Scope.provide(scope))
    return { log, release: Scope.close(scope, Exit.void), socket }
  })

it.effect("on… properties that a stand-in calls work like events, after the handlers of the page", () =>
  Effect.gen(function* () {
    const standIn = new HandlerSocket()
    const order: Array<unknown> = []
    const { onopen } = Object.assign(standIn, { onopen: (event?: object) => order.push(event) })
    const { release, socket } = yield* dialStandIn(standIn)
    yield* Effect.forkScoped(
      Effect.andThen(socket.opened, (event) => Effect.sync(() => order.push(event))),
      { startImmediately: true },
    )
    const event = { type: "open" }
    standIn.onopen?.(event)
    expect(order).toEqual([event, event])
    standIn.onclose?.()
    expect(yield* socket.closed).toMatchObject({ code: 1005 })
    yield* release
    expect([standIn.onopen, standIn.onclose]).toEqual([onopen, null])
  }),
)

it.effect("on… properties that the page has set since stay as they are", () =>
  Effect.gen(function* () {
    const standIn = new HandlerSocket()
    const { release } = yield* dialStandIn(standIn)
    const theirs = () => {}
    standIn.onclose = theirs
    yield* release
    expect([standIn.onopen, standIn.onclose]).toEqual([null, theirs])
  }),
)

it.effect("an error that comes both ways is reported once, the first time", () =>
  Effect.gen(function* () {
    const standIn = new HandlerSocket()
    const { log } = yield* dialStandIn(standIn)
    standIn.emit("error")
    Reflect.get(standIn, "onerror")({})
    expect(log).toHaveLength(1)
  }),
)

it.effect("a stand-in that opens while it is being closed gets no more time to answer", () =>
  Effect.gen(function* () {
    const standIn = new HandlerSocket()
    const { socket } = yield* dialStandIn(standIn)
    socket.close()
    yield* TestClock.adjust(closeTimeout - 1)
    standIn.emit("open")
    const closed = yield* Effect.forkScoped(socket.closed)
    yield* TestClock.adjust(1)
    expect(yield* Fiber.join(closed)).toMatchObject({ code: 1006 })
  }),
)

it.effect(
  "close leaves out arguments that a stand-in refuses, and never tries codes that a page may not send",
  () =>
    Effect.gen(function* () {
      for (const [code, taken, calls] of [
        [1001, 2, [[]]],
        [4000, 2, [[4000, "why"]]],
        [4000, 1, [[4000, "why"], [4000]]],
        [4000, 0, [[4000, "why"], [4000], []]],
        [4000, -1, [[4000, "why"], [4000], []]],
      ] as const) {
        const standIn = new HandlerSocket()
        standIn.close = (...frame) => {
          standIn.calls.push(frame)
          if (frame.length > taken) throw new Error("too much")
        }
        const { socket } = yield* dialStandIn(standIn)
        socket.close(code, "why")
        expect(standIn.calls).toEqual(calls)
      }
    }),
)

// One socket for several.

const share = Effect.gen(function* () {
  const peer = new Peer({ standIn: { reused: true } })
  const first = yield* dial(peer)
  const second = yield* dial(peer)
  peer.latest.accept()
  return { first, link: peer.latest, peer, second }
})

it.effect("a shared socket reports to all its holders", () =>
  Effect.gen(function* () {
    const { first, link, second } = yield* share
    link.send("hi")
    expect(first.log).toEqual(["opened", "message hi"])
    expect(second.log).toEqual(["opened", "message hi"])
  }),
)

it.effect("a shared socket is closed when the last of its holders leaves", () =>
  Effect.gen(function* () {
    const { first, link, peer, second } = yield* share
    yield* first.release
    expect(link.live).toBe(true)
    link.send("still here")
    expect(first.log).toEqual(["opened"])
    expect(second.log).toEqual(["opened", "message still here"])
    yield* second.release
    expect([link.live, peer.listeners]).toEqual([false, 0])
  }),
)

it.effect("closing twice sends one close frame, and gives the peer no more time", () =>
  Effect.gen(function* () {
    const { closed, link, socket } = yield* opened()
    link.stall()
    const calls: Array<unknown> = []
    const close = link.socket.close.bind(link.socket)
    link.socket.close = (...frame) => {
      calls.push(frame)
      close(...frame)
    }
    socket.close(4000)
    yield* TestClock.adjust(closeTimeout - 1)
    socket.close(4001)
    yield* TestClock.adjust(1)
    expect([calls, closed.pollUnsafe() === undefined]).toEqual([[[4000, undefined]], false])
  }),
)

it.effect("a holder that closes a shared socket leaves it to the others, at once", () =>
  Effect.gen(function* () {
    const { first, link, second } = yield* share
    first.socket.close(4000)
    expect(first.closed.pollUnsafe()).toEqual(Exit.succeed(expect.objectContaining({ code: 1006 })))
    expect(first.socket.writable).toBe(false)
    expect(link.live).toBe(true)
    yield* first.release
    expect(link.live).toBe(true)
    second.socket.close(4000)
    expect(link.closing).toEqual({ code: 4000, reason: "" })
  }),
)

it.effect("of two holders that close one after the other, the last one closes the socket", () =>
  Effect.gen(function* () {
    const { first, link, second } = yield* share
    first.socket.close()
    second.socket.close()
    yield* first.release
    yield* second.release
    expect(link.live).toBe(false)
  }),
)

it.effect("a holder that comes back to a shared socket counts once", () =>
  Effect.gen(function* () {
    const { first, link, peer, second } = yield* share
    yield* first.release
    const third = yield* dial(peer)
    yield* second.release
    expect(link.live).toBe(true)
    yield* third.release
    expect(link.live).toBe(false)
  }),
)

it.effect("a socket of ws that is released before it has opened throws nothing", () =>
  Effect.gen(function* () {
    // Nobody answers there.
    const silent = createServer()
    yield* Effect.promise(() => new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve)))
    const { port } = silent.address() as AddressInfo
    const made = new Ws(`ws://127.0.0.1:${port}`)
    const closed = new Promise((resolve) => made.on("close", resolve))
    yield* Effect.scoped(dialWith(() => made as unknown as Socket.WebSocketLike))
    yield* Effect.promise(() => closed)
    silent.close()
  }),
)
