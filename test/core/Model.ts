/** What a connection is to do, as a table of states: no sockets, no fibers, no queue. */
import type { Settings, State } from "../../src/core/Connection.ts"

type Tag = State["_tag"]

/** The outcome of a dial: a socket, none yet, none at all, or an error. */
export type Dialling = "ok" | "waits" | "cancelled" | "failed"

/** What the model reads of its environment. */
export interface World {
  readonly online: () => boolean
  /** Returns the delay of the policy after this number of retries. */
  readonly delay: (retries: number) => number
  /** The delay that the page wants instead. */
  readonly otherDelay: () => number | undefined
  readonly dialling: () => Dialling
  /** Whether frames take time to be applied. */
  readonly applies: () => boolean
  /** How far the date is off. */
  readonly skew: () => number
}

/** A wait for a retry reads the date this often, at least. */
const SLICE = 1000
/** A slice that takes this long means that the machine was suspended. */
const OVERSLEPT = 6000
/** A timer this late means that the page was suspended. */
const LATE = 1000
/** A connection that receives a frame this long after it has opened has worked. */
const GREETING = 1000

export interface Retry {
  readonly attempt: number
  readonly delay: number
  readonly code: number
}

export class Model {
  tag: Tag = "Closed"
  /** The retry that was announced last. */
  retry: Retry | undefined
  /** Whether a socket is still being closed while paused. */
  #hangingUp = false
  /** Whether there is a socket while connecting. */
  #hasSocket = false
  /** The end of a socket whose frames are being applied. */
  #applying: { readonly code: number; readonly hasGreeted: boolean } | undefined
  #attempt = 0
  /** Retries since the backoff last started over, and those of them that count. */
  #steps = 0
  #retries = 0
  /** The codes that connections which had opened have ended with since one worked. */
  readonly #codes = new Set<number>()
  #hasOpened = false
  #openedAt = 0
  #receivedAt = 0
  /** Whether a frame arrived after a second. */
  #hasReceivedLate = false
  /** When the state ends by itself. */
  #deadline: number | undefined
  /** What is left of the wait for a retry, and when its slice began, by the date. */
  #left = 0
  #slice = 0
  #sliceDate = 0
  /** The heartbeat: when it is due, and, while an answer is awaited, what is left of that and which date is due. */
  #beat: { at: number; left?: number; dueDate?: number } | undefined
  /** Sockets that the heartbeat has dropped, one after the other, without a frame between them. */
  #drops = 0
  readonly #settings: Settings
  readonly #world: World

  constructor(settings: Settings, world: World) {
    this.#settings = settings
    this.#world = world
  }

  /** `Infinity` if nothing ends by itself. */
  get deadline(): number {
    return Math.min(this.#deadline ?? Infinity, this.#beat?.at ?? Infinity)
  }

  /** Whether the frames of a socket that has ended are still being applied. */
  get isApplying(): boolean {
    return this.#applying !== undefined
  }

  reconnect(now: number): void {
    if (this.tag === "Ended") return
    if (this.tag === "Open") this.#settle(now)
    this.#startOver()
    this.#dial(0, now)
  }

  close(now: number): void {
    if (this.tag === "Connecting" && !this.#hasSocket) this.#enter("Closed")
    else if (this.tag === "Connecting" || this.tag === "Holding" || this.tag === "Open") {
      this.#hangUp("Closing", now)
    } else if (this.tag === "Paused" && this.#hangingUp) this.tag = "Closing"
    else if (this.tag === "Waiting" || this.tag === "Paused") this.#enter("Closed")
  }

  pause(now: number): void {
    if (this.tag === "Holding" || this.tag === "Open") {
      this.#hangUp("Paused", now)
      this.#hangingUp = true
    } else if (this.tag === "Connecting" || this.tag === "Waiting") this.#enter("Paused")
  }

  resume(now: number): void {
    if (this.tag === "Paused") this.#dial(0, now)
  }

  wake(now: number): void {
    if (this.tag === "Waiting") this.#dial(this.#attempt, now)
  }

  end(): void {
    this.#enter("Ended")
  }

  /** A dial that took time has come to this. */
  dialled(outcome: Exclude<Dialling, "waits">, now: number): void {
    if (this.tag !== "Connecting" || this.#hasSocket) return
    if (outcome === "cancelled") this.#enter("Closed")
    else if (outcome === "failed") this.#end(1006, false, now)
    else {
      this.#hasSocket = true
      this.#deadline = now + this.#settings.connectTimeout
    }
  }

  /** The socket has opened, and the recorder may take time to greet. */
  opened(now: number, takesTime: boolean): void {
    if (this.tag !== "Connecting") return
    this.#enter(takesTime ? "Holding" : "Open")
    this.#openedAt = now
    this.#receivedAt = now
    this.#hasReceivedLate = false
    this.#hasOpened = true
    if (!takesTime) this.#listen()
  }

  /** A greeting that took time is over. */
  greeted(isSuccess: boolean, now: number): void {
    if (this.tag !== "Holding" || this.#applying) return
    if (isSuccess) {
      this.#enter("Open")
      this.#receivedAt = now
      this.#listen()
    } else this.ended(1006, now)
  }

  /** A frame has arrived. Returns whether `onMessage` is to be called with it. */
  frame(now: number): boolean {
    if (this.#applying) return false
    this.#drops = 0
    if (this.tag !== "Open" && this.tag !== "Holding") return false
    this.#receivedAt = now
    this.#hasReceivedLate ||= now - this.#openedAt >= GREETING
    if (this.tag === "Open") this.#listen()
    return true
  }

  /** The socket has ended. */
  ended(code: number, now: number): void {
    const { tag } = this
    const hasSocket = tag === "Connecting" ? this.#hasSocket : tag === "Paused" ? this.#hangingUp : true
    if (this.#applying || !hasSocket || !/^(Connecting|Holding|Open|Closing|Paused)$/.test(tag)) return
    if (this.#hasOpened && this.#world.applies()) {
      this.#applying = { code, hasGreeted: this.tag !== "Holding" }
      this.#deadline = undefined
      this.#beat = undefined
    } else this.#end(code, this.tag !== "Holding", now)
  }

  /** The frames of a socket that has ended are applied. */
  applied(now: number): void {
    if (this.#applying === undefined) return
    const { code, hasGreeted } = this.#applying
    this.#applying = undefined
    this.#end(code, hasGreeted, now)
  }

  /** The time of `deadline` has come. */
  ring(now: number): void {
    if (this.#beat && this.#beat.at < (this.#deadline ?? Infinity)) this.#beats(now)
    else if (this.tag === "Waiting") this.#wakes(now)
    else this.ended(1006, now)
  }

  #end(code: number, hasGreeted: boolean, now: number): void {
    switch (this.tag) {
      case "Connecting":
      case "Holding":
        this.#retry(code, this.#attempt + 1, now)
        break
      case "Open":
        this.#settle(now)
        if (hasGreeted) this.#count(code)
        this.#retry(code, hasGreeted ? 1 : this.#attempt + 1, now)
        break
      case "Closing":
        if (this.#hasOpened && hasGreeted) this.#count(code)
        this.#enter("Closed")
        break
      case "Paused":
        if (this.#hangingUp && hasGreeted) this.#count(code)
        this.#enter("Paused")
        break
      default:
    }
  }

  /** Waits for a frame, from now on. */
  #listen(): void {
    const { heartbeat } = this.#settings
    if (heartbeat) this.#beat = { at: this.#receivedAt + heartbeat.interval }
  }

  #beats(now: number): void {
    const { heartbeat } = this.#settings
    if (!heartbeat || !this.#beat) return
    const { dueDate, left = heartbeat.timeout * this.#patience } = this.#beat
    if (dueDate !== undefined && now + this.#world.skew() > dueDate + LATE) {
      this.#await(heartbeat.timeout * this.#patience, now)
    } else if (dueDate === undefined) this.#await(left, now)
    else if (left > heartbeat.interval) this.#await(left - heartbeat.interval, now)
    else {
      this.#drops++
      this.ended(1006, now)
    }
  }

  #await(left: number, now: number): void {
    const asleep = Math.min(left, this.#settings.heartbeat?.interval ?? left)
    this.#beat = { at: now + asleep, left, dueDate: now + this.#world.skew() + asleep }
  }

  /** How many times longer than usual an answer is awaited. */
  get #patience(): number {
    return Math.min(8, 2 ** Math.max(0, this.#drops - 1))
  }

  #wakes(now: number): void {
    const passed = now + this.#world.skew() - this.#sliceDate
    this.#left -= Math.max(this.#slice, passed)
    if (this.#left <= 0 || passed > OVERSLEPT) this.#dial(this.#attempt, now)
    else this.#sleep(now)
  }

  #sleep(now: number): void {
    this.#slice = Math.max(1, Math.min(this.#left, SLICE))
    this.#sliceDate = now + this.#world.skew()
    this.#deadline = now + this.#slice
  }

  /** Closes the socket. One that has ended already, or whose heart stops, is not waited for. */
  #hangUp(tag: Tag, now: number): void {
    if (this.tag === "Open") this.#settle(now)
    const beat = this.#beat
    const applying = this.#applying
    this.#enter(tag, applying ? undefined : now + this.#settings.closeTimeout)
    this.#beat = beat
    this.#applying = applying
  }

  /** An open connection ends, which may have worked. */
  #settle(now: number): void {
    if (!this.#hasReceivedLate && now - this.#openedAt < this.#settings.reconnectStableAfter) return
    this.#startOver()
    this.#codes.clear()
  }

  /** A connection that had opened has ended with this code. */
  #count(code: number): void {
    if (!this.#codes.has(code)) this.#startOver()
    this.#codes.add(code)
  }

  #dial(attempt: number, now: number): void {
    this.#attempt = attempt
    this.#hasOpened = false
    this.#hasSocket = false
    this.#enter("Connecting")
    const outcome = this.#world.dialling()
    if (outcome !== "waits") this.dialled(outcome, now)
  }

  #retry(code: number, attempt: number, now: number): void {
    const { reconnect, reconnectCodes, reconnectMaxAttempts } = this.#settings
    if (!reconnect || !reconnectCodes.has(code)) this.#enter("Closed")
    else if (this.#retries >= reconnectMaxAttempts) this.#enter("Failed")
    else {
      this.#attempt = attempt
      const delay = this.#world.delay(this.#steps++)
      this.retry = { attempt, delay, code }
      this.#enter("Waiting")
      this.#left = this.#world.otherDelay() ?? delay
      this.#sleep(now)
      if (this.#world.online()) this.#retries++
    }
  }

  #startOver(): void {
    this.#steps = 0
    this.#retries = 0
  }

  #enter(tag: Tag, deadline?: number): void {
    this.tag = tag
    this.#deadline = deadline
    this.#beat = undefined
    this.#applying = undefined
    this.#hangingUp = false
  }
}
