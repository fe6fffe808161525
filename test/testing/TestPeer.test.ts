/** The peer and its sockets. That these are a browser's is proved in test/browser/testPeer.test.ts. */
import * as fc from "fast-check"
import { afterEach, describe, expect, test, vi } from "vitest"
import { TestPeer } from "../../src/testing/index.ts"
import type { PageAct } from "./pageSide.ts"
import { type PeerAct, rehearse, type Step } from "./Scenario.ts"

const url = "ws://peer.test/"

/** A peer whose tasks wait for `settle`, one dial to it, and what happens to that as lines. */
const dial = (options: TestPeer.Options = {}, protocols: Array<string> = []) => {
  const peer = TestPeer.make({ schedule: () => {}, ...options })
  const socket = new peer.WebSocket(url, protocols)
  const log: Array<string> = []
  for (const type of ["open", "error"]) socket.addEventListener(type, () => log.push(type))
  socket.addEventListener("message", ({ data }) => log.push(`message ${data}`))
  socket.addEventListener("close", ({ code, reason, wasClean }) =>
    log.push(`close ${code} ${reason}${wasClean ? "clean" : "unclean"}`),
  )
  return { peer, socket, link: peer.latest, log }
}

const opened = (options: TestPeer.Options = {}) => {
  const dialled = dial(options)
  dialled.link.accept()
  return dialled
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("a dial", () => {
  test("that nobody answers stays CONNECTING", () => {
    const { log, peer, socket } = dial()
    peer.settle()
    expect([socket.readyState, log]).toEqual([WebSocket.CONNECTING, []])
  })

  test("is answered in a later task: accepted", () => {
    const { log, peer, socket } = dial({ answer: "accept" })
    expect([socket.readyState, log]).toEqual([WebSocket.CONNECTING, []])
    peer.settle()
    expect([socket.readyState, log]).toEqual([WebSocket.OPEN, ["open"]])
  })

  test("is answered in a later task: refused", () => {
    const { log, peer, socket } = dial({ answer: "refuse" })
    expect(log).toEqual([])
    peer.settle()
    expect([socket.readyState, log]).toEqual([WebSocket.CLOSED, ["error", "close 1006 unclean"]])
  })

  test("is answered in a later task: by what a function does with the connection", () => {
    const { log, peer } = dial({
      answer: (link) => {
        link.accept()
        link.send(`welcome ${link.id}`)
      },
    })
    expect(log).toEqual([])
    peer.settle()
    expect(log).toEqual(["open", "message welcome 0"])
  })

  test("is answered by the `answer` set at that time", () => {
    const peer = TestPeer.make({ answer: "refuse", schedule: () => {} })
    const first = new peer.WebSocket(url)
    peer.answer = "accept"
    const second = new peer.WebSocket(url)
    peer.settle()
    expect([first.readyState, second.readyState]).toEqual([WebSocket.CLOSED, WebSocket.OPEN])
  })

  test("of a constructor that throws leaves no connection", () => {
    const peer = TestPeer.make({ answer: new Error("no") })
    expect(() => new peer.WebSocket(url)).toThrow("no")
    expect([peer.links, peer.log]).toEqual([[], []])
  })

  test("shows what was dialled", () => {
    const { link, peer } = dial({}, ["a", "b"])
    expect([link.id, link.url, link.protocols]).toEqual([0, url, ["a", "b"]])
    expect(new peer.WebSocket("https://peer.test/x", "c").url).toBe("wss://peer.test/x")
    expect(peer.latest).toMatchObject({ id: 1, url: "wss://peer.test/x", protocols: ["c"] })
  })

  test("is accepted with the first subprotocol that was offered", () => {
    const { link, socket } = dial({}, ["a", "b"])
    link.accept()
    expect(socket.protocol).toBe("a")
  })
})

describe("tasks", () => {
  test("are run by setTimeout by default, which fake timers drive", () => {
    vi.useFakeTimers()
    const peer = TestPeer.make({ answer: "accept" })
    const socket = new peer.WebSocket(url)
    expect(socket.readyState).toBe(WebSocket.CONNECTING)
    vi.runAllTimers()
    expect(socket.readyState).toBe(WebSocket.OPEN)
    expect(peer.log.map(({ at }) => at)).toEqual([Date.now(), Date.now()])
  })

  test("run as they are scheduled", async () => {
    const { link, log, socket } = dial({ answer: "accept", schedule: queueMicrotask })
    await Promise.resolve()
    socket.close(4000)
    expect(log).toEqual(["open"])
    await Promise.resolve()
    expect(log).toEqual(["open", "close 4000 clean"])
    expect(link.closing).toEqual({ code: 4000, reason: "" })
  })

  test("of the peer that wait are run before its next call", () => {
    const { link, log } = dial({ answer: "accept" })
    link.send("hi")
    expect(log).toEqual(["open", "message hi"])
  })

  test("of the peer, asked for inside a listener, run after that listener's event", () => {
    const { link, log, socket } = dial()
    socket.addEventListener("open", () => {
      link.send("hi")
      log.push("listener done")
    })
    link.accept()
    expect(log).toEqual(["open", "listener done", "message hi"])
  })
})

describe("messages", () => {
  test("travel both ways in order", () => {
    const { link, log, socket } = opened()
    link.send("one")
    link.send("two")
    socket.send("three")
    socket.send(new Uint8Array(4))
    expect(log).toEqual(["open", "message one", "message two"])
    expect(link.received).toEqual(["three", new Uint8Array(4)])
  })

  test("are what was given at the time, whatever becomes of the buffer, at both ends", async () => {
    const { link, socket } = opened()
    const bytes = new Uint8Array([1, 2, 3])
    const told: Array<Uint8Array> = []
    socket.binaryType = "arraybuffer"
    socket.onmessage = ({ data }) => told.push(new Uint8Array(data))
    socket.addEventListener("open", () => {})
    socket.send(bytes.subarray(1))
    link.send(bytes.subarray(1))
    bytes.fill(9)
    told[0]?.fill(8)
    link.send(link.received[0] as Uint8Array)
    expect([link.received, told[1]]).toEqual([[new Uint8Array([2, 3])], new Uint8Array([2, 3])])
    expect(link.socket.bufferedAmount).toBeLessThanOrEqual(2)
  })

  test("that are Blobs stay Blobs, in their order", async () => {
    const { link, socket } = opened()
    socket.send(new Blob(["one"]))
    socket.send("two")
    const [blob, text] = link.received
    expect([await (blob as Blob).text(), text]).toEqual(["one", "two"])
  })

  test("are written in a later task, and then no longer buffered", () => {
    const { link, peer, socket } = opened()
    socket.send("é")
    expect(socket.bufferedAmount).toBe(2)
    peer.settle()
    expect([socket.bufferedAmount, link.received]).toEqual([0, ["é"]])
  })

  test("that are sent too late are lost, and only bufferedAmount shows it", () => {
    const { link, peer, socket } = opened()
    socket.close()
    socket.send("é")
    peer.settle()
    socket.send("late")
    peer.settle()
    expect([socket.readyState, socket.bufferedAmount, link.received]).toEqual([WebSocket.CLOSED, 6, []])
  })

  test("stay buffered while the peer stalls, and are read when it recovers, the closing frame last", () => {
    const { link, log, peer, socket } = opened()
    link.stall()
    socket.send("one")
    socket.send("two")
    socket.close(4000)
    peer.settle()
    expect([link.received, link.unread, socket.bufferedAmount, link.closing]).toEqual([
      [],
      ["one", "two"],
      6,
      undefined,
    ])
    link.recover()
    peer.settle()
    expect([link.received, link.unread, socket.bufferedAmount]).toEqual([["one", "two"], [], 0])
    expect(log).toEqual(["open", "close 4000 clean"])
  })

  test("that a stalled peer has not read when the line is cut are lost", () => {
    const { link, socket } = opened()
    link.stall()
    socket.send("one")
    link.drop()
    link.recover()
    expect([link.received, link.unread]).toEqual([[], ["one"]])
  })
})

describe("the end", () => {
  test("by the page comes in a later task, clean, with its code", () => {
    const { link, log, peer, socket } = opened()
    socket.close(4001, "bye ")
    expect([socket.readyState, log]).toEqual([WebSocket.CLOSING, ["open"]])
    peer.settle()
    expect(log).toEqual(["open", "close 4001 bye clean"])
    expect(link.closing).toEqual({ code: 4001, reason: "bye " })
  })

  test("of a socket that its page closes while CONNECTING is an error, and the peer hears nothing", () => {
    const { link, log, peer, socket } = dial()
    socket.close(4000)
    link.accept()
    peer.settle()
    expect(log).toEqual(["error", "close 1006 unclean"])
    expect(link.closing).toBeUndefined()
  })

  test.each([
    ["hangs up with any code", (link: TestPeer.Link) => link.hangUp(1012, "r "), ["close 1012 r clean"]],
    ["hangs up without a code", (link: TestPeer.Link) => link.hangUp(), ["close 1005 clean"]],
    ["drops the line", (link: TestPeer.Link) => link.drop(), ["close 1006 unclean"]],
    ["breaks the protocol", (link: TestPeer.Link) => link.violate(), ["error", "close 1006 unclean"]],
  ])("of a socket whose peer %s is the last that it says", (_, act, expected) => {
    const { link, log, peer, socket } = opened()
    act(link)
    link.send("late")
    link.violate()
    link.drop()
    link.hangUp(1000)
    socket.close()
    peer.settle()
    expect(log.slice(1)).toEqual(expected)
    expect(socket.readyState).toBe(WebSocket.CLOSED)
  })

  test("is not made by hanging up before the handshake is over", () => {
    const { link, log, socket } = dial()
    link.hangUp(1000)
    expect([socket.readyState, log]).toEqual([WebSocket.CONNECTING, []])
  })

  test("can be announced without an event", () => {
    const { link, log, socket } = opened()
    link.startHangingUp(1001)
    expect([socket.readyState, log]).toEqual([WebSocket.CLOSING, ["open"]])
    link.hangUp()
    expect(log).toEqual(["open", "close 1001 clean"])
  })

  test.each([
    [-1, ""],
    [0x10000, ""],
    [1000.5, ""],
    [Number.NaN, ""],
    [1000, "x".repeat(124)],
    [undefined, "why"],
  ])("cannot be %d %j: no frame holds that, and nothing happens", (code, reason) => {
    const { link, socket } = opened()
    expect(() => link.hangUp(code, reason)).toThrow(/code|reason/)
    expect(() => link.startHangingUp(code, reason)).toThrow(/code|reason/)
    expect(socket.readyState).toBe(WebSocket.OPEN)
  })

  test("is an event with code, reason and wasClean even if the platform has no CloseEvent", () => {
    vi.stubGlobal("CloseEvent", undefined)
    const { link, log } = opened()
    link.hangUp(1012, "r ")
    expect(log).toEqual(["open", "close 1012 r clean"])
  })
})

describe("listeners", () => {
  test("that throw do not stop the others", () => {
    const uncaught: Array<unknown> = []
    const { link, log, socket } = dial({ uncaught: (error) => uncaught.push(error) })
    for (const name of ["a", "b"])
      socket.addEventListener("open", () => {
        throw new Error(name)
      })
    socket.onopen = () => {
      throw new Error("on")
    }
    socket.addEventListener("open", () => log.push("still here"))
    link.accept()
    expect(log).toEqual(["open", "still here"])
    expect(uncaught).toEqual([new Error("a"), new Error("b"), new Error("on")])
  })

  test("that throw are uncaught by default", async () => {
    const { link, socket } = dial()
    const uncaught = new Promise((resolve) => {
      vi.stubGlobal("queueMicrotask", (task: () => void) => {
        try {
          task()
        } catch (error) {
          resolve(error)
        }
      })
    })
    socket.onopen = () => {
      throw new Error("oops")
    }
    link.accept()
    expect(await uncaught).toEqual(new Error("oops"))
  })

  test("are counted, and go by removal, by once and by their signal", () => {
    const { link, peer, socket } = dial()
    const before = peer.listeners
    const listener = () => {}
    const controller = new AbortController()
    socket.addEventListener("message", listener)
    socket.addEventListener("message", listener, { once: true })
    socket.addEventListener("message", listener, true)
    socket.addEventListener("open", () => {}, { once: true })
    socket.addEventListener("close", { handleEvent: () => {} }, { signal: controller.signal })
    socket.addEventListener("close", listener, { signal: AbortSignal.abort() })
    socket.addEventListener("close", null as never)
    socket.onclose = listener
    expect(peer.listeners - before).toBe(5)
    link.accept()
    expect(peer.listeners - before).toBe(4)
    controller.abort()
    socket.removeEventListener("message", listener)
    socket.onclose = null
    expect(peer.listeners - before).toBe(1)
    socket.removeEventListener("message", listener, { capture: true })
    expect(peer.listeners - before).toBe(0)
  })

  test("may dispatch events of their own", () => {
    const { log, socket } = dial()
    expect(socket.dispatchEvent(new Event("open"))).toBe(true)
    expect(log).toEqual(["open"])
  })

  test("as `on…` properties are what was set, and null where that was no function", () => {
    const { socket } = dial()
    for (const type of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      const handler = () => {}
      expect(socket[type]).toBeNull()
      socket[type] = handler
      expect(socket[type]).toBe(handler)
      socket[type] = 5 as never
      expect(socket[type]).toBeNull()
    }
  })
})

test("a socket is called a WebSocket and has its constants", () => {
  const { peer, socket } = dial()
  expect(String(socket)).toBe("[object WebSocket]")
  expect(peer.WebSocket.name).toBe("WebSocket")
  expect(socket).toBeInstanceOf(peer.WebSocket)
  for (const of of [socket, peer.WebSocket])
    expect([of.CONNECTING, of.OPEN, of.CLOSING, of.CLOSED]).toEqual([0, 1, 2, 3])
})

test("the sockets that are live are counted, and how many were so at once", () => {
  const peer = TestPeer.make()
  new peer.WebSocket(url).close()
  new peer.WebSocket(url)
  expect([peer.live, peer.mostLive]).toEqual([1, 1])
  new peer.WebSocket(url)
  peer.latest.refuse()
  expect([peer.live, peer.mostLive]).toEqual([1, 2])
})

test("a peer without connections says so", () => {
  expect(() => TestPeer.make().latest).toThrow("nobody has dialled this peer yet")
})

test("the log lists what happened, to which connection, and when", () => {
  let now = 0
  const peer = TestPeer.make({ now: () => now++, schedule: () => {} })
  const first = new peer.WebSocket(url, "a")
  const second = new peer.WebSocket(url)
  peer.links[0]?.accept()
  peer.links[1]?.refuse()
  first.send("hello")
  peer.links[0]?.send("hi")
  first.close(4000, "bye")
  peer.settle()
  second.close()
  new peer.WebSocket(url)
  peer.latest.accept()
  peer.latest.hangUp(1012)
  expect(peer.log).toEqual([
    { at: 0, link: 0, _tag: "Dialled", url, protocols: ["a"] },
    { at: 1, link: 1, _tag: "Dialled", url, protocols: [] },
    { at: 2, link: 0, _tag: "Accepted", protocol: "a" },
    { at: 3, link: 1, _tag: "Refused" },
    { at: 4, link: 1, _tag: "Closed", code: 1006, reason: "", wasClean: false },
    { at: 5, link: 0, _tag: "Received", data: "hello" },
    { at: 6, link: 0, _tag: "Sent", data: "hi" },
    { at: 7, link: 0, _tag: "ClosingReceived", code: 4000, reason: "bye" },
    { at: 8, link: 0, _tag: "Closed", code: 4000, reason: "bye", wasClean: true },
    { at: 9, link: 2, _tag: "Dialled", url, protocols: [] },
    { at: 10, link: 2, _tag: "Accepted", protocol: "" },
    { at: 11, link: 2, _tag: "ClosingSent", code: 1012, reason: "" },
    { at: 12, link: 2, _tag: "Closed", code: 1012, reason: "", wasClean: true },
  ])
})

const pageAct = fc.constantFrom<PageAct>(["send", "a"], ["send", "bc"], ["close"], ["close", 4000, "why"])
const peerAct = fc.constantFrom<PeerAct>(
  ["accept"],
  ["refuse"],
  ["send", "x"],
  ["hangUp"],
  ["hangUp", 1006],
  ["startHangingUp", 1012],
  ["drop"],
  ["violate"],
  ["stall"],
  ["recover"],
)
const step = fc.oneof<Array<fc.Arbitrary<Step>>>(
  fc.record({ page: fc.array(pageAct, { maxLength: 3 }) }),
  fc.record({ peer: peerAct }),
)

test("whatever both do, a socket says what a socket may say, and loses no message that it has not told", () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const sights = await rehearse({ steps })
      const states = sights.map(({ readyState }) => readyState)
      expect(states).toEqual(states.toSorted())
      const last = sights.at(-1)
      const events = (last?.told ?? []).flatMap((line) => /^first \w+ (\w+)/.exec(line)?.[1] ?? [])
      expect(events.join(" ")).toMatch(/^((open( message)*)?( ?error)?( ?close)?)?$/)
      const sent = (last?.told ?? []).filter((line) => line.startsWith("send while"))
      expect(last?.received.length).toBeLessThanOrEqual(sent.length)
      if (sent.length > (last?.received.length ?? 0)) expect(last?.bufferedAmount).toBeGreaterThan(0)
      else expect(last?.bufferedAmount).toBe(0)
    }),
  ))
