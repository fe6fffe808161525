import { describe, expect, test } from "vitest"
import { onBoth, shared } from "../../kit/onBoth.ts"
import type { Page } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send><input name="n" value="1"></form></div>`

const circular = () => {
  const object: Record<string, unknown> = { name: "x" }
  object.self = object
  return object
}

const fail = (): never => {
  throw new Error("unreadable")
}

const unreadable = {
  get secret() {
    return fail()
  },
}

onBoth((open) => {
  describe("send takes", () => {
    const opened = shared(() => open())
    test.each([
      ["a string", () => "text"],
      ["an empty string", () => ""],
      ["an ArrayBuffer", () => new ArrayBuffer(2)],
      ["a typed array", () => new Uint8Array([1, 2])],
      ["a DataView", () => new DataView(new ArrayBuffer(2))],
      ["a Blob of the page", (page: Page) => new page.window.Blob(["x"])],
      ["a Blob of elsewhere", () => new Blob(["x"])],
      ["a File", (page: Page) => new page.window.File(["x"], "x.txt")],
      ["an ArrayBuffer of the page", (page: Page) => page.window.eval("new ArrayBuffer(2)")],
    ])("%s", (_, make) => {
      const page = opened()
      page.add(body)
      page.socket.open()
      const payload = make(page) as string
      page.wrapper().send(payload, page.$("#f"))
      page.wrapper().sendImmediately(payload)
      expect(page.socket.sent).toEqual([payload, payload])
      expect(page.socket.sent[0]).toBe(payload)
      expect(page.last("wsAfterSend").message).toBe(payload)
    })
  })

  describe("send takes, as its text,", () => {
    const opened = shared(() => open())
    test.each<[title: string, make: (page: Page) => unknown, text: string]>([
      ["a number", () => 42, "42"],
      ["zero", () => 0, "0"],
      ["a boolean", () => false, "false"],
      ["a String", () => new String("boxed"), "boxed"],
      ["URLSearchParams", (page) => new page.window.URLSearchParams("a=1&b=x y"), "a=1&b=x+y"],
    ])("%s, and events have the given value", (_, make, text) => {
      const page = opened()
      page.add(body)
      const payload = make(page) as string
      page.wrapper().send(payload, page.$("#f"))
      expect(page.wrapper().queue[0]?.message).toBe(payload)
      page.socket.open()
      page.wrapper().send(payload)
      page.wrapper().sendImmediately(payload)
      expect(page.socket.sent).toEqual([text, text, text])
      expect(page.last("wsBeforeSend").message).toBe(payload)
      expect(page.last("wsAfterSend").message).toBe(payload)
      expect(page.all("wsError")).toEqual([])
    })
  })

  describe("send refuses, with a sentence that names the type,", () => {
    const opened = shared(() => open())
    const kinds: ReadonlyArray<[title: string, make: () => unknown, kind: RegExp]> = [
      ["nothing", () => undefined, /undefined/i],
      ["null", () => null, /null/i],
      ["a function", () => () => 1, /function/i],
      ["an object", () => ({ a: 1 }), /object/i],
      ["an array", () => [1], /array/i],
      ["a symbol", () => Symbol("s"), /symbol/i],
      ["a circular object", circular, /object/i],
    ]
    test.each(
      (["open", "connecting"] as const).flatMap((state) =>
        kinds.map(([title, make, kind]) => ({ title, make, kind, state })),
      ),
    )("$title, on a socket that is $state", ({ kind, make, state }) => {
      const page = opened()
      page.add(body)
      if (state === "open") page.socket.open()
      const wrapper = page.wrapper()
      wrapper.send("before")
      wrapper.send(make() as never, page.$("#f"))
      wrapper.send(make() as never)
      wrapper.sendImmediately(make() as never)
      wrapper.send("after")
      if (state === "connecting") page.socket.open()
      expect(page.socket.sent).toEqual(["before", "after"])
      const errors = page.all("wsError")
      expect(errors.map(({ on }) => on.id)).toEqual(["f", "c", "c"])
      for (const { detail } of errors) {
        expect(String(detail.error)).toMatch(kind)
        expect(String(detail.error)).toMatch(/string.*Blob.*ArrayBuffer/)
      }
      expect(page.console).toHaveLength(3)
      expect(page.console.join()).not.toContain("[object")
    })
  })

  describe("a form is refused that has", () => {
    const cases: ReadonlyArray<
      [title: string, change: (detail: Record<string, unknown>) => void, sentence: RegExp]
    > = [
      ["a bigint", (detail) => Object.assign(detail.parameters as object, { big: 1n }), /\bbig\b.*bigint/],
      [
        "a circular object",
        (detail) => Object.assign(detail.parameters as object, { loop: circular() }),
        /loop\.self.*itself/,
      ],
      [
        "a bigint deep inside",
        (detail) => Object.assign(detail.parameters as object, { a: { b: [0, 1n] } }),
        /a\.b\.1.*bigint/,
      ],
      [
        "parameters that are no record",
        (detail) => Object.assign(detail, { parameters: 5, headers: null }),
        /./,
      ],
      [
        "headers that contain themselves",
        (detail) => Object.assign(detail, { headers: circular() }),
        /HEADERS.*itself/,
      ],
      ["a message body that is null", (detail) => Object.assign(detail, { messageBody: null }), /null/i],
      [
        "a message body that is an object",
        (detail) => Object.assign(detail, { messageBody: { a: 1 } }),
        /object/i,
      ],
      ...["parameters", "headers"].map((name): (typeof cases)[number] => [
        `${name} that cannot be read`,
        (detail) => Object.assign(detail, { [name]: unreadable }),
        /reading the message throws|HEADERS\.secret cannot be read/,
      ]),
      [
        "a message body that cannot be read",
        (detail) => Object.assign(detail, { messageBody: new Proxy({}, { get: fail }) }),
        /reading the message throws/,
      ],
    ]
    test.each(cases)("%s", async (title, change, sentence) => {
      using page = await open({ body })
      page.socket.open()
      page.submit("#f")
      let bad = true
      page.on("wsConfigSend", ({ detail }) => {
        if (bad) change(detail)
      })
      page.submit("#f")
      bad = false
      page.submit("#f")
      if (title === "parameters that are no record") {
        expect(page.socket.sent.filter((data) => !/^\{"n":"1"/.test(String(data)) && data !== "{}")).toEqual(
          [],
        )
        return
      }
      expect(page.json.map(({ n }) => n)).toEqual(["1", "1"])
      expect(page.all("wsError").map(({ on }) => on.id)).toEqual(["f"])
      expect(String(page.last("wsError").error)).toMatch(sentence)
      expect(page.console).toEqual([expect.stringMatching(sentence)])
    })
  })

  test("values that JSON omits are omitted from a form: functions, symbols, undefined", async () => {
    using page = await open({ body })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => {
      Object.assign(detail.parameters as object, {
        f: () => 1,
        s: Symbol("s"),
        u: undefined,
        deep: { f: () => 1, list: [() => 1, Symbol("s")] },
      })
      Object.assign(detail, { headers: { "X-A": "a", "X-F": () => 1 } })
    })
    page.submit("#f")
    expect(page.json).toEqual([{ n: "1", deep: { list: [null, null] }, HEADERS: { "X-A": "a" } }])
    expect(page.all("wsError")).toEqual([])
  })

  test("values that have JSON are written: dates, nested records, objects with a toJSON", async () => {
    using page = await open({ body })
    page.socket.open()
    const date = new Date(0)
    page.on("wsConfigSend", ({ detail }) => {
      Object.assign(detail, {
        headers: null,
        parameters: { date, deep: { list: [1, null, { a: true }] }, twice: [date, date] },
      })
    })
    page.submit("#f")
    const iso = "1970-01-01T00:00:00.000Z"
    expect(page.json).toEqual([{ date: iso, deep: { list: [1, null, { a: true }] }, twice: [iso, iso] }])
  })

  test.each<[unknown, unknown]>([
    [7, "7"],
    [false, "false"],
    [new URLSearchParams("a=1"), "a=1"],
  ])("a message body may be %s", async (messageBody, text) => {
    using page = await open({ body })
    page.socket.open()
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { messageBody }))
    page.submit("#f")
    expect(page.socket.sent).toEqual([text])
  })

  test("a message body may be binary", async () => {
    using page = await open({ body })
    page.socket.open()
    const messageBody = new Uint8Array([1, 2, 3])
    page.on("wsConfigSend", ({ detail }) => Object.assign(detail, { messageBody }))
    page.submit("#f")
    expect(page.socket.sent).toEqual([messageBody])
  })
})
