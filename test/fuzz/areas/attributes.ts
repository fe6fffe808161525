import * as fc from "fast-check"
import type { HtmxVersion } from "../../setup/pages.ts"
import { FuzzedPage } from "../FuzzedPage.ts"
import { damaged, names, text } from "../hostile.ts"

const url = damaged(
  fc.oneof(
    fc.constantFrom(
      ...[
        "/ws",
        "ws:/ws",
        "wss://host/ws",
        "//host/ws",
        "http://host",
        "ftp://host",
        "mock:room",
        "room",
        "?a#b",
      ],
      ...[
        "ws://a:99999/",
        "ws://[::1",
        "connect:/ws",
        "/\\host",
        "ws:/\t/x",
        "/ws?last-id=1&last-id=2#last-id",
      ],
    ),
    text,
  ),
)

const selector = damaged(
  fc.oneof(fc.constantFrom("#room", "#room >", ":not(", "closest [ws-connect]", "[ws-connect='/ws'"), text),
)

const value = fc.oneof(
  url,
  selector,
  damaged(fc.constantFrom("5s reset", "sent", "click from:body delay:1s", "connect:/ws send")),
)

const spellings = [
  ...[
    "ws-connect",
    "data-ws-connect",
    "hx-ws:connect",
    "hx-ws",
    "ws-send",
    "hx-ws:send",
    "ws-status",
    "hx-ws:status",
  ],
  ...[
    "ws-resume",
    "ws-resync",
    "ws-delivery",
    "ws-ack",
    "ws-fallback",
    "ws-retry",
    "ws-message",
    "ws-outgoing",
  ],
  ...["ws-value", "ws-keep", "ws-stick", "ws-login", "hx-trigger", "hx-ext"],
  ...["id", "name", "hx-confirm", "hx-params"],
]

const element = fc.record({
  tag: fc.constantFrom("div", "form", "form", "button", "input", "select", "template", "details", "dialog"),
  given: fc.dictionary(fc.constantFrom(...spellings), value, { maxKeys: 4 }),
  field: fc.constantFrom(...names),
})

/** Attributes that htmx reads where the extension is not: `hx-ws` is of htmx 1.9 itself. */
const ofHtmx = ["hx-trigger", "hx-ws"]

/** What htmx throws without the extension: of 1.9 and 2 if `from:` has no selector, of 1.9 if `hx-ws` has no URL. */
const thrownByHtmx = (
  { document, htmx }: FuzzedPage["page"],
  given: Readonly<Record<string, string>>,
): unknown => {
  const holder = document.createElement("div")
  const element = document.createElement("div")
  holder.setAttribute("hx-ext", "ignore:ws")
  holder.append(element)
  document.body.append(holder)
  for (const name of ofHtmx) if (given[name] !== undefined) element.setAttribute(name, given[name])
  try {
    htmx.process(element)
    return undefined
  } catch (error) {
    return error
  } finally {
    holder.remove()
  }
}

export const attributes = (htmx: HtmxVersion): fc.IAsyncProperty<unknown> =>
  fc.asyncProperty(
    fc.array(element, { minLength: 1, maxLength: 4 }),
    fc.record({
      prefix: fc.constantFrom("", "data-hx-", "x-"),
      metaCharacter: fc.constantFrom(undefined, "-", "."),
    }),
    async (elements, spelling) => {
      using fuzzed = await FuzzedPage.open(htmx, {
        body: `<div id="room" data-room ws-connect="/ws"><p id="probe"></p></div>`,
        before: ({ htmx }) => void (htmx.config.prefix !== undefined && Object.assign(htmx.config, spelling)),
      })
      const { page } = fuzzed
      await fuzzed.connect()
      for (const [at, { given, field, tag }] of elements.entries()) {
        const added = page.document.createElement(tag)
        for (const [name, value] of Object.entries(given)) added.setAttribute(name, value)
        if (tag === "form") added.innerHTML = `<input name="${field}" value="x"><button>Send</button>`
        ;(at % 2 === 0 ? page.$("#room") : page.document.body).append(added)
        try {
          page.htmx.process(added)
        } catch (error) {
          if (String(error) !== String(thrownByHtmx(page, given))) throw error
        }
        await fuzzed.connect()
        if (added instanceof page.window.HTMLFormElement) added.requestSubmit()
        else (added as HTMLElement).click()
        await fuzzed.settle()
      }
      await fuzzed.verify()
    },
  )
