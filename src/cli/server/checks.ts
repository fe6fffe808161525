/** The checks of a server, section by section of PROTOCOL.md. */
import golden from "../../../test/protocol/golden.json" with { type: "json" }
import { follow } from "./follow.ts"
import { answerTo, changes, control, idOf, isResync, problemOf, shown, type Wire, wrongId } from "./frames.ts"
import { handshake, type Page } from "./Page.ts"
import { isAfterRestart, type Outcome, type Replay, resume } from "./replays.ts"
import type { Resumed, Session } from "./Session.ts"

/** What other checks need. */
export type Ability = "push" | "ids" | "answers" | "restart"

export interface Check {
  readonly section: number
  /** What a server does. */
  readonly title: string
  /** The ability that an earlier check must have found. */
  readonly needs?: Ability
  readonly gives?: Ability
  readonly run: (session: Session) => Promise<Outcome>
}

const elsewhere = "https://elsewhere.example"

/** Returns what pages do after a close with this code. Those from 4000 on belong to applications. */
const leadsTo = (code: number): string =>
  golden.closes.find((close) => close.code === Math.min(code, 4000))?.leads ?? "retry"

const seconds = (millis: number): string => `${millis / 1000} s`

/** Dials again and again while frames are pushed. */
const expectNoGap = async (session: Session): Promise<Outcome> => {
  const pages: Array<{ readonly page: Page; readonly lastId: string }> = []
  for (let time = 0; time < 20; time++) {
    const pushing = session.say(5)
    pages.push({ page: session.dial(session.newest), lastId: session.newest })
    await pushing
  }
  await session.say()
  const last = session.newest
  for (const { lastId, page } of pages) {
    const came = await page.until(
      () => page.frames.some((frame) => idOf(frame) === last),
      session.options.wait,
    )
    const from = session.pushed.findIndex(({ id }) => id === lastId)
    const followed = follow(session.pushed, from, page.frames)
    page.close()
    const got = "fault" in followed ? followed.fault : came ? undefined : "not all of it came"
    if (got !== undefined)
      return {
        fault: `Dialled with ${session.options.param}=${lastId} while frames were pushed; expected each frame after it once, in order; ${got}. Between looking up what a page lacks and sending it what comes there must be nothing`,
      }
  }
  return undefined
}

const isRefused = async (session: Session): Promise<Outcome> => {
  const { headers, isPublic, url, wait } = session.options
  if (isPublic) return { skipped: "--public: pages of all sites may connect" }
  // Some servers just end the connection.
  const refused = { status: 0 }
  const { status } = await handshake(url, { ...headers, Origin: elsewhere }, wait).catch(() => refused)
  if (status !== 101) return undefined
  const page = session.dial(undefined, { Origin: elsewhere })
  await page.until(() => page.closed !== undefined || page.frames.length > 0, wait)
  const { closed } = page
  page.close()
  if (closed !== undefined && leadsTo(closed.code) === "closed") return undefined
  return {
    fault: `Dialled with "Origin: ${elsewhere}"; expected a refusal, such as 403; it was accepted. A page of any site can connect, with the cookies of who looks at it: compare Origin with the server's own, or give --public if that is meant`,
  }
}

const pushes = async (session: Session): Promise<Outcome> => {
  const { send, wait } = session.options
  if (send === undefined)
    return {
      skipped: `give --send <a message that has the server push to all>, such as '{"text": "hello {n}"}'`,
    }
  const frames = await session.say()
  if (frames.length > 0) return undefined
  const { closed, frames: own } = session.speaker
  const came =
    closed !== undefined
      ? `the connection was closed with ${closed.code} ${closed.reason}`
      : own.length > 0
        ? `only the page that sent it got ${shown(own.at(-1) ?? "")}`
        : `nothing came within ${seconds(wait)}`
  return { fault: `Sent ${session.sent}; expected a frame for another page; ${came.trim()}` }
}

const fitsWire = async (session: Session): Promise<Outcome> => {
  const { wire } = session.options
  const problem = session.listener.frames
    .map((frame) => problemOf(frame, wire))
    .find((one) => one !== undefined)
  if (problem !== undefined) return { fault: problem }
  const isOfUse = (frame: string) => changes(frame, wire) || control(frame) !== undefined
  const { heard, sent } = session
  return heard.some(isOfUse)
    ? undefined
    : { fault: `Sent ${sent}; expected a frame that changes a page; got ${shown(heard.at(-1) ?? "")}` }
}

const hasIds = async (session: Session): Promise<Outcome> => {
  const wrong = session.listener.frames.find((frame) => wrongId(frame) !== undefined)
  if (wrong !== undefined) return { fault: `Pages read no id in ${shown(wrong)}: ${wrongId(wrong)}` }
  if (session.pushed.length === 0)
    return { skipped: "no frame has an id: pages cannot resume, and miss what is pushed while they are away" }
  await session.say()
  const twice = session.pushed.find(({ id }, at) => session.pushed.findIndex((other) => other.id === id) < at)
  return (
    twice && { fault: `${shown(twice.frame)} has the id of a frame before it; expected another for each` }
  )
}

const answersHeartbeat = async (session: Session): Promise<Outcome> => {
  const { wait } = session.options
  for (const { message } of golden.heartbeats) {
    const page = session.dial()
    await page.until(() => page.isOpen, wait)
    await page.quiet(wait / 30)
    const before = page.frames.length
    page.send(message)
    const came = await page.until(() => page.frames.length > before, wait)
    const { closed } = page
    page.close()
    if (!came)
      return {
        fault: `Sent ${message}; expected any frame, such as {"type":"pong"}; ${closed ? `the connection was closed with ${closed.code}` : `nothing came within ${seconds(wait)}`}. Pages with a heartbeat drop the connection, and dial again`,
      }
    const [pushed] = await session.hearAll()
    if (pushed !== undefined)
      return { fault: `Sent ${message}; expected nothing for other pages; they got ${shown(pushed)}` }
  }
  return undefined
}

const answers = async (session: Session): Promise<Outcome> => {
  const id = session.nextId()
  const answer = await session.ask(session.speaker, session.message(id), id)
  await session.hearAll()
  if (answer === undefined)
    return {
      skipped: `messages with HX-Message-ID are not answered, as a server may do: ws-delivery cannot tell what became of them`,
    }
  if (answerTo(answer, id) === "acked") return undefined
  const reason = control(answer)?.reason
  return {
    fault: `Sent what --send says; expected {"HX-Ack": "${id}"} or <!--re:${id}-->; it was refused: ${reason}`,
  }
}

const doesOnce = async (session: Session): Promise<Outcome> => {
  const id = session.nextId()
  const message = session.message(id)
  await session.ask(session.speaker, message, id)
  const other = session.dial()
  await other.until(() => other.isOpen, session.options.wait)
  const answer = await session.ask(other, message, id)
  other.close()
  const frames = await session.hearAll()
  if (frames.length > session.framesOfOne)
    return {
      fault: `Sent a message, and again under the same HX-Message-ID by another connection, as a page does that did not hear of it; expected it to be done once; it was done twice`,
    }
  if (answer === undefined || answerTo(answer, id) !== "acked")
    return {
      fault: `Sent a message again under the same HX-Message-ID, by another connection; expected the answer of the first time; ${answer === undefined ? "none came" : `got ${shown(answer)}`}`,
    }
  return undefined
}

const survives = async (session: Session): Promise<Outcome> => {
  const { wait } = session.options
  const page = session.dial()
  await page.until(() => page.isOpen, wait)
  const sent = ["{oops", "[1]", '"text"', "null", "{}"]
  for (const text of sent) page.send(text)
  await page.quiet(wait / 30)
  page.close()
  await session.hearAll()
  if ((await session.say()).length > 0) return undefined
  return {
    fault: `Sent ${sent.join(" ")}, which is no form's; expected the server to go on with other pages; it did not`,
  }
}

const fetches = async (session: Session): Promise<Outcome> => {
  const { headers, resync, url, wait } = session.options
  const answer: Resumed = await session.resume(undefined)
  if ("fault" in answer || answer.whole === undefined || !isResync(answer.whole))
    return { note: "nothing has to be fetched, since everything comes in a frame" }
  if (resync === undefined) return { skipped: "give --resync <where pages fetch everything>" }
  const address = new URL(resync, url.replace(/^ws/, "http"))
  const response = await fetch(address, {
    headers: { ...headers, "HX-Resync": "1" },
    signal: AbortSignal.timeout(wait),
  }).catch((error: Error) => error)
  if (response instanceof Error || !response.ok) {
    const got = response instanceof Error ? response.message : response.status
    return { fault: `Fetched ${address.pathname} with HX-Resync; expected HTML; got ${got}` }
  }
  const given = response.headers.get("HX-Last-ID")
  if (session.pushed.some(({ id }) => id === given)) return undefined
  return {
    fault: `Fetched ${address.pathname} with HX-Resync; expected the header HX-Last-ID with the id of the newest frame, ${session.newest}; got ${given === null ? "none" : `"${given}"`}`,
  }
}

const restarts = async (session: Session): Promise<Outcome> => {
  const { restart } = session.options
  if (restart === undefined) return { skipped: "give --restart <a command that restarts the server>" }
  await session.say(2)
  const { listener } = session
  const failed = await session.restart(restart)
  if (failed !== undefined) return { fault: failed }
  const { code = 0 } = listener.closed ?? {}
  if (leadsTo(code) === "closed")
    return {
      fault: `Restarted; expected 1012, or another code after which pages dial again; the connection was closed with ${code}`,
    }
  return code === 1006 ? { note: "without a close frame: 1012 would tell pages why" } : undefined
}

const ofReplay = (replay: Replay): Check => ({
  section: 7,
  title: `Resuming with ${replay.title}`,
  needs: isAfterRestart(replay) ? "restart" : "ids",
  run: (session) => resume(session, replay),
})

/** Returns the checks in their order, for a server with the frames of `wire`. */
export const checksFor = (wire: Wire): ReadonlyArray<Check> => [
  { section: 1, title: "Pages of other sites are refused", run: isRefused },
  {
    section: 4,
    title: "A message of one page has the server push a frame to another",
    gives: "push",
    run: pushes,
  },
  {
    section: wire === "html" ? 2 : 3,
    title: "What is pushed changes a page",
    needs: "push",
    run: fitsWire,
  },
  {
    section: 4,
    title: "What is no message of a form does not stop the server",
    needs: "push",
    run: survives,
  },
  { section: 6, title: "A ping is answered, and is no message", run: answersHeartbeat },
  {
    section: 8,
    title: "A message with HX-Message-ID is answered",
    needs: "push",
    gives: "answers",
    run: answers,
  },
  {
    section: 4,
    title: "A message that comes again is done once, and answered again",
    needs: "answers",
    run: doesOnce,
  },
  {
    section: 7,
    title: "What is pushed has an id, another each time",
    needs: "push",
    gives: "ids",
    run: hasIds,
  },
  ...golden.replays.filter((replay) => !isAfterRestart(replay)).map(ofReplay),
  {
    section: 7,
    title: "Nothing is lost or doubled between resuming and what is pushed then",
    needs: "ids",
    run: expectNoGap,
  },
  {
    section: 7,
    title: "What HX-Resync has pages fetch says which frames are in it",
    needs: "ids",
    run: fetches,
  },
  { section: 5, title: "A restart has pages dial again", needs: "ids", gives: "restart", run: restarts },
  ...golden.replays.filter(isAfterRestart).map(ofReplay),
]
