/** What a connection is to do, as a table of states: no sockets, no fibers, no queue. */
import type { Settings, State } from "../../src/core/Connection.ts"

type Tag = State["_tag"]

export class Model {
  tag: Tag = "Closed"
  /** Whether a socket is still being closed while paused. */
  #hangingUp = false
  #attempt = 0
  /** Retries since the backoff last started over, and those of them that count. */
  #steps = 0
  #retries = 0
  /** The codes that connections which had opened have ended with since one worked. */
  readonly #codes = new Set<number>()
  #hasOpened = false
  #openedAt = 0
  #heardAt = 0
  /** Whether a frame has come after a second. */
  #hasHeardLate = false
  /** When the state ends by itself. */
  #deadline: number | undefined
  readonly #settings: Settings
  readonly #online: () => boolean
  readonly #delay: (retries: number) => number

  constructor(settings: Settings, online: () => boolean, delay: (retries: number) => number) {
    this.#settings = settings
    this.#online = online
    this.#delay = delay
  }

  get deadline(): number | undefined {
    return this.tag === "Open" ? this.#silentUntil : this.#deadline
  }

  /** When the heartbeat will have given up an open socket. */
  get #silentUntil(): number | undefined {
    const { heartbeat } = this.#settings
    return heartbeat === undefined ? undefined : this.#heardAt + heartbeat.interval + heartbeat.timeout
  }

  reconnect(now: number): void {
    if (this.tag === "Ended") return
    if (this.tag === "Open") this.#settle(now)
    this.#startOver()
    this.#dial(0, now)
  }

  close(now: number): void {
    if (this.tag === "Connecting") this.#enter("Closing", now + this.#settings.closeTimeout)
    else if (this.tag === "Holding") this.#enter("Closing", now + this.#settings.closeTimeout)
    else if (this.tag === "Open") {
      this.#settle(now)
      this.#enter("Closing", this.#closedAt(now))
    } else if (this.tag === "Paused" && this.#hangingUp) this.tag = "Closing"
    else if (this.tag === "Waiting" || this.tag === "Paused") this.#enter("Closed")
  }

  pause(now: number): void {
    if (this.tag === "Holding") {
      this.#enter("Paused", now + this.#settings.closeTimeout)
      this.#hangingUp = true
    } else if (this.tag === "Open") {
      this.#settle(now)
      this.#enter("Paused", this.#closedAt(now))
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

  /** The socket has opened, and the recorder may take time to greet. */
  opened(now: number, takesTime: boolean): void {
    if (this.tag !== "Connecting") return
    this.#enter(takesTime ? "Holding" : "Open")
    this.#openedAt = now
    this.#heardAt = now
    this.#hasHeardLate = false
    this.#hasOpened = true
  }

  /** A greeting that took time is over. */
  greeted(isSuccess: boolean, now: number): void {
    if (this.tag !== "Holding") return
    if (isSuccess) {
      this.#enter("Open")
      this.#heardAt = now
    } else this.ended(1006, now)
  }

  /** A frame has come; answers whether it is to be told. */
  frame(now: number): boolean {
    if (this.tag !== "Open" && this.tag !== "Holding") return false
    this.#heardAt = now
    this.#hasHeardLate ||= now - this.#openedAt >= 1000
    return true
  }

  /** The socket has ended. */
  ended(code: number, now: number): void {
    switch (this.tag) {
      case "Connecting":
      case "Holding":
        this.#retry(code, this.#attempt + 1, now)
        break
      case "Open":
        this.#settle(now)
        this.#count(code)
        this.#retry(code, 1, now)
        break
      case "Closing":
        if (this.#hasOpened) this.#count(code)
        this.#enter("Closed")
        break
      case "Paused":
        if (this.#hangingUp) this.#count(code)
        this.#enter("Paused")
        break
      default:
    }
  }

  /** The time of `deadline` has come. */
  ring(now: number): void {
    if (this.tag === "Waiting") this.#dial(this.#attempt, now)
    else this.ended(1006, now)
  }

  /** When a socket is given up that has been open, and is being closed: its heart is still listened to. */
  #closedAt(now: number): number {
    return Math.min(now + this.#settings.closeTimeout, this.#silentUntil ?? Number.POSITIVE_INFINITY)
  }

  /** An open connection ends, which may have worked. */
  #settle(now: number): void {
    if (!this.#hasHeardLate && now - this.#openedAt < this.#settings.reconnectStableAfter) return
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
    this.#enter("Connecting", now + this.#settings.connectTimeout)
  }

  #retry(code: number, attempt: number, now: number): void {
    const { reconnect, reconnectCodes, reconnectMaxAttempts } = this.#settings
    if (!reconnect || !reconnectCodes.has(code)) this.#enter("Closed")
    else if (this.#retries >= reconnectMaxAttempts) this.#enter("Failed")
    else {
      this.#attempt = attempt
      this.#enter("Waiting", now + this.#delay(this.#steps++))
      if (this.#online()) this.#retries++
    }
  }

  #startOver(): void {
    this.#steps = 0
    this.#retries = 0
  }

  #enter(tag: Tag, deadline?: number): void {
    this.tag = tag
    this.#deadline = deadline
    this.#hangingUp = false
  }
}
