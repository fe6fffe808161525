import { accept } from "../setup/behaviours.ts"
import { companionTags } from "../setup/companions.ts"
import { inspectorTag } from "../setup/inspected.ts"
import { TestServer } from "../setup/server.ts"
import type { Visit } from "../setup/Visit.ts"
import type { Case } from "./Case.ts"
import type { Recorded } from "./inPage/recorder.ts"
import { Stage } from "./Stage.ts"
import type { Tabs } from "./Tab.ts"
import { type Script, type Version, versions } from "./versions.ts"

/** The actions and the final state of a page, and the messages to its server, one entry each. */
export type Trace = ReadonlyArray<string | Recorded>

const inScript = (code: string | undefined) => (code === undefined ? "" : `<script>${code}</script>`)

/** Returns the page as an author would write it. */
export const documentOf = (
  { companions, first, head = "", page, script }: Case,
  version: Version,
  ws: Script,
): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>side by side</title>
<link rel="icon" href="data:,">
${inScript(first)}
<script src="${versions[version].htmx}"></script>
<script src="${versions[version][ws]}"></script>${ws === "official" ? "" : inspectorTag(head) + companionTags(companions)}
${inScript(script)}
${head}
</head>
<body hx-ext="ws">
${page.replaceAll("{ws}", versions[version][ws])}
</body>
</html>`

/** Runs a case with one of the scripts. */
export const run = (tabs: Tabs, each: Case, version: Version, ws: Script): Promise<Trace> =>
  tabs.with(async (tab) => {
    await using server = await TestServer.start()
    for (const [path, html] of Object.entries(each.answers ?? {}))
      server.page(path, html.replaceAll("{ws}", versions[version][ws]))
    const behaviour = each.server?.() ?? accept()
    if (typeof behaviour === "function") server.webSocket("*", behaviour)
    else for (const [path, one] of Object.entries(behaviour)) server.webSocket(path, one)
    const stage = new Stage(tab, server)
    await tab.start(server.page("/", documentOf(each, version, ws)))
    await stage.settle()
    await each.steps?.(stage)
    await stage.settle()
    // Sockets dialled at the same time may arrive in any order.
    const visits = server.visits.toSorted((a, b) => a.path.localeCompare(b.path))
    return [...(await tab.trace()), ...visits.flatMap(traceOf)].map((entry) =>
      typeof entry === "string"
        ? entry.replaceAll(new URL(server.origin).host, "HOST").replaceAll(versions[version][ws], "{ws}")
        : entry,
    )
  })

const traceOf = ({ closed, messages, protocols, url }: Visit): Trace => [
  `server: ${[url, ...protocols].join(" ")}`,
  ...messages.map(({ data }) => {
    const text = typeof data === "string" ? data : `bytes ${data.toString("hex")}`
    return `server got ${text}`
  }),
  ...(closed === undefined ? [] : [`server saw the end: ${closed.code} ${closed.reason}`.trim()]),
]
