import type { Version } from "../versions.ts"
import type { Plan, Step } from "./Plan.ts"

/** Generates numbers in [0, 1) from a seed (mulberry32). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

// Leaves out what the official scripts are known to do twice or not at all: `load` and `every` (two handlers on one
// element), `hx-params` and fields of one name on htmx 2 (they throw), validation on htmx 4; and two connections, which
// open in any order.
const triggers = [
  "",
  "click",
  "click once",
  "click delay:100ms",
  "click throttle:200ms",
  "click consume",
  "click[event.detail === 0]",
  "click from:#other",
  "input changed delay:100ms",
  "keyup changed",
  "change, click",
  "custom from:document",
]

const extras = [
  "",
  "",
  `hx-vals='{"n": 1, "deep": {"a": [true, null]}}'`,
  `hx-vals='js:{at: 1 + 1}'`,
  `hx-include="#note"`,
  `hx-target="#out"`,
  `hx-disinherit="*"`,
]

const versions: ReadonlyArray<Version> = ["1.9.12", "2.0.0", "2.0.11", "4.0.1"]

/** Generates a page from its seed. */
export const draw = (seed: number): Plan => {
  const random = randomOf(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const one = <A>(all: ReadonlyArray<A>): A => all[below(all.length)] as A
  const some = <A>(most: number, make: (at: number) => A): Array<A> =>
    Array.from({ length: 1 + below(most) }, (_, at) => make(at))

  const version = one(versions)
  const four = version.startsWith("4")
  const send = four ? "hx-ws:send" : "ws-send"

  const sender = (id: string): string => {
    const trigger = one(triggers)
    const own = `id="${id}" ${send} ${trigger === "" ? "" : `hx-trigger="${trigger}"`} ${one(extras)}`
    const required = [
      `<input ${own} name="word" required>`,
      `<form ${own}><input name="word" required><button>Say</button></form>`,
    ]
    const several = [
      `<form ${own}><input name="a" value="1"><input name="a" value="2"><input type="checkbox" name="ok" checked><textarea name="text">two\nlines</textarea></form>`,
      `<form ${own}><select name="pick" multiple><option selected>x<option selected>y<option>z</select><input type="submit"></form>`,
    ]
    return one([
      ...(version.startsWith("2") ? [] : several),
      `<form ${own}><input name="word" value="hello"><button name="by" value="me">Say</button></form>`,
      `<input ${own} name="word" value="é&quot;">`,
      `<select ${own} name="pick"><option>one<option>two</select>`,
      `<textarea ${own} name="text">text</textarea>`,
      `<button ${own} type="button" name="b" value="v">Say</button>`,
      `<div ${own}>Say</div>`,
      `<input ${own} type="checkbox" name="ok" value="yes">`,
      ...(four ? [] : required),
    ])
  }

  const ids = some(3, (at) => `s${at}`)
  const frame = (): string => {
    const html = one([
      `<p id="out" hx-swap-oob="true">new <b>${below(9)}</b></p>`,
      `<p id="out" hx-swap-oob="beforeend">, more</p>`,
      `<p id="out" hx-swap-oob="innerHTML">inner</p>`,
      `<p hx-swap-oob="afterend:#out">after</p>`,
      `<p id="out" hx-swap-oob="true">one</p><p id="nothing" hx-swap-oob="true">two</p>`,
      sender(one(ids)).replace(" ", ` hx-swap-oob="true" `),
      "plain text",
      "",
    ])
    const target = one(["#out", "#note", "#missing"])
    const json = () =>
      JSON.stringify({ content: html, target, swap: one(["innerHTML", "beforeend", "outerHTML"]) })
    return four ? one([json, json, () => JSON.stringify({ data: 1 })])() : html
  }
  const step = (): Step =>
    one<() => Step>([
      () => ({ does: "click", on: `#${one(ids)}` }),
      () => ({ does: "click", on: `#${one(ids)} button, #${one(ids)} [type=submit]` }),
      () => ({ does: "click", on: "#other" }),
      () => ({ does: "type", on: one(["#note", "textarea", "input"]), text: one(["abc", "", "é\"'<"]) }),
      () => ({ does: "send", frame: frame() }),
      () => ({ does: "send", frame: frame() }),
      () => ({ does: "close", code: 1012 }),
      () => ({ does: "pass", time: one([50, 100, 300, 1_000]) }),
      () => ({ does: "pass", time: one([50, 100, 300, 1_000]) }),
      () => ({ does: "run", code: `document.dispatchEvent(new Event("custom"))` }),
      () => ({ does: "run", code: "htmx.process(document.body)" }),
      () => ({ does: "run", code: `htmx.process(document.querySelector("#${one(ids)}") ?? document.body)` }),
      () => ({ does: "run", code: `document.querySelector("#${one(ids)}")?.remove()` }),
      () => ({ does: "run", code: `document.querySelector("#c").prepend(document.querySelector("#note"))` }),
      () => ({
        does: "run",
        code: `document.querySelector("#c").append(document.querySelector("#${one(ids)}") ?? "")`,
      }),
    ])()

  return {
    version,
    elements: [
      ...ids.map(sender),
      `<input id="note" name="note" value="note">`,
      `<button id="other" type="button">Other</button>`,
      `<p id="out">old</p>`,
    ],
    greetings: random() < 0.3 ? some(2, frame) : [],
    steps: some(8, step),
  }
}
