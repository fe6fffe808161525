/** Has connections of every kind meet faults, and judges what came of it. */
import { waitFor } from "../setup/waitFor.ts"
import { addRun, type Clients, type Seen, type Target } from "./Clients.ts"
import type { FaultServer, When } from "./FaultServer.ts"
import { type Fault, type FaultName, faults } from "./faults.ts"

/** A fault, and when it happens. */
export interface Trial {
  readonly name: FaultName
  readonly when: When
}

/** What came of a trial. */
export interface Result extends Trial {
  /** What the client made of it: it stayed, dialled again, or closed for good. */
  readonly outcome: "stays" | "again" | "final"
  readonly code: number | "none"
  readonly dials: number
  /** Messages that were written, and that the server did not read. */
  readonly lost: number
  readonly accepted: number
  /** What is not as it should be, one sentence for each. */
  readonly complaints: ReadonlyArray<string>
}

/** The close codes that are retried by default (CONTRACT.md, section 4). */
export const retriedCodes = [1001, 1005, 1006, 1011, 1012, 1013, 1014]

/** How long handshakes and silence may last, in milliseconds. */
const connectTimeout = 1_000
const heartbeat = { heartbeat: 400, heartbeatTimeout: 1_000 }

/** All trials of faults: those of an open connection happen when it opens, and again after its first message. */
export const trialsOf = (names: ReadonlyArray<FaultName>): ReadonlyArray<Trial> =>
  names.flatMap((name) =>
    (faults[name].afterOpen ? (["open", "message"] as const) : (["open"] as const)).map((when) => ({
      name,
      when,
    })),
  )

const pathOf = ({ name, when }: Trial): string => `/${name}-${when}`

/** The code that these clients see. */
export const expectedOf = (fault: Fault, clients: Clients): number | "none" =>
  clients.name === "Node" ? (fault.codeInNode ?? fault.code) : fault.code

const outcomeOf = (code: number | "none"): Result["outcome"] => {
  if (code === "none") return "stays"
  return retriedCodes.includes(code) ? "again" : "final"
}

/** Runs trials beside each other, over one set of clients. */
export const run = async (
  server: FaultServer,
  clients: Clients,
  trials: ReadonlyArray<Trial>,
  patience = 10_000,
): Promise<ReadonlyArray<Result>> => {
  const meetings = await Promise.all(trials.map((trial) => meet(server, clients, trial)))
  /** Waits for all of them, and notes for which it waited in vain. */
  const all = async (what: string, holds: (meeting: Meeting, seen: Seen) => boolean | Promise<boolean>) => {
    // One complaint of this kind is enough.
    let missing: ReadonlyArray<Meeting> = meetings.filter(({ complaints }) => complaints.length === 0)
    await waitFor(
      async () => {
        const seen = await clients.seen()
        const held = await Promise.all(
          missing.map((meeting) => {
            const own = seen[meeting.target.path]
            return own !== undefined && holds(meeting, own)
          }),
        )
        missing = missing.filter((_, at) => !held[at])
        return missing.length === 0
      },
      patience,
      { every: 30 },
    ).catch(() => {})
    for (const { complaints } of missing) complaints.push(`not in time: ${what}`)
  }
  const dialsTo = (meeting: Meeting) => server.dialsTo(meeting.target.path)
  const isRead = (meeting: Meeting, message: string) =>
    dialsTo(meeting).some(({ texts }) => texts.some((text) => messageOf(text) === message))

  await clients.open(meetings.map(({ target }) => target))
  const paths = meetings.map(({ target }) => target.path)
  await clients.send("first", paths)
  let nudges = 0
  await all("the fault", async (meeting, { codes }) => {
    if (meeting.outcome === "stays") return isRead(meeting, "first")
    if (codes.length === 0 && meeting.fault.foundBy === "sending")
      await clients.send(`nudge ${++nudges}`, [meeting.target.path])
    return codes.length > 0
  })
  await Promise.all(meetings.map(({ target }) => server.heal(target.path)))
  await clients.send("meanwhile", paths)
  await all("what follows from it", (meeting, { live, state }) =>
    meeting.outcome === "final" ? state === "closed" && live === 0 : state === "open" && live === 1,
  )
  // Those that are over have not dialled, while others have waited as long for their retries.
  const before = await clients.seen()
  for (const { complaints, outcome, target } of meetings)
    if (outcome === "final" && before[target.path]?.dials !== 1) complaints.push("dialled after a final code")
  await clients.reconnect(
    meetings.filter(({ outcome }) => outcome === "final").map(({ target }) => target.path),
  )
  await all("it is open again", (_, { live, state }) => state === "open" && live === 1)
  await clients.send("last", paths)
  for (const { target } of meetings) server.dialsTo(target.path).at(-1)?.send(clients.frame(target.path))
  await all("the last message is read", (meeting) => isRead(meeting, "last"))
  await all("the last frame is applied", ({ target }) => clients.isApplied(target.path))
  const seen = await clients.seen()
  const timers = await clients.remove()
  await all(
    "its sockets are gone",
    (meeting, { live }) => live === 0 && server.live(meeting.target.path).length === 0,
  )

  return meetings.map((meeting) => judge(meeting, seen[meeting.target.path], timers))

  function judge(meeting: Meeting, own: Seen | undefined, timers: number): Result {
    const { complaints, expected, fault, outcome, trial } = meeting
    const check = (holds: boolean, complaint: () => string): void => {
      if (!holds) complaints.push(complaint())
    }
    if (own === undefined)
      return {
        ...trial,
        outcome,
        code: "none",
        dials: 0,
        lost: 0,
        accepted: 0,
        complaints: ["no connection"],
      }
    const [code = "none"] = own.codes
    // A client may have given up the wait for the end of TCP before the browser does.
    const isGivenUp = fault.foundBy === "sending" && code === 1006
    check(code === expected || isGivenUp, () => `it closed with ${code} instead of ${expected}`)
    check(own.most <= 1, () => `${own.most} sockets were live at once`)
    const dials = outcome === "stays" ? 1 : 2
    // A slow machine may miss a limit, and a port is closed until the fault has been seen.
    const mayBeMore = fault.foundBy !== undefined || fault.network === "refused"
    check(
      own.dials === dials || (mayBeMore && own.dials > dials),
      () => `${own.dials} dials instead of ${dials}`,
    )
    check(
      own.retries === own.codes.filter((code) => retriedCodes.includes(code)).length,
      () => `${own.retries} retries after ${own.codes.join(", ")}`,
    )

    const sent: Array<[string, number]> = []
    for (const dial of dialsTo(meeting)) for (const text of dial.sent) addRun(sent, text)
    check(String(sent) === String(own.runs), () => `received ${own.runs}; the server sent ${sent}`)

    const messages = Object.entries(own.outcomes)
    check(
      messages.length >= (outcome === "final" ? 2 : 3),
      () => `accepted ${messages.map(([message]) => message)}`,
    )
    let lost = 0
    for (const [message, outcomes] of messages) {
      check(outcomes.length === 1, () => `“${message}” has the outcomes ${outcomes.join(", ") || "none"}`)
      const reads = dialsTo(meeting).flatMap(({ texts }) =>
        texts.filter((text) => messageOf(text) === message),
      )
      check(reads.length <= 1, () => `the server read “${message}” ${reads.length} times`)
      check(outcomes[0] === "sent" || reads.length === 0, () => `“${message}” was read, and is ${outcomes}`)
      if (outcomes[0] === "sent" && reads.length === 0) lost++
    }
    // What was written to a connection that has failed may be lost.
    check(lost === 0 || (outcome !== "stays" && own.opens >= own.dials), () => `${lost} messages were lost`)
    check(timers === 0, () => `${timers} timers are left`)
    for (const error of clients.uncaught()) complaints.push(`uncaught: ${error}`)
    return { ...trial, outcome, code, dials: own.dials, lost, accepted: messages.length, complaints }
  }
}

/** A trial under way. */
interface Meeting {
  readonly trial: Trial
  readonly fault: Fault
  readonly target: Target
  readonly expected: number | "none"
  readonly outcome: Result["outcome"]
  readonly complaints: Array<string>
}

const meet = async (server: FaultServer, clients: Clients, trial: Trial): Promise<Meeting> => {
  const fault = faults[trial.name]
  const path = pathOf(trial)
  const expected = expectedOf(fault, clients)
  const settings = {
    reconnectDelay: 50,
    ...(fault.foundBy === "connectTimeout" && { connectTimeout }),
    ...(fault.foundBy === "heartbeat" && heartbeat),
  }
  const target = { path, url: await server.url(path, trial.name, trial), fault, settings }
  return { trial, fault, target, expected, outcome: outcomeOf(expected), complaints: [] }
}

/** The message in a text of a client: a form's is JSON. */
export const messageOf = (text: string): string => (text.startsWith("{") ? JSON.parse(text).m : text)
