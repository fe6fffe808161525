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
  /** With what code the last connection ended that had opened. */
  #lastCode: number | undefined
  #openedAt = 0
  #heardAt = 0
  #frames = 0
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
    this.#startOver()
    this.#dial(0, now)
  }

  close(now: number): void {
    if (this.tag === "Connecting") this.#enter("Closing", now + this.#settings.closeTimeout)
    else if (this.tag === "Holding") this.#enter("Closing", now + this.#settings.closeTimeout)
    else if (this.tag === "Open") this.#enter("Closing", this.#closedAt(now))
    else if (this.tag === "Paused" && this.#hangingUp) this.tag = "Closing"
    else if (this.tag === "Waiting" || this.tag === "Paused") this.#enter("Closed")
  }

  pause(now: number): void {
    if (this.tag === "Holding") {
      this.#enter("Paused", now + this.#settings.closeTimeout)
      this.#hangingUp = true
    } else if (this.tag === "Open") {
      if (this.#worked(now)) this.#startOver()
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
    this.#frames = 0
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
    this.#frames++
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
        if (this.#worked(now) || code !== this.#lastCode) this.#startOver()
        this.#lastCode = code
        this.#retry(code, 1, now)
        break
      case "Closing":
        this.#enter("Closed")
        break
      case "Paused":
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

  #worked(now: number): boolean {
    return this.#frames > 0 || now - this.#openedAt >= this.#settings.reconnectStableAfter
  }

  #dial(attempt: number, now: number): void {
    this.#attempt = attempt
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
