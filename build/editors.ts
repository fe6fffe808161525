/**
 * Writes what editors know of the attributes: `dist/web-types.json` for JetBrains, `dist/html-custom-data.json` for VS Code,
 * and `dist/skills/htmx-ws.md` for coding agents. Part of `npm run build`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { describedBy } from "../docs/generate.ts"
import manifest from "../package.json" with { type: "json" }
import { examples } from "../src/cli/examples.ts"

interface Attribute {
  /** The name behind `ws-` and `hx-ws:`. */
  readonly name: string
  readonly meaning: string
  readonly page: string
  /** The values that it is mostly given. Without any, it may have none. */
  readonly values: ReadonlyArray<string>
  /** Whether it needs a value. */
  readonly isValued: boolean
  /** Whether htmx 4 has it as `hx-ws:name`, too. */
  readonly isOn4?: false
}

const valued = { values: [], isValued: true }
const bare = { values: [], isValued: false }

/** The attributes of the extension and of its companions. */
export const attributes: ReadonlyArray<Attribute> = [
  {
    name: "connect",
    meaning: "Connects to this WebSocket: `/path`, `wss://host/path`.",
    page: "attributes",
    ...valued,
  },
  {
    name: "send",
    meaning: "Sends its values as JSON over the nearest connection around it, when triggered (`hx-trigger`).",
    page: "attributes",
    ...bare,
  },
  {
    name: "status",
    meaning:
      "Shows the state of the connection around it, or of the one that the selector names, in `data-ws-state`: `connecting`, `open`, `reconnecting`, `paused`, `closed` or `failed`.",
    page: "attributes",
    ...bare,
  },
  {
    name: "config",
    meaning:
      "Settings for the element and what is in it: `heartbeat:25s, queueTtl:1m`. On htmx 4 they stand in `hx-config`.",
    page: "settings",
    isOn4: false,
    ...valued,
  },
  {
    name: "resume",
    meaning:
      "The id of the last frame that this HTML shows: the connection asks for what came after it (ws-resume).",
    page: "resume",
    ...bare,
  },
  {
    name: "resync",
    meaning: "The URL that is fetched if the page has missed too much (ws-resume).",
    page: "resume",
    ...valued,
  },
  {
    name: "ack",
    meaning:
      "How long to wait for the server's acknowledgement, and whether the form is reset then (ws-delivery).",
    page: "delivery",
    values: ["10s", "10s reset", "sent reset"],
    isValued: true,
  },
  {
    name: "delivery",
    meaning:
      "Shows in `data-ws-delivery` what became of the message: `queued`, `sent`, `acked`, `failed` or `unknown` (ws-delivery).",
    page: "delivery",
    ...bare,
  },
  {
    name: "retry",
    meaning: "Sends again, when clicked, what failed or is unknown (ws-delivery).",
    page: "delivery",
    ...bare,
  },
  {
    name: "outgoing",
    meaning:
      "A `<template>` of a row for each message, of the sender that it names or that is around it (ws-delivery).",
    page: "delivery",
    ...bare,
  },
  {
    name: "value",
    meaning: "In such a row: shows the value of this name of the message (ws-delivery).",
    page: "delivery",
    ...valued,
  },
  {
    name: "message",
    meaning:
      "On the server's row of a message: its id, `HX-Message-ID`. It takes the place of the page's own row (ws-delivery).",
    page: "delivery",
    ...valued,
  },
  {
    name: "fallback",
    meaning:
      "When a sender with `hx-post` makes a request instead: while the socket is not open, after this long, or never (ws-delivery).",
    page: "delivery",
    values: ["down", "2s", "never"],
    isValued: true,
  },
  {
    name: "stick",
    meaning: "Scrolls the element to its end when a frame adds to it, if it stood there (ws-keep).",
    page: "keep",
    values: ["bottom"],
    isValued: true,
  },
  {
    name: "overwrite",
    meaning: "On an element that the server sends: replaces what somebody is typing or has opened (ws-keep).",
    page: "keep",
    ...bare,
  },
  {
    name: "login",
    meaning: "The page to load if the server wants a login (ws-doctor).",
    page: "doctor",
    ...valued,
  },
]

const spellings = ({ isOn4, name }: Attribute): ReadonlyArray<string> => [
  `ws-${name}`,
  ...(isOn4 === false ? [] : [`hx-ws:${name}`]),
]

/** The settings, as a list in Markdown. */
const settings = describedBy("src/htmx/WsConfig.ts", "WsConfig")
  .map(({ meaning, name }) => `- \`${name}\`: ${meaning}`)
  .join("\n")

const descriptionOf = ({ meaning }: Attribute, spelling: string) =>
  spelling === "ws-config" ? `${meaning}\n\n${settings}` : meaning

const urlOf = ({ page }: Attribute) =>
  `${manifest.homepage.replace(/#.*/, "")}/blob/v${manifest.version}/docs/${page}.md`

export const webTypes = () => ({
  $schema: "https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json",
  name: manifest.name,
  version: manifest.version,
  "description-markup": "markdown",
  contributions: {
    html: {
      attributes: attributes.flatMap((attribute) =>
        spellings(attribute).map((name) => ({
          name,
          description: descriptionOf(attribute, name),
          // Once: the package has to stay small.
          ...(name.startsWith("ws-") && { "doc-url": urlOf(attribute) }),
          // Text, which has to be there, is what web-types take for granted.
          ...(!attribute.isValued && { value: { required: false } }),
        })),
      ),
    },
  },
})

export const customData = () => ({
  version: 1.1,
  globalAttributes: attributes.flatMap((attribute) =>
    spellings(attribute).map((name) => ({
      name,
      description: { kind: "markdown", value: descriptionOf(attribute, name) },
      ...(attribute.values.length === 0
        ? {}
        : { values: attribute.values.map((value) => ({ name: value })) }),
      ...(attribute.isValued ? {} : { valueSet: "v" }),
    })),
  ),
})

/** The skill, with the mistakes that the linter finds. */
export const skill = () => {
  const mistakes = examples.map(
    ({ good, on, title, why }) =>
      `- **${title}** (htmx ${on.join(", ")}). ${why} Write: \`${(good.frame ?? good.page).replace(/\s*\n\s*/g, " ")}\``,
  )
  return readFileSync("build/skills/htmx-ws.md", "utf8").replace("<!-- mistakes -->", () =>
    mistakes.join("\n"),
  )
}

if (import.meta.main) {
  mkdirSync("dist/skills", { recursive: true })
  writeFileSync("dist/web-types.json", JSON.stringify(webTypes()))
  writeFileSync("dist/html-custom-data.json", JSON.stringify(customData()))
  writeFileSync("dist/skills/htmx-ws.md", skill())
}
