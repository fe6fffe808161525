import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as Backoff from "../../src/core/Backoff.ts"
import { abandoned } from "../../src/core/dial.ts"
import * as Settings from "../../src/htmx/Settings.ts"
import { parts } from "../setup/parts.ts"
import { onBoth } from "./kit/onBoth.ts"
import type { Page } from "./kit/openPage.ts"

const defaults: Settings.Defaults = {
  reconnectDelay: 1000,
  reconnectMaxDelay: 64_000,
  reconnectJitter: "full",
  pauseOnBackground: false,
  queueCapacity: 1000,
}

const read = (...values: ReadonlyArray<unknown>) => {
  const sentences: Array<string> = []
  const sources = values.map((value, index) => ({ name: `source ${index}`, value }))
  const settings = Settings.resolve(sources, defaults, (sentence) => void sentences.push(sentence))
  return { settings, sentences }
}

/** Settings but for the policy, which is a function. */
const flat = ({ settings }: ReturnType<typeof read>): Record<string, unknown> => {
  const { reconnectPolicy, ...others } = settings
  return others
}

const delays = ({ settings }: ReturnType<typeof read>, count: number): Array<number | undefined> => {
  const { next } = Backoff.make(
    { reconnectPolicy: settings.reconnectPolicy, reconnectMaxAttempts: Number.POSITIVE_INFINITY },
    () => true,
  )
  return Array.from({ length: count }, () => {
    const result = Effect.runSync(Effect.result(next(abandoned(""))))
    return Result.isSuccess(result) ? result.success : undefined
  })
}

/** Each setting: what may be given, as what it is read, and what may not. */
const table: Record<
  string,
  { readonly good: ReadonlyArray<readonly [unknown, unknown]>; readonly bad: ReadonlyArray<unknown> }
> = {
  reconnect: {
    good: [
      [true, true],
      [false, false],
      ["false", false],
      ["true", true],
      [0, false],
      [null, false],
    ],
    bad: ["yes", 1, {}, []],
  },
  reconnectCodes: {
    good: [
      [[1006, 4000], new Set([1006, 4000])],
      ["1006, 4000", new Set([1006, 4000])],
      ["1006 4000", new Set([1006, 4000])],
      [["1006"], new Set([1006])],
      [1006, new Set([1006])],
      [[], new Set()],
    ],
    bad: ["all", [1.5], [null, "x"], true, {}, 99_999, [-1], [1006, 999], [5000], "1006, 0"],
  },
  reconnectMaxAttempts: {
    good: [
      [0, 0],
      [3, 3],
      ["3", 3],
      [-1, 0],
      [null, 0],
      [false, 0],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
    bad: [1.5, "many", true, Number.NaN],
  },
  queueCapacity: {
    good: [
      [0, 0],
      ["10", 10],
      [-1, 0],
      [null, 0],
      [false, 0],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
    bad: [0.5, "many", true, Number.NaN, []],
  },
  queueOverflow: {
    good: [
      ["reject", "reject"],
      ["drop-oldest", "drop-oldest"],
    ],
    bad: ["drop", true, 1, null],
  },
  queueTtl: {
    good: [
      ["5s", 5000],
      [false, undefined],
      ["false", undefined],
      [0, undefined],
      [null, undefined],
    ],
    bad: [true, "soon", -1, 0.5],
  },
  reconnectStableAfter: {
    good: [
      [10, 10],
      ["2m", 120_000],
    ],
    bad: [true, "x", null, -5],
  },
  connectTimeout: {
    good: [
      [10, 10],
      ["1.5s", 1500],
    ],
    bad: ["5 bananas", {}, Number.NaN, -1, 0, 0.0001, "0", false],
  },
  heartbeat: {
    good: [
      [0, undefined],
      ["0", undefined],
      [null, undefined],
    ],
    bad: [true, "soon", -1, 0.0001, "0.5ms", ".0001s"],
  },
  heartbeatTimeout: {
    good: [[1, 1]],
    bad: ["soon", -1, 0, 0.5, "0s", false],
  },
  closeTimeout: {
    good: [
      [0, 0],
      ["1h", 3_600_000],
    ],
    bad: ["", [], null],
  },
  waitTimeout: {
    good: [
      ["5 seconds", 5000],
      [Duration.seconds(2), 2000],
    ],
    bad: ["-5s", "-5 seconds", true],
  },
  pauseOnBackground: {
    good: [
      [true, 0],
      [false, false],
      ["true", 0],
      ["5s", 5000],
      [0, false],
      [null, false],
    ],
    bad: ["never", {}],
  },
  protocols: {
    good: [
      [
        ["a", "b"],
        ["a", "b"],
      ],
      ["a, b", ["a", "b"]],
      ["a b", ["a", "b"]],
      [[], []],
    ],
    bad: [5, [1], {}, true, ["a b"], ["a", "b", "a"], "a, a", [""], ["ä"], ["a/b"], ["a\n"]],
  },
  binaryType: {
    good: [
      ["blob", "blob"],
      ["arraybuffer", "arraybuffer"],
    ],
    bad: ["text", 1, null],
  },
  selfOnly: {
    good: [
      [true, true],
      ["true", true],
      [false, false],
      [null, false],
    ],
    bad: [1, "self"],
  },
  batch: {
    good: [
      [true, true],
      ["true", true],
      [false, false],
      [null, false],
    ],
    bad: [1, "some"],
  },
}

const cases = <A>(pick: (entry: (typeof table)[string]) => ReadonlyArray<A>) =>
  Object.entries(table).flatMap(([key, entry]) => pick(entry).map((value) => [key, value] as const))

describe("a valid setting is read", () => {
  test.each(cases(({ good }) => good))("%s: %o", (key, [written, expected]) => {
    const result = read({ [key]: written })
    expect(result.sentences).toEqual([])
    expect(flat(result)).toEqual({ ...flat(read()), [key]: expected })
  })

  test.each(
    cases(({ good }) =>
      good.filter(([written]) => JSON.stringify(written) !== "null" && typeof written !== "object"),
    ),
  )("%s in an attribute: %o", (key, [written, expected]) => {
    for (const text of [
      `${key}:${written}`,
      `${key}: "${written}"`,
      `${key}:'${written}'`,
      JSON.stringify({ [key]: String(written) }),
    ]) {
      // Blanks and commas are for quotation marks.
      if (/[ ,]/.test(String(written)) && text === `${key}:${written}`) continue
      const result = read(text)
      expect([text, result.sentences]).toEqual([text, []])
      expect(flat(result)).toEqual({ ...flat(read()), [key]: expected })
    }
  })

  test.each([
    [500, 500],
    ["500", 500],
    ["500ms", 500],
    [" 5s ", 5000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    [".5s", 500],
    ["5 seconds", 5000],
    ["1 minute", 60_000],
    [Duration.minutes(1), 60_000],
    [0, 0],
  ])("a duration: %j is %d ms", (written, expected) => {
    expect(read({ closeTimeout: written }).settings.closeTimeout).toBe(expected)
  })

  test("the heartbeat, with its message and its timeout", () => {
    expect(read({ heartbeat: "25s" }).settings.heartbeat).toEqual({
      interval: 25_000,
      timeout: 10_000,
      message: `{"type":"ping"}`,
    })
    expect(
      read({ heartbeat: 5, heartbeatMessage: { a: 1 }, heartbeatTimeout: "1s" }).settings.heartbeat,
    ).toEqual({ interval: 5, timeout: 1000, message: `{"a":1}` })
    expect(read({ heartbeat: 5, heartbeatMessage: "hey" }).settings.heartbeat?.message).toBe("hey")
    for (const heartbeat of [false, "false", undefined, 0]) {
      expect(read({ heartbeat, heartbeatMessage: "x" }).settings.heartbeat).toBeUndefined()
    }
  })

  test.each<[unknown, unknown]>([
    [5, "5"],
    [true, "true"],
    ["", ""],
    [[1, { a: 2 }], `[1,{"a":2}]`],
    [{ toJSON: () => ({ at: 1 }) }, `{"at":1}`],
    ...[new Uint8Array([1, 2]), new Uint8Array([1, 2]).buffer, new Blob(["ping"])].map(
      (binary): [unknown, unknown] => [binary, binary],
    ),
  ])("the message of the heartbeat: %o", (written, expected) => {
    const { sentences, settings } = read({ heartbeat: 5, heartbeatMessage: written })
    expect([settings.heartbeat?.message, sentences]).toEqual([expected, []])
    if (typeof expected === "object") expect(settings.heartbeat?.message).toBe(expected)
  })

  test.each([
    () => "ping",
    Symbol("ping"),
    1n,
    new Map([["type", "ping"]]),
    Promise.resolve("ping"),
    new Uint8Array(new SharedArrayBuffer(2)),
    { toJSON: () => undefined },
    { big: 1n },
  ])("%o is no message of a heartbeat: it is reported, and the default is sent", (written) => {
    const { sentences, settings } = read({ heartbeat: 5, heartbeatMessage: written })
    expect(settings.heartbeat?.message).toBe(`{"type":"ping"}`)
    expect(sentences).toEqual([expect.stringMatching(/heartbeatMessage was ignored: .* expected a message/)])
  })

  test("the name that htmx 4 has for the capacity", () => {
    expect(read({ maxOutgoingMessagesQueueSize: 7 }).settings.queueCapacity).toBe(7)
  })
})

describe("an invalid setting", () => {
  test.each(cases(({ bad }) => bad))(
    "%s: %o is reported in one sentence, and the default is used",
    (key, written) => {
      const result = read({ [key]: written })
      expect(result.sentences).toHaveLength(1)
      expect(result.sentences[0]).toContain(key)
      expect(result.sentences[0]).toContain("source 0")
      expect(result.sentences[0]).toMatch(/expected/)
      expect(result.sentences[0]).not.toContain("[object")
      expect(flat(result)).toEqual(flat(read()))
    },
  )

  test("keeps the value of another source, and the settings beside it", () => {
    const result = read({ queueCapacity: 5, selfOnly: true }, { queueCapacity: "lots", connectTimeout: 1 })
    expect(result.sentences).toHaveLength(1)
    expect(flat(result)).toMatchObject({ queueCapacity: 5, selfOnly: true, connectTimeout: 1 })
  })

  test.each(["rubbish", 42, true, `{"broken": `, "{"])(
    "that is no object is reported in one sentence: %j",
    (written) => {
      const result = read(written)
      expect(result.sentences).toHaveLength(1)
      expect(flat(result)).toEqual(flat(read()))
    },
  )

  test("is reported if its name is unknown", () => {
    expect(read({ reconect: true }).sentences).toEqual([expect.stringContaining("reconect")])
    expect(read({ constructor: 1, toString: 2 }).sentences).toHaveLength(2)
  })

  test.each(parts(4))("never throws, whatever its value, %s", () => {
    const key = fc.constantFrom(...Object.keys(Settings.decoders), "other")
    const value = fc.anything({
      withDate: true,
      withBigInt: true,
      withNullPrototype: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(fc.dictionary(key, value), (given) => {
        const result = read(given)
        expect(result.sentences.length).toBeLessThanOrEqual(Object.keys(given).length)
        expect(Object.keys(flat(result))).toEqual(Object.keys(flat(read())))
      }),
      { numRuns: 125 },
    )
  })

  test.each([
    ["digits", `reconnectDelay:${"1".repeat(50_000)}x`],
    ["a word", "a".repeat(50_000)],
    ["opening brackets", "a:[ ".repeat(50_000)],
    ["spaces", `a${" ".repeat(50_000)}b`],
    ["keys without a value", "a: ".repeat(20_000)],
  ])("is read in linear time: %s", (_, text) => {
    expect(read(text).sentences).not.toEqual([])
  })

  test("never throws, whatever the text of an attribute", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `{${text}`),
        ),
        (text) => void read(text),
      ),
    )
  })
})

describe("sources", () => {
  test("the later source wins, setting by setting", () => {
    const result = read(
      { queueCapacity: 1, selfOnly: true },
      { queueCapacity: 2 },
      { queueCapacity: undefined },
    )
    expect(flat(result)).toMatchObject({ queueCapacity: 2, selfOnly: true })
  })

  test("the order of settings makes no difference", () => {
    const entry = fc.constantFrom(
      ...cases(({ good }) => good).map(([key, [written]]) => [key, written] as const),
    )
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ([key]) => key }), (entries) => {
        const together = read(Object.fromEntries(entries))
        const apart = read(...entries.toReversed().map(([key, written]) => ({ [key]: written })))
        expect(flat(together)).toEqual(flat(apart))
      }),
    )
  })
})

describe("the policy", () => {
  const noJitter = { reconnectJitter: 0 }
  test.each<[string, unknown, ReadonlyArray<number | undefined>]>([
    ["exponential from a second to 64", noJitter, [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000]],
    ["its base", { ...noJitter, reconnectDelay: "100ms" }, [100, 200, 400]],
    ["its factor", { ...noJitter, reconnectDelay: 100, reconnectFactor: 3 }, [100, 300, 900]],
    ["a factor of one", { ...noJitter, reconnectDelay: 100, reconnectFactor: 1 }, [100, 100, 100]],
    ["its bound", { ...noJitter, reconnectDelay: 100, reconnectMaxDelay: 150 }, [100, 150, 150]],
    ["a function", { reconnectDelay: (count: number) => count * 7 }, [0, 7, 14]],
    ["a Schedule", { reconnectDelay: Schedule.spaced("3 seconds") }, [3000, 3000]],
    [
      "a Schedule that ends",
      { reconnectDelay: Schedule.max([Schedule.spaced(5), Schedule.recurs(2)]) },
      [5, 5, undefined],
    ],
  ])("is %s", (_, given, expected) => {
    expect(delays(read(given), expected.length)).toEqual(expected)
  })

  test.each([
    [0.3, 0.7, 1.3],
    ["0.5", 0.5, 1.5],
    [1, 0, 2],
    ["full", 0, 1],
  ])("has delays within the bounds of a jitter of %j", (reconnectJitter, low, high) => {
    for (let times = 0; times < 50; times++) {
      const [delay = Number.NaN] = delays(read({ reconnectJitter }), 1)
      expect(delay).toBeGreaterThanOrEqual(1000 * low - 1e-9)
      expect(delay).toBeLessThanOrEqual(1000 * high + 1e-9)
    }
  })

  test("is reported if it is invalid", () => {
    for (const given of [
      { reconnectJitter: 2 },
      { reconnectJitter: "some" },
      { reconnectFactor: 0.5 },
      { reconnectDelay: {} },
      { reconnectMaxDelay: "x" },
    ]) {
      expect(read(given).sentences).toHaveLength(1)
    }
  })

  test("of htmx.config.wsReconnectDelay is constant for a duration", () => {
    for (const value of [200, "200ms", Duration.millis(200)]) {
      expect(delays(read(Settings.ofReconnectDelay(value)), 3)).toEqual([200, 200, 200])
    }
  })

  test("of htmx.config.wsReconnectDelay may be a Schedule, or settings", () => {
    expect(delays(read(Settings.ofReconnectDelay(Schedule.spaced(9))), 2)).toEqual([9, 9])
    expect(delays(read(Settings.ofReconnectDelay({ reconnectDelay: 5, reconnectJitter: 0 })), 2)).toEqual([
      5, 10,
    ])
  })
})

const decode = (page: Page, selector: string): number => {
  const element = page.$(selector)
  const { socketWrapper } = page.ws.find(({ on }) => on === element)?.detail ?? page.last("wsConfigConnect")
  const { length } = socketWrapper.queue
  for (let n = 0; n < 10; n++) socketWrapper.send(String(n))
  const capacity = socketWrapper.queue.length - length
  socketWrapper.queue.length = 0
  return capacity
}

onBoth((open) => {
  describe("settings come from", () => {
    test("htmx.config.ws", async () => {
      using page = await open({
        body: `<i id="c" ws-connect="/ws"></i>`,
        before: ({ htmx: { config } }) => void Object.assign(config, { ws: { queueCapacity: 3 } }),
      })
      expect(decode(page, "#c")).toBe(3)
    })

    test("the meta element of htmx's configuration", async () => {
      using page = await open({
        head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 3}}'>`,
        body: `<i id="c" ws-connect="/ws"></i>`,
      })
      expect(decode(page, "#c")).toBe(3)
    })

    test.each([
      `{"queueCapacity": 3}`,
      `queueCapacity:3`,
      ` queueCapacity: 3, selfOnly:true `,
      `queueCapacity:'3'`,
    ])("ws-config=%j", async (text) => {
      for (const attribute of ["ws-config", "data-ws-config"]) {
        using page = await open()
        const element = page.document.createElement("div")
        element.id = "c"
        element.setAttribute("ws-connect", "/ws")
        element.setAttribute(attribute, text)
        page.document.body.append(element)
        page.htmx.process(element)
        expect([decode(page, "#c"), page.console.filter((line) => !line.includes("selfOnly"))]).toEqual([
          3,
          [],
        ])
      }
    })

    test("the nearest element that has them, setting by setting", async () => {
      using page = await open({
        head: `<meta name="htmx-config" content='{"ws": {"queueCapacity": 1, "reconnect": false}}'>`,
        on: `hx-ext="ws" ws-config="queueCapacity:2"`,
        body: `<i id="a" ws-connect="/a"></i><div ws-config="queueCapacity:3"><i id="b" ws-connect="/b"></i><i id="c" ws-connect="/c" ws-config="queueCapacity:4"></i></div>`,
      })
      expect([decode(page, "#a"), decode(page, "#b"), decode(page, "#c")]).toEqual([2, 3, 4])
      page.socket.open().drop()
      page.advance(100_000)
      expect(page.sockets).toHaveLength(3)
    })

    test("the default if the given value is invalid", async () => {
      using page = await open({ body: `<i id="c" ws-connect="/ws" ws-config="queueCapacity:lots"></i>` })
      expect(decode(page, "#c")).toBe(10)
      expect(page.console).toHaveLength(1)
    })

    test("the sentence names the element that has the setting", async () => {
      using page = await open({ body: `<i id="c" ws-connect="/ws" ws-config="queueCapacity:lots"></i>` })
      expect(page.console[0]).toMatch(/ws-config.*<i id="c".*queueCapacity.*lots.*whole number/)
    })
  })

  describe("selfOnly refuses", () => {
    test.each([
      ["ws://page.test:8080/ws", true],
      ["/ws", true],
      ["ws://other.test/ws", false],
      ["ws://page.test/ws", false],
      ["//page.test:9999/ws", false],
    ])("%s: %s", async (url, allowed) => {
      using page = await open({ body: `<i id="c" ws-connect="${url}" ws-config="selfOnly:true"></i>` })
      expect(page.sockets).toHaveLength(allowed ? 1 : 0)
      if (!allowed) {
        expect(page.events).toEqual(["wsConfigConnect #c", "wsError #c"])
        expect(page.console).toEqual([expect.stringMatching(/selfOnly allows only page\.test:8080/)])
      }
    })

    test("also a URL that a listener has set", async () => {
      using page = await open({
        body: `<i id="c" ws-connect="/ws" ws-config="selfOnly:true"></i>`,
        after: ({ document }) =>
          document.addEventListener("htmx:wsConfigConnect", (event) =>
            Object.assign((event as CustomEvent).detail, { url: "ws://evil.test/" }),
          ),
      })
      expect([page.sockets.length, page.events]).toEqual([0, ["wsConfigConnect #c", "wsError #c"]])
    })
  })
})

test("settings that a page may change are read again only if they have changed", () => {
  let count = 0
  const decode = Settings.memoized((value, name: string) => {
    count++
    return Settings.resolve([{ name, value }], defaults, () => {})
  })
  const config: Record<string, unknown> = { reconnectCodes: [1006], reconnectDelay: 500 }
  const read = (fields: object = config) => decode(fields, "the page")
  const first = read()
  expect([read(), read({ ...config, reconnectCodes: [1006] }), count]).toEqual([first, first, 1])
  ;(config.reconnectCodes as Array<number>).push(1012)
  expect([...read().reconnectCodes, count]).toEqual([1006, 1012, 2])
  config.queueCapacity = 5
  expect([read().queueCapacity, count]).toEqual([5, 3])
  // A list of one is not what is in it, and an object may have changed inside.
  read({ reconnectDelay: 500 })
  read({ reconnectDelay: [500] })
  expect(count).toBe(5)
  const message = { heartbeatMessage: { type: "ping" }, heartbeat: 1000 }
  expect(read(message).heartbeat?.message).toBe('{"type":"ping"}')
  message.heartbeatMessage.type = "still there?"
  expect(read(message).heartbeat?.message).toBe('{"type":"still there?"}')
})
