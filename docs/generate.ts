/** Writes the tables of settings in docs/*.md from the doc comments of src, and the page of rules: `npm run docs`. */
import { readFileSync, writeFileSync } from "node:fs"
import { parseSync } from "rolldown/utils"
import { examples } from "../src/cli/examples.ts"
import { explain } from "../src/cli/explain.ts"

interface Setting {
  readonly name: string
  readonly meaning: string
  /** Returns the text of each tag. */
  readonly tags: ReadonlyMap<string, string>
}

/** Returns the members of an interface with their doc comments. */
const settingsOf = (path: string, name: string): ReadonlyArray<Setting> => {
  const { comments, program } = parseSync(path, readFileSync(path, "utf8"))
  const members = program.body.flatMap((node) =>
    node.type === "ExportNamedDeclaration" &&
    node.declaration?.type === "TSInterfaceDeclaration" &&
    node.declaration.id.name === name
      ? node.declaration.body.body
      : [],
  )
  return members.map((member, at) => {
    const after = members[at - 1]?.end ?? 0
    const comment = comments.findLast(({ end, start }) => start >= after && end <= member.start)
    if (member.type !== "TSPropertySignature" || member.key.type !== "Identifier" || comment === undefined)
      throw new Error(`${path}: a member of ${name} has no doc comment`)
    const [text = "", ...tags] = comment.value.replace(/^\s*\* ?/gm, "").split(/^@/m)
    return {
      name: member.key.name,
      meaning: text.trim().replace(/\s+/g, " "),
      tags: new Map(tags.map((tag) => [tag.split(" ", 1)[0] ?? "", tag.slice(tag.indexOf(" ")).trim()])),
    }
  })
}

const code = (text: string | undefined): string => (text === undefined ? "–" : `\`${text}\``)

const table = (heads: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const extension = (): string =>
  table(
    ["setting", "default", "on htmx 4", "meaning", "example"],
    settingsOf("src/htmx/WsConfig.ts", "WsConfig").map(({ meaning, name, tags }) => {
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
      ["src/client/Session.ts", "Buffering"],
    ]
      .flatMap(([path = "", name = ""]) => settingsOf(path, name))
      .map(({ meaning, name, tags }) => [code(name), code(tags.get("default")), meaning]),
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
const protocol = () => {
  const tables = golden()
  return {
    path: "PROTOCOL.md",
    text: readFileSync("PROTOCOL.md", "utf8").replace(
      /^(<!-- golden: (.*?) -->\n)(\n\|[\s\S]*?\n(?!\|))?/gm,
      (_, comment: string, name: string) => {
        const found = tables.get(name)
        if (found === undefined) throw new Error(`PROTOCOL.md: there is no table ${name}`)
        return `${comment}\n${found}\n`
      },
    ),
  }
}

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

/** Returns the pages as they should be. */
export const pages = () => [
  page("docs/settings.md", extension()),
  page("docs/client.md", client()),
  protocol(),
  rules(),
]

if (import.meta.main) for (const { path, text } of pages()) writeFileSync(path, text)
