/** Checks a server. */
import { type Ability, checksFor } from "./checks.ts"
import { handshake } from "./Page.ts"
import type { Outcome } from "./replays.ts"
import { type Options, Session } from "./Session.ts"

/** The server cannot be checked. */
export class CannotCheck extends Error {}

/** The result of a check. */
export interface Result {
  /** The section of PROTOCOL.md. */
  readonly section: number
  readonly title: string
  readonly outcome: "ok" | "not ok" | "skipped"
  /** What was expected and what arrived, why it was skipped, or a note. */
  readonly sentence: string | undefined
}

/** Why a check is skipped if it needs an ability that the server does not have. */
const missing: Readonly<Record<Ability, string>> = {
  push: "nothing was pushed",
  ids: "there is no id to resume with",
  answers: "messages are not answered",
  restart: "it was not restarted",
}

/** Resolves with why a page of the server's own site gets no connection. */
const whyClosed = async ({ headers, url, wait }: Options, { listener }: Session): Promise<string> => {
  try {
    const { protocol, status } = await handshake(url, headers, wait)
    if (status !== 101)
      return `${url} answers the handshake with ${status}. If it needs a cookie or another header, give --header "Cookie: …"; if its pages have another address, --origin`
    if (protocol !== undefined)
      return `${url} chooses the subprotocol "${protocol}", and none was offered: pages close such a connection (section 1)`
    const { code = 1006, reason = "" } = listener.closed ?? {}
    return `${url} opens a WebSocket and closes it with ${code} ${reason}`.trim()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return `${url} cannot be reached: ${code ?? message}`
  }
}

/** Runs the checks, one after the other. Throws `CannotCheck` if there is no connection. */
export async function* check(options: Options): AsyncGenerator<Result> {
  const session = new Session(options)
  try {
    if (!(await session.open())) throw new CannotCheck(`${await whyClosed(options, session)}.`)
    const given = new Set<Ability>()
    for (const { gives, needs, run, section, title } of checksFor(options.wire)) {
      if (session.isSilent) given.clear()
      const outcome =
        needs !== undefined && !given.has(needs) ? { skipped: missing[needs] } : await run(session)
      const said: Exclude<Outcome, undefined> = outcome ?? { note: undefined }
      if ("fault" in said) yield { section, title, outcome: "not ok", sentence: said.fault }
      else if ("skipped" in said) yield { section, title, outcome: "skipped", sentence: said.skipped }
      else {
        if (gives !== undefined) given.add(gives)
        yield { section, title, outcome: "ok", sentence: said.note }
      }
    }
  } finally {
    session.close()
  }
}
