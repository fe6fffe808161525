/** The rules over the text of templates. */
import { describe, expect, test } from "vitest"
import { examples } from "../../src/cli/examples.ts"
import { lint } from "../../src/cli/lint.ts"
import { frameRules } from "../../src/companions/inspector/rules/frames.ts"
import type { HtmxLine } from "../../src/companions/inspector/rules/Page.ts"
import { rules } from "../../src/companions/inspector/rules/rules.ts"

const inFiles = (texts: ReadonlyArray<string>, htmx?: HtmxLine) =>
  lint(
    texts.map((text, at) => ({ path: `${at}.html`, text })),
    htmx,
  )

const rulesIn = (text: string, htmx: HtmxLine = "2"): Array<string> =>
  inFiles([text], htmx).found.map(({ rule }) => rule)

test("every rule has an example, and every example a rule", () => {
  const names = new Set([...Object.keys(rules), ...Object.keys(frameRules)])
  expect(new Set(examples.map(({ rule }) => rule))).toEqual(names)
})

describe("the examples", () => {
  const pages = examples.filter(({ bad }) => bad.frame === undefined)
  const cases = pages.flatMap((example) => example.on.map((htmx) => ({ ...example, htmx })))

  test.for(cases)(
    "the bad page of $rule has it, its good one nothing (htmx $htmx)",
    ({ bad, good, htmx, rule }) => {
      // A page of the extension that is not on has two attributes of one name, which a document cannot show.
      const others = rule === "extension-off" ? ["extension-twice"] : []
      expect([new Set(rulesIn(bad.page, htmx)), rulesIn(good.page, htmx)]).toEqual([
        new Set([rule, ...others]),
        [],
      ])
    },
  )

  test.for(cases.filter(({ isFixed }) => isFixed))(
    "--fix makes the good page of $rule of its bad one (htmx $htmx)",
    ({ bad, good, htmx }) => {
      expect(inFiles([bad.page], htmx).fixed.map(({ text }) => text)).toEqual([good.page])
    },
  )

  test.for(cases.filter(({ isFixed }) => !isFixed))(
    "--fix leaves the bad page of $rule alone (htmx $htmx)",
    ({ bad, htmx }) => {
      expect(inFiles([bad.page], htmx).fixed).toEqual([])
    },
  )

  test("a template of a frame for an id that no template has is found, with the nearest", () => {
    const { bad } = examples.find(({ rule }) => rule === "unknown-id") ?? {}
    expect(inFiles([bad?.page ?? "", bad?.frame ?? ""]).found).toEqual([
      {
        path: "1.html",
        line: 1,
        column: 5,
        rule: "unknown-id",
        sentence: "A frame is for #chatroom, which is not on the page",
        fix: "Is it #chat-room? Write the same id in the frame and on the page.",
        isFixable: false,
      },
    ])
  })
})

describe("what a template writes", () => {
  const page = `<body hx-ext="ws"><main ws-connect="/a">`

  test.for<[string, string, ReadonlyArray<string>]>([
    ["Jinja in a value", `${page}<form ws-send hx-on::wsOpen="{{ code }}"></form>`, ["camel-case-event"]],
    [
      "Jinja around an attribute",
      `<body hx-ext="ws"><main {% if a > b %}ws-connect="/a"{% endif %}><i ws-send></i>`,
      [],
    ],
    ["Jinja as the name of a field", `${page}<form ws-send><input name="{{ name }}"></form>`, []],
    ["Jinja as an extension", `<body hx-ext="{{ extensions }}"><main ws-connect="/a"></main>`, []],
    ["a page that extends another", `{% extends "base.html" %}<body><i ws-send></i>`, []],
    ["a comment of Jinja", `${page}{# <input name="HEADERS"> #}<form ws-send></form>`, []],
    [
      "Go",
      `${page}{{ range .Rows }}<i ws-send><input name="HEADERS" value="{{ if gt .A 1 }}x{{ end }}"></i>{{ end }}`,
      ["reserved-field"],
    ],
    [
      "EJS with > in it",
      `${page}<% if (a > b) { %><form ws-send <%= a > b ? 'hidden' : '' %>><input name="HEADERS"></form><% } %>`,
      ["reserved-field"],
    ],
    [
      "templ",
      `${page}<form ws-send hx-vals={ fmt.Sprintf("{%q: 1}", "a>b") }><input name="HEADERS"/></form>`,
      ["reserved-field"],
    ],
    [
      "JavaScript",
      `${page}<form ws-send hx-vals='$\{JSON.stringify({ a: 1 })}'><input name='HEADERS'></form>`,
      ["reserved-field"],
    ],
    [
      "PHP",
      `${page}<form ws-send><?php if ($a > 1): ?><input name="HEADERS"><?php endif ?></form>`,
      ["reserved-field"],
    ],
    ["a script with tags in it", `${page}<script>const a = "<form ws-send>" < b</script></main>`, []],
    ["a comment of HTML", `${page}<!-- <form ws-send><input name="HEADERS"> --></main>`, []],
    [
      "references of characters",
      `${page}<form ws-send><input name="&#72;EADERS"></form>`,
      ["reserved-field"],
    ],
    [
      "data- in front",
      `<body data-hx-ext="ws"><main data-ws-connect="/a"></main><i data-ws-send></i>`,
      ["send-without-connection"],
    ],
    ["values without quotes", `<body hx-ext=ws><main hx-ext=ws ws-connect=/a></main>`, ["extension-twice"]],
    [
      "an end tag that a browser adds",
      `<body hx-ext="ws"><main ws-connect="/a"><p>x<br><img src=x></main><i ws-send></i>`,
      ["send-without-connection"],
    ],
  ])("%s", ([, text, expected]) => {
    expect(rulesIn(text)).toEqual(expected)
  })

  test("an id that is partly a template's may be any that fits", () => {
    const list = `<body hx-ext="ws"><ul ws-connect="/a"><li id="row-{{ .Id }}"></li></ul></body>`
    expect(inFiles([list, `<li id="row-new" hx-swap-oob="true"></li>`]).found).toEqual([])
    expect(inFiles([list, `<li id="line-1" hx-swap-oob="true"></li>`]).found.map(({ rule }) => rule)).toEqual(
      ["unknown-id"],
    )
  })

  test("ids that are all a template's, or templates without a page, make ids unknown", () => {
    const frame = `<li id="x" hx-swap-oob="true"></li>`
    expect(inFiles([`<body><b id="{{ id }}"></b></body>`, frame]).found).toEqual([])
    expect(inFiles([frame]).found).toEqual([])
  })

  test("a part of a page may be inside a connection", () => {
    expect(rulesIn(`<form ws-send></form>`)).toEqual([])
  })

  test("--fix leaves alone what a template has written", () => {
    const text = `<main hx-ws:connect="/a" ws-config="heartbeat:{{ seconds }}s"></main>`
    const { fixed, found } = inFiles([text], "4")
    expect([fixed, found.map(({ fix, isFixable }) => [fix, isFixable])]).toEqual([
      [],
      [["Write its settings into hx-config, each with ws. in front.", false]],
    ])
  })

  test("--fix changes nothing else of a file", () => {
    const text = `<body hx-ext='ws'>\r\n\t<main  ws-connect=/a   hx-on::wsOpen='a("b")' {{ if x }}hidden{{ end }}>\r\n`
    expect(inFiles([text]).fixed[0]?.text).toBe(text.replace("hx-on::wsOpen", "hx-on::ws-open"))
  })

  test("lines and columns are those of the file", () => {
    const text = `<body hx-ext="ws">\n{{ if\n x }}\n  <main ws-connect="/a"\n    hx-on::wsOpen="x"></main>{{ end }}`
    expect(inFiles([text]).found.map(({ column, line }) => [line, column])).toEqual([[5, 5]])
  })
})

describe("the htmx that templates are for", () => {
  test.for<[HtmxLine, string]>([
    ["4", `<script src="https://cdn.jsdelivr.net/npm/htmx.org@4.0.1/dist/htmx.min.js"></script>`],
    ["2", `<script src="https://unpkg.com/htmx.org@2.0.4"></script><i hx-ws:send></i>`],
    ["1.9", `<script src="/js/htmx-1.9.12.min.js"></script>`],
    ["4", `<script src="/js/htmx.js"></script><script src="/js/hx-ws.min.js"></script>`],
    ["2", `<script src="/js/htmx.js"></script><script src="/js/ws.min.js"></script>`],
    ["4", `<main hx-ws:connect="/a"></main>`],
    ["2", `<body hx-ext="ws"><main hx-ws:connect="/a"></main></body>`],
    ["2", `<main ws-connect="/a"></main>`],
  ])("is %s: %s", ([htmx, text]) => {
    expect(inFiles([text]).htmx).toBe(htmx)
  })
})

describe("the spelling that templates are set to", () => {
  const layout = (config: string) => `<head><meta name="htmx-config" content='${config}'></head><body></body>`
  const part = (text: string) => `<main hx-ws:connect="/a">${text}</main>`

  test.for<[string, string, string, string]>([
    [
      "a prefix in JSON",
      layout(`{"prefix": "my-"}`),
      part(`<i my-trigger="a from:closest b"></i>`),
      `my-trigger="a from:'closest b'"`,
    ],
    [
      "a prefix in the short form",
      layout("prefix:my-, history:false"),
      part(`<i my-on::ws-open="x"></i>`),
      `my-on::ws:after:connection="x"`,
    ],
    [
      "a prefix in a script",
      `<script>htmx.config.prefix = "my-"</script><body></body>`,
      part(`<i my-on::wsOpen="x"></i>`),
      `my-on::ws:after:connection="x"`,
    ],
    [
      "a prefix in a value with references",
      `<meta name="htmx-config" content="{&quot;prefix&quot;: &quot;my-&quot;}"><body></body>`,
      part(`<i my-trigger="htmx:wsOpen"></i>`),
      `my-trigger="htmx:ws:after:connection"`,
    ],
    [
      "a metaCharacter",
      layout(`{"metaCharacter": "-"}`),
      `<main hx-ws-connect="/a"><i hx-on--ws-open="x" hx-on--ws-close="y"></i></main>`,
      `hx-on--ws-after-connection="x" hx-on--ws-close="y"`,
    ],
  ])("%s holds for all of them, and in what --fix writes", ([, first, second, fixed]) => {
    const [file] = inFiles([first, second], "4").fixed
    expect([file?.path, file?.text]).toEqual(["1.html", expect.stringContaining(`<i ${fixed}></i>`)])
  })

  test("attributes of another prefix are none", () => {
    const field = part(`<form my-ws:send><input name="headers"></form>`)
    expect(inFiles([layout(`{}`), field], "4").found).toEqual([])
    expect(inFiles([layout(`{"prefix": "my-"}`), field], "4").found.map(({ rule }) => rule)).toEqual([
      "reserved-field",
    ])
  })
})

describe("a page for htmx 2 and 4 has both", () => {
  test.for<[HtmxLine, string]>([
    ["4", `<i hx-trigger="htmx:wsOpen from:body, htmx:ws:after:connection from:body"></i>`],
    ["4", `<i hx-on::ws-open="x()" hx-on::ws:after:connection="x()"></i>`],
    ["4", `<i ws-config="heartbeat:25s" hx-config="ws.heartbeat:25s"></i>`],
    ["4", `<i ws-config="heartbeat:25s" hx-config="{{ settings }}"></i>`],
    ["2", `<i hx-ext="ws" ws-connect="/a" hx-ws:connect="/a"></i>`],
  ])("htmx %s: %s", ([htmx, text]) => {
    expect(rulesIn(text, htmx)).toEqual([])
  })

  test("one of two events is a mistake", () => {
    const text = `<i hx-trigger="htmx:wsOpen, htmx:wsClose, htmx:ws:close"></i>`
    expect(inFiles([text], "4").fixed[0]?.text).toBe(
      `<i hx-trigger="htmx:ws:after:connection, htmx:wsClose, htmx:ws:close"></i>`,
    )
  })

  test("settings of another kind are not those of WebSockets", () => {
    expect(rulesIn(`<i ws-config="heartbeat:25s" hx-config="timeout:3s"></i>`, "4")).toEqual(["old-settings"])
  })
})
