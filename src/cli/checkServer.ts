/** `npx htmx-ext-effect-ws check-server ws://…` */

import { count, fail, note, parse, print } from "./console.ts"
import { CannotCheck, check, type Result } from "./server/check.ts"
import type { Options } from "./server/Session.ts"

const usage = `Usage: htmx-ext-effect-ws check-server [options] <ws://… or wss://…>

Connects to a server as pages do, with the cases of the sections of PROTOCOL.md, and says what it does not do. Have nobody
else use it meanwhile: what it pushes for them looks like answers.

  --send <json>       the values of a message that has the server push a frame to every page, with {n} for another number
                      each time: --send '{"text": "hello {n}"}'. Without it most checks are skipped
  --header <header>   a header of the handshake: --header "Cookie: session=…". May be given several times
  --origin <origin>   the origin of the server's own pages (otherwise that of the URL)
  --public            pages of all sites may connect
  --wire <wire>       what frames are: html, for ws-connect (default), or 4, for hx-ws:connect of htmx 4
  --param <name>      the parameter with the id of the last frame (otherwise last-id)
  --keep <number>     how many frames the server keeps: checks what a page gets that has missed more
  --resync <path>     where pages fetch everything (ws-resync)
  --restart <command> a command that restarts the server: checks how it ends, and what it knows afterwards
  --wait <seconds>    how long to wait for what is to come (otherwise 3)
  --strict            exit with 1 also if a check was skipped
  --json              print the results as JSON

Exits with 1 if something is not ok, and with 2 if it cannot run.
`

const options = {
  send: { type: "string" },
  header: { type: "string", multiple: true },
  origin: { type: "string" },
  public: { type: "boolean" },
  wire: { type: "string" },
  param: { type: "string" },
  keep: { type: "string" },
  resync: { type: "string" },
  restart: { type: "string" },
  wait: { type: "string" },
  strict: { type: "boolean" },
  json: { type: "boolean" },
} as const

const urlOf = (given: string): URL => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url !== undefined && /^wss?:$/.test(url.protocol)
    ? url
    : fail(`${given} is no URL of a WebSocket: expected one that begins with ws:// or wss://.`)
}

const headerOf = (given: string): readonly [string, string] => {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*)$/.exec(given) ?? []
  return name === undefined || value === undefined
    ? fail(`--header "${given}" is no header: expected "Name: value".`)
    : [name, value]
}

const checkMessage = (given: string): string => {
  try {
    const values: unknown = JSON.parse(given)
    if (typeof values === "object" && values !== null && !Array.isArray(values)) return given
  } catch {
    // Said below.
  }
  return fail(
    `--send ${given} is no JSON object: expected the values of a form, such as '{"text": "hello"}'.`,
  )
}

const numberOf = (name: string, given: string | undefined): number | undefined => {
  if (given === undefined) return undefined
  return Number(given) > 0 ? Number(given) : fail(`--${name} ${given} is no number above 0.`)
}

const optionsOf = (args: Array<string>) => {
  const { positionals, values } = parse(args, options, usage)
  const [address] = positionals
  if (address === undefined || positionals.length > 1) return fail(usage)
  const url = urlOf(address)
  if (values.wire !== undefined && !/^(?:html|4)$/.test(values.wire))
    fail(`--wire ${values.wire} is no wire: expected html or 4.`)
  const server: Options = {
    url: url.href,
    headers: {
      Origin: values.origin ?? url.origin.replace(/^ws/, "http"),
      ...Object.fromEntries((values.header ?? []).map(headerOf)),
    },
    send: values.send === undefined ? undefined : checkMessage(values.send),
    wire: values.wire === "4" ? "htmx 4" : "html",
    param: values.param ?? "last-id",
    keep: numberOf("keep", values.keep),
    resync: values.resync,
    restart: values.restart,
    isPublic: values.public ?? false,
    wait: 1000 * (numberOf("wait", values.wait) ?? 3),
  }
  return { server, isJson: values.json ?? false, isStrict: values.strict ?? false }
}

const lineOf = ({ outcome, section, sentence, title }: Result): string =>
  `${outcome.padEnd(8)}§${section} ${title}${sentence === undefined ? "" : `: ${sentence}`}`

export const checkServer = async (args: Array<string>): Promise<void> => {
  const { isJson, isStrict, server } = optionsOf(args)
  const results: Array<Result> = []
  try {
    for await (const result of check(server)) {
      results.push(result)
      if (!isJson) print(lineOf(result))
    }
  } catch (error) {
    if (error instanceof CannotCheck) fail(error.message)
    throw error
  }
  const outcomes = Object.groupBy(results, ({ outcome }) => outcome)
  const { "not ok": faults = [], ok = [], skipped = [] } = outcomes
  if (isJson) print(JSON.stringify(results, null, 2))
  else
    note(
      `${count(ok.length, "check")} ok, ${faults.length} not ok, ${skipped.length} skipped; § is the section of PROTOCOL.md`,
    )
  if (faults.length > 0 || (isStrict && skipped.length > 0)) process.exitCode = 1
  // A server that does not answer a close keeps its connection open.
  setTimeout(() => process.exit(), 1_000).unref()
}
