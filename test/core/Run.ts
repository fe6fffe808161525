/** Gives commands to a connection, and what holds of it at any time. */
import assert from "node:assert/strict"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Settings } from "../../src/core/Connection.ts"
import { DialError, type Request } from "../../src/core/Socket.ts"
import { Bench, backoff, defaults, nothing, url } from "./bench.ts"
import { type Dialling, Model } from "./Model.ts"
import { Simulation } from "./Simulation.ts"

const request: Request = { url, protocols: [] }

/** How the next dials go. */
export type DialMode = "socket" | "take time" | "cancel" | "fail" | "throw"

const dialling: Readonly<Record<DialMode, Dialling>> = {
  socket: "ok",
  "take time": "waits",
  cancel: "cancelled",
  fail: "failed",
  throw: "failed",
}

/** Brings the connection, its peer and what is known of both forward by one command. */
export class Run {
  readonly time = new Simulation()
  readonly bench: Bench
  readonly model: Model
  /** What became of each message that was handed over, but for those that wait. */
  readonly fates: Array<string | undefined> = []
  /** When each message was handed over. */
  readonly #handedOver: Array<number> = []
  /** What was sent from inside `onOpen`, or at once: it goes first. */
  readonly #first = new Set<string>()
  readonly sent: Array<string> = []
  /** The last message that was sent in its turn. */
  #lastInTurn = -1
  /** The frames with which `onMessage` is to be called, and those with which it was. */
  readonly #framesExpected: Array<string> = []
  readonly #framesReported: Array<string> = []
  /** One letter for each line about a socket. */
  #grammar = ""
  #read = 0
  #lastRetry = ""
  #frames = 0
  #veto = false
  #dialMode: DialMode = "socket"
  #dial: Deferred.Deferred<Request | undefined, DialError> | undefined
  #greeting: Deferred.Deferred<void, DialError> | undefined
  #applying: Deferred.Deferred<void> | undefined
  /** How many lines were recorded before the end. */
  #linesAtEnd: number | undefined
  /** Whether a constructor has dialled again, and then returns a socket that nobody wants. */
  dialsInConstructor = false
  readonly #settings: Settings

  constructor(some: Partial<Settings>) {
    const settings = { ...defaults, reconnectPolicy: backoff, ...some }
    this.#settings = settings
    const bench = this.time.run(Bench.make({ settings }))
    this.bench = bench
    bench.recorder.sending = (message) => {
      // What was dropped because its own listener ended the connection is beyond a veto.
      if (!this.#veto || this.model.tag === "Ended") return message
      this.#settleFate(message, "vetoed")
      return undefined
    }
    bench.recorder.dialling = () => {
      if (this.#dialMode === "take time") {
        this.#dial ??= Deferred.makeUnsafe()
        return Deferred.await(this.#dial)
      }
      return this.#dialMode === "fail"
        ? Effect.fail(new DialError({ message: "no" }))
        : Effect.succeed(this.#dialMode === "cancel" ? undefined : request)
    }
    this.model = new Model(settings, {
      online: () => bench.recorder.network,
      delay: (retries) => Math.min(1000 * 2 ** retries, 8000),
      otherDelay: () => bench.recorder.delay as number | undefined,
      dialling: () => dialling[this.#dialMode],
      applies: () => this.#applying !== undefined,
      skew: () => bench.clock.skew,
    })
  }

  get #link() {
    return this.bench.peer.links.at(-1)
  }

  /** The page. */
  readonly page = {
    reconnect: () => {
      this.bench.connection.reconnect()
      this.model.reconnect(this.time.now)
    },
    close: () => {
      this.bench.connection.close(4000)
      this.model.close(this.time.now)
    },
    pause: () => {
      this.bench.connection.pause()
      this.model.pause(this.time.now)
    },
    resume: () => {
      this.bench.connection.resume()
      this.model.resume(this.time.now)
    },
    wake: () => {
      this.bench.connection.wake()
      this.model.wake(this.time.now)
    },
    send: () => {
      const message = this.#handOver()
      const { connection, recorder, state } = this.bench
      const isHello = state === "Greeting" && this.#link?.socket.readyState === WebSocket.OPEN
      if (state === "Greeting") this.#first.add(message)
      const before = recorder.lines.length
      connection.send(message)
      const goesOut = recorder.lines.slice(before).some((line) => line.startsWith(`sending ${message}`))
      assert.ok(goesOut || !isHello, `${message} waits although it was sent from inside onOpen`)
    },
    "send at once": () => {
      const message = this.#handOver()
      this.#first.add(message)
      const outcome = this.bench.connection.sendNow(message)
      // It is not accepted, and who has sent it knows.
      if (outcome === "unsent" || outcome === "refused") this.#settleFate(message, outcome)
    },
    "take time to dial": () => this.#dials("take time"),
    "cancel dials": () => this.#dials("cancel"),
    "fail dials": () => this.#dials("fail"),
    "throw in dials": () => this.#dials("throw"),
    "allow dials": () => this.#dials("socket"),
    "cancel a dial": () => this.#dialled("cancelled", Effect.succeed(undefined)),
    "fail a dial": () => this.#dialled("failed", Effect.fail(new DialError({ message: "no url" }))),
    dial: () => this.#dialled("ok", Effect.succeed(request)),
    "take time to greet": () => {
      this.#greeting ??= Deferred.makeUnsafe()
      this.bench.recorder.greeting = Deferred.await(this.#greeting)
    },
    greet: () => {
      this.model.greeted(true, this.time.now)
      this.#greeted(Effect.void)
    },
    "fail to greet": () => {
      this.model.greeted(false, this.time.now)
      this.#greeted(Effect.fail(new DialError({ message: "no token" })))
    },
    "take time to apply": () => {
      this.#applying ??= Deferred.makeUnsafe()
      this.bench.recorder.receiving = Deferred.await(this.#applying)
    },
    apply: () => {
      const applying = this.#applying
      this.#applying = undefined
      this.bench.recorder.receiving = Effect.void
      this.model.applied(this.time.now)
      if (applying) Deferred.doneUnsafe(applying, Effect.void)
    },
    take: () => {
      const [first, ...rest] = this.bench.connection.outbox.toArray()
      if (first === undefined) return
      this.#settleFate(first, "taken")
      this.bench.connection.outbox.replace(rest)
    },
    veto: () => {
      this.#veto = !this.#veto
    },
    network: () => {
      this.bench.recorder.network = !this.bench.recorder.network
    },
    "other delay": () => {
      const { recorder } = this.bench
      recorder.delay = recorder.delay === undefined ? 300 : recorder.delay === 300 ? 2500 : undefined
    },
    throw: () => {
      throw new Thrown()
    },
    end: () => {
      const first = this.model.tag !== "Ended"
      this.model.end()
      this.bench.end()
      if (first) this.#linesAtEnd = this.bench.recorder.lines.length
    },
  }

  /** The server. What it does lets it answer first what has come before. */
  readonly server = {
    accept: () => {
      this.settle()
      const opens = this.#link?.socket.readyState === WebSocket.CONNECTING
      if (opens) this.model.opened(this.time.now, this.#greeting !== undefined)
      this.#link?.accept()
    },
    refuse: () => {
      this.settle()
      if (this.#link?.socket.readyState === WebSocket.CONNECTING) this.model.ended(1006, this.time.now)
      this.#link?.refuse()
    },
    frame: () => {
      this.settle()
      const frame = String(this.#frames++)
      if (this.#link?.socket.readyState === WebSocket.OPEN && this.model.frame(this.time.now)) {
        this.#framesExpected.push(frame)
      }
      this.#link?.send(frame)
    },
    drop: () => this.#ends(() => this.#link?.drop()),
    violate: () => this.#ends(() => this.#link?.violate()),
    "hang up": () => this.#ends(() => this.#link?.hangUp()),
    "hang up 1000": () => this.#hangUp(1000),
    "hang up 1001": () => this.#hangUp(1001),
    "hang up 1008": () => this.#hangUp(1008),
    "hang up 1012": () => this.#hangUp(1012),
    "hang up 1013": () => this.#hangUp(1013),
    "hang up 4401": () => this.#hangUp(4401),
    "start hanging up": () => {
      this.settle()
      this.#link?.startHangingUp()
    },
    stall: () => this.#link?.stall(),
    settle: () => this.settle(),
    /** Sockets that were left emit whatever they like. */
    "late open": () => this.#emitLate(new Event("open")),
    "late message": () => this.#emitLate(new MessageEvent("message", { data: "late" })),
    "late error": () => this.#emitLate(new Event("error")),
    "late close": () => this.#emitLate(Object.assign(new Event("close"), { code: 1012, reason: "" })),
  }

  advance(millis: number): void {
    this.settle()
    this.#passUntil(this.time.now + millis)
  }

  /** The machine sleeps: no timer fires in time, and all that were due fire when it wakes. */
  suspend(millis: number): void {
    this.settle()
    this.time.now += millis
    this.#passUntil(this.time.now)
  }

  /** Somebody sets the date. */
  setDate(change: number): void {
    this.bench.clock.skew += change
  }

  #passUntil(until: number): void {
    for (let at = this.model.deadline; at <= until; at = this.model.deadline) {
      this.time.advance(Math.max(0, at - this.time.now))
      this.model.ring(this.time.now)
      assert.ok(this.model.deadline > this.time.now || this.model.deadline > at, "time stands still")
      this.settle()
    }
    this.time.advance(until - this.time.now)
    this.settle()
  }

  /** Has the peer answer what has come, in the model too. */
  settle(): void {
    this.#reportEnds(() => this.bench.peer.settle())
  }

  #handOver(): string {
    this.#handedOver.push(this.time.now)
    return String(this.fates.push(undefined) - 1)
  }

  #settleFate(message: string, fate: string): void {
    const before = this.fates[Number(message)]
    assert.equal(before, undefined, `message ${message} was ${before}, and is ${fate}`)
    this.fates[Number(message)] = fate
  }

  #dials(mode: DialMode): void {
    this.#dialMode = mode
    const { peer } = this.bench
    peer.answer = mode === "throw" ? new Error("no socket") : "hang"
  }

  #dialled(outcome: Exclude<Dialling, "waits">, effect: Effect.Effect<Request | undefined, DialError>): void {
    const dial = this.#dial
    this.#dial = undefined
    if (dial === undefined) return
    const { _tag, socket } = this.bench.connection.state
    const dials = _tag === "Connecting" && socket === undefined
    if (this.#dialMode === "take time") this.#dialMode = "socket"
    const fails = this.#dialMode === "throw" && outcome === "ok"
    if (dials) this.model.dialled(fails ? "failed" : outcome, this.time.now)
    Deferred.doneUnsafe(dial, effect)
  }

  #greeted(outcome: Effect.Effect<void, DialError>): void {
    const greeting = this.#greeting
    this.#greeting = undefined
    this.bench.recorder.greeting = Effect.void
    if (greeting) Deferred.doneUnsafe(greeting, outcome)
  }

  /** Has a socket emit that is not used any more. */
  #emitLate(event: Event): void {
    this.settle()
    const { links } = this.bench.peer
    const used = this.bench.connection.state.socket?.webSocket
    this.bench.peer.emit(
      links.findLast(({ live, socket }) => !live && (socket as unknown) !== used),
      event,
    )
  }

  /** Shows that the connection works, whatever has happened, unless it has ended. `isKnown`: the model knows it all. */
  recover(isKnown: boolean): void {
    if (this.bench.state === "Ended") return
    this.bench.recorder.hooks = {}
    this.#veto = false
    this.bench.recorder.delay = undefined
    this.page.greet()
    this.#dials("socket")
    this.page.dial()
    this.page.apply()
    this.page.reconnect()
    this.server.accept()
    this.page.send()
    this.settle()
    this.check()
    if (isKnown) this.checkModel()
    assert.equal(this.bench.state, "Open")
    assert.deepEqual(this.bench.connection.outbox.toArray(), [])
    assert.equal(this.#link?.received.at(-1), String(this.fates.length - 1))
  }

  /** Ends what is still there, and checks what is left. */
  finish(isKnown: boolean): void {
    this.page.end()
    this.check()
    assert.deepEqual(this.bench.remains, nothing)
    this.time.advance(3_600_000)
    this.check()
    assert.deepEqual(this.bench.remains, nothing)
    assert.match(this.#grammar, grammar)
    assert.deepEqual(isKnown ? this.#framesReported : [], isKnown ? this.#framesExpected : [])
    const written = this.bench.peer.links.flatMap(({ received, unread }) => [...received, ...unread])
    assert.deepEqual(
      written.filter((data) => data !== "ping"),
      this.sent,
    )
    this.time.end()
  }

  /** How many of what there were. */
  get tally(): Tally {
    const count = (fate: string) => this.fates.filter((each) => each === fate).length
    return {
      dials: this.bench.peer.links.length,
      opened: this.bench.peer.log.filter(({ _tag }) => _tag === "Accepted").length,
      messages: this.fates.length,
      sent: count("sent"),
      vetoed: count("vetoed"),
      taken: count("taken"),
      dropped: count("dropped"),
      refused: count("unsent") + count("refused"),
      frames: this.#framesReported.length,
    }
  }

  /** What must hold at any time. */
  check(): void {
    const { bench } = this
    const { connection, peer } = bench
    const sockets = this.dialsInConstructor ? peer.live : peer.mostLive
    assert.ok(sockets <= 1, `${sockets} sockets at once`)
    if (!["Connecting", "Greeting", "Holding", "Open"].includes(bench.state)) assert.equal(peer.live, 0)
    assert.deepEqual(bench.fibers.defects, [])
    // A browser reports what is thrown in an event, and so does the peer.
    for (const error of peer.uncaught.splice(0)) assert.ok(error instanceof Thrown, String(error))
    this.#readLines()

    const waiting = connection.outbox.toArray()
    for (const message of waiting) assert.equal(this.fates[Number(message)], undefined, `${message} waits`)
    const without = this.fates.filter((fate) => fate === undefined).length
    assert.equal(without, waiting.length, "messages without an outcome that do not wait")
    assert.ok(waiting.length <= this.#settings.queueCapacity, `${waiting.length} messages wait`)
    const { queueTtl } = this.#settings
    if (queueTtl !== undefined)
      for (const message of waiting) assert.ok(this.#age(message) <= queueTtl * 1.02, `${message} is old`)

    if (bench.state !== "Ended") return
    assert.deepEqual(waiting, [])
    assert.deepEqual([bench.clock.sleeping, bench.fibers.running], [0, 0], "timers and fibers after the end")
  }

  /** What must hold if nothing but the model determines the time. */
  checkModel(): void {
    const { bench, model } = this
    assert.equal(bench.state, model.tag)
    assert.equal(this.#framesReported.length, this.#framesExpected.length, "frames reported")
    assert.equal(this.#framesReported.at(-1), this.#framesExpected.at(-1), "the last frame reported")
    const retry = model.retry && `${model.retry.attempt} in ${model.retry.delay} after ${model.retry.code}`
    assert.equal(this.#lastRetry, retry ?? "")
    const { queueTtl } = this.#settings
    if (model.deadline === Infinity && queueTtl === undefined && !model.isApplying)
      assert.equal(bench.clock.sleeping, 0, "nothing is to come, and something sleeps")
    const isOpen = model.tag === "Open" && !model.isApplying
    if (isOpen && this.#link?.socket.readyState === WebSocket.OPEN)
      assert.deepEqual(bench.connection.outbox.toArray(), [], "messages wait although the socket is open")
  }

  #hangUp(code: number): void {
    this.#ends(() => this.#link?.hangUp(code))
  }

  #ends(end: () => void): void {
    this.settle()
    this.#reportEnds(end)
  }

  /** Reports to the model the codes with which sockets end. */
  #reportEnds(act: () => void): void {
    const { log } = this.bench.peer
    const before = log.length
    act()
    // Not those of a socket that was replaced.
    for (const entry of log.slice(before))
      if (entry._tag === "Closed" && entry.link === this.#link?.id)
        this.model.ended(entry.code, this.time.now)
  }

  #age(message: string): number {
    return this.time.now - (this.#handedOver[Number(message)] ?? 0)
  }

  #readLines(): void {
    const { lines } = this.bench.recorder
    for (; this.#read < lines.length; this.#read++) {
      const line = lines[this.#read] ?? ""
      const [what = "", of = ""] = line.split(" ")
      this.#grammar += initials[what] ?? ""
      if (what === "sent") this.#isSent(of)
      else if (what === "message") {
        assert.notEqual(of, "late", "a frame of a socket that was left")
        assert.ok(Number(of) > Number(this.#framesReported.at(-1) ?? -1), `frame ${of} is out of order`)
        this.#framesReported.push(of)
      } else if (what === "retry") this.#lastRetry = line.slice("retry ".length)
      else if (what === "dropped") {
        const message = of.replace(":", "")
        this.#settleFate(message, "dropped")
        const { queueTtl = 0 } = this.#settings
        if (line.endsWith("expired"))
          assert.ok(this.#age(message) >= queueTtl, `${message} expired too early`)
      }
      if (this.#linesAtEnd !== undefined && this.#read >= this.#linesAtEnd)
        assert.match(line, /^dropped \d+: closed$/, "a call after the end")
    }
  }

  #isSent(message: string): void {
    this.#settleFate(message, "sent")
    this.sent.push(message)
    if (this.#first.has(message)) return
    assert.ok(Number(message) > this.#lastInTurn, `${message} is sent after ${this.#lastInTurn}`)
    this.#lastInTurn = Number(message)
  }
}

export interface Tally {
  readonly dials: number
  readonly opened: number
  readonly messages: number
  readonly sent: number
  readonly vetoed: number
  readonly taken: number
  readonly dropped: number
  /** Sent at once, without a socket that takes messages: it was not accepted. */
  readonly refused: number
  readonly frames: number
}

/** What a listener throws. */
export class Thrown extends Error {}

/** One letter for a line about a socket. */
const initials: Readonly<Record<string, string>> = {
  dial: "d",
  connecting: "c",
  open: "o",
  close: "x",
  retry: "r",
  failed: "f",
}

/** Of each dial: perhaps a socket, which perhaps opens, and perhaps ends; then perhaps a retry or its failing. */
const grammar = /^(d(co?)?x?[rf]?)*x?$/
