/** A session of W3C WebDriver: its commands, one after the other, each to the window that it is for. */
/** The error that WebDriver answers a command with. */
export class WebDriverError extends Error {
  readonly error: string

  constructor(error: string, message: string) {
    super(`${error}: ${message}`)
    this.name = "WebDriverError"
    this.error = error
  }
}

export class Session {
  readonly #url: string
  /** The window that commands go to. */
  #window = ""
  /** The end of the command before. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(url: string) {
    this.#url = url
  }

  /** Sends a command to a window, after those before it. */
  in<A>(window: string, method: string, path: string, body: object = {}): Promise<A> {
    return this.#inTurn(async () => {
      if (this.#window !== window) {
        this.#window = ""
        await request(this.#url, "POST", "/window", { handle: window })
        this.#window = window
      }
      return request(this.#url, method, path, body)
    })
  }

  /** Opens a window from the first one, which stays: without any, the session would end. */
  newWindow(): Promise<{ readonly handle: string }> {
    return this.#inTurn(async () => {
      const [first] = await request(this.#url, "GET", "/window/handles", {})
      await request(this.#url, "POST", "/window", { handle: first })
      const made = await request(this.#url, "POST", "/window/new", { type: "window" })
      this.#window = first
      return made
    })
  }

  #inTurn<A>(run: () => Promise<A>): Promise<A> {
    const next = this.#last.then(run, run)
    this.#last = next
    return next
  }
}

export const request = async (url: string, method: string, path: string, body: object) => {
  const response = await fetch(url + path, {
    method,
    ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
  })
  const { value } = (await response.json()) as { value: any }
  if (!response.ok) throw new WebDriverError(value.error, value.message)
  return value
}
