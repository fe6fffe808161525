/** Values that nobody sends in good faith, and those that were recorded with a few bytes changed. */
import * as fc from "fast-check"
import golden from "../protocol/golden.json" with { type: "json" }

/** Names that objects, forms and documents have already. */
export const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "submit",
  "id",
  "hidden",
  "name",
  "action",
  "method",
  "length",
  "then",
  "toJSON",
  "body",
  "baseURI",
  "probe",
  "room",
]

const deepJson = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`

/** Texts that break what was not made for them. */
const texts = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "\udfff\ud800",
  "\u2028",
  "\r\n",
  `"'\`<>&`,
  "]]>",
  "$&",
  "%00",
  "../..",
  "javascript:1",
  "-1",
  "1e999",
  "NaN",
  "null",
  "undefined",
  "[object Object]",
  "a".repeat(10_000),
  "</".repeat(3_000),
  "<!--".repeat(3_000),
  "{".repeat(3_000),
  deepJson(10_000, "[", "]"),
  deepJson(10_000, '{"a":', "}"),
]

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names) },
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
)

export const json: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -0, -1, 1.5, 1e308, 2 ** 53),
    text,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(text, tie("json"), { maxKeys: 3, noNullPrototype: false }),
  ),
})).json

/** Leaves text as it is, or cuts it, doubles a part of it, or puts something in. */
export const damaged = (whole: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      whole,
      fc.constantFrom("keep", "keep", "cut", "drop", "double", "insert"),
      fc.nat(),
      fc.nat(9),
      text,
    )
    .map(([whole, how, at, length, extra]) => {
      const from = at % (whole.length + 1)
      const part = whole.slice(from, from + length)
      const [before, after] = [whole.slice(0, from), whole.slice(from + length)]
      if (how === "cut") return before
      if (how === "drop") return before + after
      if (how === "double") return before + part + part + after
      return how === "insert" ? before + extra + part + after : whole
    })

const quoted = (value: string): string => `"${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`

const attribute = fc.oneof(
  fc.tuple(fc.constantFrom("id", "name"), fc.oneof(fc.constantFrom(...names), text)),
  fc.tuple(
    fc.constantFrom("hx-swap-oob", "data-hx-swap-oob"),
    fc.oneof(
      fc.constantFrom(
        "true",
        "innerHTML",
        "beforeend",
        "delete",
        "none",
        "outerHTML:#room",
        "morph",
        "innerHTML:[",
      ),
      text,
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      "ws-connect",
      "hx-ws:connect",
      "ws-send",
      "hx-ws:send",
      "ws-status",
      "ws-config",
      "hx-config",
      "hx-trigger",
      "hx-vals",
      "hx-ext",
      "hx-get",
      "ws-resume",
      "ws-delivery",
      "ws-retry",
      "ws-message",
      "ws-outgoing",
      "ws-keep",
      "hx-target",
      "hx-preserve",
      "class",
      "style",
    ),
    text,
  ),
)

const tag = fc.constantFrom(
  ...["p", "b", "form", "input", "select", "textarea", "table", "tr", "td", "template", "svg", "math"],
  ...["script", "style", "iframe", "object", "body", "html", "head", "title", "base", "meta", "hx-partial"],
  ...["hx-get", "x-y", "details", "dialog", "img", "plaintext"],
)

const tree: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.constantFrom("<!-- -->", "<!--id:7-->", "<!--re:7-->", "<!doctype html>", "<![CDATA[x]]>", "<?x?>"),
    fc
      .tuple(tag, fc.array(attribute, { maxLength: 3 }), fc.array(tie("node"), { maxLength: 3 }))
      .map(
        ([tag, attributes, children]) =>
          `<${tag}${attributes.map(([name, value]) => ` ${name}=${quoted(value)}`).join("")}>${children.join("")}</${tag}>`,
      ),
  ),
})).node

const recorded = fc.constantFrom(...golden.frames.map(({ frame }) => frame))

/** Frames of HTML. */
export const html: fc.Arbitrary<string> = damaged(
  fc.oneof(
    { weight: 1, arbitrary: recorded },
    { weight: 3, arbitrary: fc.array(tree, { minLength: 1, maxLength: 3 }).map((nodes) => nodes.join("")) },
  ),
)

/** Frames of htmx 4. */
export const content: fc.Arbitrary<string> = damaged(
  fc
    .record(
      {
        content: fc.oneof(html, json),
        payload: fc.oneof(html, json),
        target: fc.oneof(fc.constantFrom("#probe", "#room", "body", "[", "closest [", "this"), json),
        swap: fc.oneof(
          fc.constantFrom("innerHTML", "outerHTML", "delete", "morph", "none swap:1s", "x"),
          json,
        ),
        select: fc.oneof(fc.constantFrom("#probe", "["), json),
        id: json,
        re: json,
      },
      { requiredKeys: [] },
    )
    .map((frame) => JSON.stringify(frame)),
)

/** Frames for companions. */
export const control: fc.Arbitrary<string> = damaged(
  fc
    .tuple(
      fc.constantFrom(
        "HX-Trigger",
        "HX-Ack",
        "HX-Nack",
        "HX-Resync",
        "HX-Push-Url",
        "HX-Location",
        "HX-",
        "HX-__proto__",
      ),
      fc.oneof(
        json,
        fc.dictionary(
          fc.oneof(
            text,
            fc.constantFrom(
              "htmx:wsOpen",
              "htmx:ws:before:connection",
              "htmx:wsClose",
              "htmx:load",
              "submit",
            ),
          ),
          fc.oneof(json, fc.record({ target: json })),
          { maxKeys: 2, noNullPrototype: true },
        ),
      ),
      fc.record({ id: json, reason: json, "HX-Ack": json, "HX-Trigger": json }, { requiredKeys: [] }),
    )
    .map(([key, value, rest]) => JSON.stringify({ [key]: value, ...rest })),
)
