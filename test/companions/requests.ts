/** A request of a page, which the test answers. */
export interface Request {
  readonly verb: string
  readonly path: string
  /** The values in its body or its query, in order. */
  readonly values: ReadonlyArray<readonly [name: string, value: unknown]>
  readonly headers: Readonly<Record<string, string>>
  readonly isAborted: boolean
  /** Answers it, and lets everything happen that follows. */
  answer(html: string, headers?: Readonly<Record<string, string>>, status?: number): Promise<void>
  /** Has it fail as without a network. */
  fail(): Promise<void>
}

const valuesOf = (path: string, body: unknown): Request["values"] =>
  Array.from(
    typeof body === "object" && body !== null
      ? (body as URLSearchParams)
      : new URLSearchParams(String(body ?? path.split("?")[1] ?? "")),
  )

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
}

/** Has the requests of a page come to the test, in order: those of htmx 1.9 and 2 by XMLHttpRequest, of 4 by fetch. */
export const interceptRequests = (page: { readonly window: object }): ReadonlyArray<Request> => {
  const requests: Array<Request> = []
  class XMLHttpRequest {
    readonly upload = { addEventListener() {} }
    readonly #headers: Record<string, string> = {}
    #given: Readonly<Record<string, string>> = {}
    status = 0
    response = ""
    responseText = ""
    responseURL = ""
    isAborted = false
    onload?: () => void
    onerror?: () => void
    onabort?: () => void
    #isOver = false
    #verb = ""
    #path = ""
    open(verb: string, path: string) {
      this.#verb = verb
      this.#path = path
    }
    overrideMimeType() {}
    addEventListener() {}
    setRequestHeader(name: string, value: string) {
      this.#headers[name] = value
    }
    getAllResponseHeaders() {
      return Object.entries(this.#given)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")
    }
    getResponseHeader(name: string) {
      return this.#given[name] ?? null
    }
    abort() {
      if (this.#isOver) return
      this.#isOver = true
      this.isAborted = true
      this.onabort?.()
    }
    send(body: unknown) {
      const self = this
      requests.push({
        verb: this.#verb,
        path: this.#path,
        values: valuesOf(this.#path, body),
        headers: this.#headers,
        get isAborted() {
          return self.isAborted
        },
        async answer(html, headers = {}, status = 200) {
          self.#given = headers
          self.status = status
          self.response = self.responseText = html
          self.#isOver = true
          self.onload?.()
          await settle()
        },
        async fail() {
          self.#isOver = true
          self.onerror?.()
          await settle()
        },
      })
    }
  }
  const fetch = (
    path: string,
    {
      body,
      headers,
      method,
      signal,
    }: { body: unknown; headers: Record<string, string>; method: string; signal: AbortSignal },
  ) =>
    new Promise((resolve, reject) => {
      const { DOMException, Headers = globalThis.Headers } = page.window as unknown as typeof globalThis
      signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")))
      requests.push({
        verb: method,
        path,
        values: valuesOf(path, body),
        headers,
        get isAborted() {
          return signal.aborted
        },
        async answer(html, given = {}, status = 200) {
          resolve({ status, headers: new Headers(given), text: async () => html, url: path })
          await settle()
        },
        async fail() {
          reject(new TypeError("Failed to fetch"))
          await settle()
        },
      })
    })
  Object.assign(page.window, { XMLHttpRequest, fetch })
  return requests
}
