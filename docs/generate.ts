/** Writes the tables of settings and events in docs/*.md from the doc comments of src, and the page of rules: `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs"
import { parseSync } from "rolldown/utils"
import { examples } from "../src/cli/examples.ts"
import { explain } from "../src/cli/explain.ts"
import { rows, scenarios } from "./figures.ts"
import { figure } from "./schedules.ts"

/** A member of an interface, as its doc comment describes it. */
interface Described {
  readonly name: string
  readonly type: Type | undefined
  readonly meaning: string
  /** The text behind each tag. */
  readonly tags: ReadonlyMap<string, string>
}

const parse = (path: string) => parseSync(path, readFileSync(path, "utf8"))

const membersOf = ({ program }: ReturnType<typeof parse>, name: string) =>
  program.body.flatMap((node) =>
    node.type === "ExportNamedDeclaration" &&
    node.declaration?.type === "TSInterfaceDeclaration" &&
    node.declaration.id.name === name
      ? node.declaration.body.body
      : [],
  )

type Signature = ReturnType<typeof membersOf>[number]
type Property = Extract<Signature, { readonly type: "TSPropertySignature" }>
type Type = NonNullable<Property["typeAnnotation"]>["typeAnnotation"]

/** Returns the members of an interface with their doc comments. */
export const describedBy = (path: string, name: string): ReadonlyArray<Described> => {
  const file = parse(path)
  const members = membersOf(file, name)
  return members.map((member, at) => {
    const after = members[at - 1]?.end ?? 0
    const comment = file.comments.findLast(({ end, start }) => start >= after && end <= member.start)
    if (member.type !== "TSPropertySignature" || comment === undefined)
      throw new Error(`${path}: a member of ${name} has no doc comment`)
    const [text = "", ...tags] = comment.value.replace(/^\s*\* ?/gm, "").split(/^@/m)
    return {
      name: keyOf(member),
      type: member.typeAnnotation?.typeAnnotation,
      meaning: text.trim().replace(/\s+/g, " "),
      tags: new Map(
        tags.map((tag) => {
          const [, name = "", text = ""] = /^(\S+)\s*([\s\S]*)$/.exec(tag) ?? []
          return [name, text.trim()]
        }),
      ),
    }
  })
}

const keyOf = ({ key }: Property): string =>
  key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : ""

const code = (text: string | undefined): string => (text === undefined ? "–" : `\`${text}\``)

const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const extension = (): string =>
  table(
    ["setting", "default", "on htmx 4", "meaning", "example"],
    describedBy("src/htmx/WsConfig.ts", "WsConfig").map(({ meaning, name, tags }) => {
      const [all, on4] = tags.get("default")?.split(", on htmx 4 ") ?? []
      return [code(name), code(all), on4 === undefined ? "" : code(on4), meaning, code(tags.get("example"))]
    }),
  )

const client = (): string =>
  table(
    ["setting", "default", "meaning"],
    [
      ["src/client/dial.ts", "Options"],
      ["src/client/WsClient.ts", "Messages"],
      ["src/client/Client.ts", "Protocol"],
      ["src/client/Settings.ts", "Settings"],
      ["src/client/Buffering.ts", "Buffering"],
    ]
      .flatMap(([path = "", name = ""]) => describedBy(path, name))
      .map(({ meaning, name, tags }) => [code(name), code(tags.get("default")), meaning]),
  )

/** What a detail has beside the connection, which all have. What a listener may replace is marked. */
const detailOf = (type: Type | undefined, folder: string): ReadonlyArray<string> => {
  if (type?.type === "TSIntersectionType") return type.types.flatMap((part) => detailOf(part, folder))
  if (type?.type === "TSTypeLiteral") return type.members.flatMap(markedName)
  const name =
    type?.type === "TSTypeReference" && type.typeName.type === "Identifier" ? type.typeName.name : ""
  if (name === "OfConnection") return []
  if (name === "Asking") return ["`waitUntil`"]
  if (name === "SendConfig") return membersOf(parse(`${folder}/collect.ts`), name).flatMap(markedName)
  throw new Error(`${folder}/WsEvents.ts: the detail ${name} is not known here`)
}

const markedName = (member: Signature): ReadonlyArray<string> => {
  if (member.type !== "TSPropertySignature") return []
  const name = keyOf(member)
  if (/^(?:socketWrapper|connection)$/.test(name)) return []
  return [`\`${name}\`${member.readonly ? "" : " ✎"}`]
}

/** The events on one generation of htmx. */
const events = (folder: string): string =>
  table(
    ["event", "on", "detail", "if cancelled", "meaning"],
    describedBy(`${folder}/WsEvents.ts`, "WsEvents").map(({ meaning, name, tags, type }) => [
      `${code(name)}${tags.has("added") ? " ★" : ""}`,
      tags.get("on") ?? "",
      detailOf(type, folder).join(", "),
      tags.get("cancelled") ?? "–",
      meaning,
    ]),
  )

/** Replaces the first table of a page. */
const page = (path: string, table: string) => ({
  path,
  text: readFileSync(path, "utf8").replace(/^\| setting [\s\S]*?\n(?!\|)/m, () => `${table}\n`),
})

/** The tables of PROTOCOL.md, by the words behind `golden:` in it. */
const golden = (): ReadonlyMap<string, string> => {
  const { answers, closes, dials, frames, ids, messages, replays, signals } = JSON.parse(
    readFileSync("test/protocol/golden.json", "utf8"),
  ) as typeof import("../test/protocol/golden.json")
  const text = (value: unknown): string =>
    code((typeof value === "string" ? value : JSON.stringify(value)).replaceAll("|", "\\|"))
  const framesOn = (wire: string) =>
    table(
      ["", "frame", "before", "after"],
      frames
        .filter((one) => one.wire === wire)
        .map(({ after, before, frame, title }) => [title, text(frame), text(before), text(after)]),
    )
  return new Map([
    [
      "dials",
      table(
        ["URL", "id", "dialled"],
        dials.map(({ dialled, id, url }) => [text(url), id && text(id), text(dialled)]),
      ),
    ],
    ["frames html", framesOn("html")],
    ["frames htmx 4", framesOn("htmx 4")],
    [
      "messages",
      table(
        ["", "form", "message"],
        messages.map(({ form, headers, title, values }) => [
          title,
          text(form),
          text(JSON.stringify({ ...values, [headers]: {} }).replace("{}}", "{…}}")),
        ]),
      ),
    ],
    [
      "closes",
      table(
        ["code", "meaning", "leads to"],
        closes.map(({ code, leads, meaning }) => [String(code), meaning, leads]),
      ),
    ],
    [
      "ids",
      table(
        ["frame", "id"],
        ids.map(({ frame, id }) => [text(frame), id === null ? "none" : text(id)]),
      ),
    ],
    [
      "answers",
      table(
        ["wire", "frame", "the message is"],
        answers.map(({ frame, state, wire }) => [wire, text(frame), state]),
      ),
    ],
    [
      "replays",
      table(
        ["`last-id`", "", "kept", "answer"],
        replays.map(({ answer, kept, last, or, title }) => [
          last === null ? "–" : String(last),
          title,
          kept.join(", ") || "–",
          answer === "whole"
            ? or === undefined
              ? "*whole*"
              : `*whole*, or ${or.join(", ")}`
            : (answer as ReadonlyArray<number>).join(", ") || "nothing",
        ]),
      ),
    ],
    [
      "signals",
      table(
        ["frame", "events"],
        signals.map(({ events, frame }) => [
          text(frame),
          events.map(([name, detail]) => `\`${name}\` ${JSON.stringify(detail)}`).join(", ") || "none",
        ]),
      ),
    ],
  ])
}

/** Puts each table behind its comment, in place of the one that is there. */
const withTables = (path: string, kind: string, tables: ReadonlyMap<string, string>) => ({
  path,
  text: readFileSync(path, "utf8").replace(
    new RegExp(`^(<!-- ${kind}: (.*?) -->\\n)(\\n\\|[\\s\\S]*?\\n(?!\\|))?`, "gm"),
    (_, comment: string, name: string) => {
      const found = tables.get(name)
      if (found === undefined) throw new Error(`${path}: there is no table ${name}`)
      return `${comment}\n${found}\n`
    },
  ),
})

const rules = () => ({
  path: "docs/rules.md",
  text: `${[
    "# Rules",
    "[The inspector](inspector.md) applies them to a page and its frames, `htmx.ws.lint(document)` in a test, and " +
      '`npx htmx-ext-effect-ws lint "templates/**"` to templates. Rules about frames need the frames: in templates only ' +
      "`unknown-id` sees them, in elements with `hx-swap-oob`. This page is written by `npm run docs`.",
    table(
      ["rule", "mistake", "htmx"],
      examples.map(({ on, rule, title }) => [`[${rule}](#${rule})`, title, on.join(", ")]),
    ),
    ...examples.map(explain),
  ].join("\n\n")}\n`,
})

const readme = () => {
  const text = readFileSync("README.md", "utf8")
  const [, budget = ""] = /at most ([\d.]+ KB)/.exec(text) ?? []
  return {
    path: "README.md",
    text: text
      .replace(
        /^\| figure [\s\S]*?\n(?!\|)/m,
        () => `${table(["figure", "htmx 2", "htmx 4"], rows(budget))}\n`,
      )
      .replace(/\d+ scenarios/, `${scenarios()} scenarios`),
  }
}

/** Returns the pages as they should be. */
export const pages = () => [
  page("docs/settings.md", extension()),
  page("docs/client.md", client()),
  withTables(
    "docs/events.md",
    "events",
    new Map([
      ["htmx 1.9 and 2", events("src/htmx/v2")],
      ["htmx 4", events("src/htmx/v4")],
    ]),
  ),
  withTables("PROTOCOL.md", "golden", golden()),
  rules(),
  { path: "docs/schedules.svg", text: figure() },
  readme(),
]

if (import.meta.main) for (const { path, text } of pages()) writeFileSync(path, text)
