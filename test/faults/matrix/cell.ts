/** One cell of the matrix: a connection in a state, something that happens to it, and what must hold afterwards. */
import { type ActionName, actionOf, thrown } from "./actions.ts"
import { type EventName, eventOf } from "./events.ts"
import type { Subject } from "./Subject.ts"
import { type StateName, stateOf } from "./states.ts"

/** A listener that does something in one of the events that the cell dispatches, counted from 0 on. */
export interface Disturbance {
  readonly at: number
  readonly action: ActionName
}

export interface Outcome {
  /** The state that the page shows afterwards. */
  readonly state: string
  /** The events of the extension that it led to. */
  readonly events: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
}

/** Promises that were rejected, and that nobody handled. */
const rejections: Array<unknown> = []
process.on("unhandledRejection", (reason) => rejections.push(reason))

/** How many timers a connection may have in a state that a page sees. */
const timersIn: Readonly<Record<string, number>> = {
  connecting: 1,
  open: 1,
  reconnecting: 1,
  paused: 1,
  closed: 1,
  failed: 0,
  gone: 0,
}

/** When the invariants are checked. */
type Moment = "in the turn" | "afterwards" | "after reconnect()" | "after the removal" | "later"

/** What holds at every moment; of what has left by a script alone, the page learns after the turn. */
const invariants = (subject: Subject, moment: Moment): Array<string> => {
  const { account, census, connectElements, page, sockets, state } = subject
  const isOver = connectElements === 0
  const problems: Array<string> = []
  const check = (what: string, actual: number, most: number): void => {
    if (actual > most) problems.push(`${actual} ${what}, at most ${most} in state ${state}`)
  }
  if (moment !== "in the turn" || subject.isOriginal) {
    check("live sockets", sockets.filter(({ isLive }) => isLive).length, connectElements)
    check("timers", census.timers, isOver ? 0 : (timersIn[subject.handle.state] ?? 0))
  }
  if (moment !== "in the turn" && isOver) {
    check("listeners of the page", census.listeners, 0)
    check("fibers", census.fibers, 0)
    check(
      "listeners of sockets",
      sockets.reduce((sum, { listeners }) => sum + listeners, 0),
      0,
    )
  }
  check(
    "messages lost by sockets",
    sockets.reduce((sum, { lost }) => sum + lost.length, 0),
    0,
  )
  const isSettled = moment !== "in the turn" && isOver
  problems.push(
    ...account.problems(
      sockets.flatMap(({ sent }) => sent),
      isSettled,
    ),
  )
  problems.push(...page.console.filter((line) => line.startsWith("uncaught") && !line.includes(thrown)))
  problems.push(...rejections.splice(0).map((reason) => `unhandled rejection: ${reason}`))
  if (moment !== "in the turn" && subject.isConnected && subject.handle.state !== state)
    problems.push(`the page shows ${state}, and the object says ${subject.handle.state}`)
  return problems.map((problem) => `${moment}: ${problem}`)
}

/** Plays a cell, and returns what came of it. */
export const play = async (
  subject: Subject,
  stateName: StateName,
  eventName: EventName,
  disturbance?: Disturbance,
): Promise<Outcome> => {
  const state = stateOf(stateName)
  const problems: Array<string> = []
  const check = (moment: Moment): void => void problems.push(...invariants(subject, moment))

  subject.start(state.settings)
  let first = 0
  state.enter(subject, () => {
    const handle = subject.handle
    if (handle.state !== state.shown && subject.isConnected)
      problems.push(`entered ${handle.state}, not ${state.shown}`)
    // On htmx 4 there is no connection any more that could keep a message.
    if (subject.isConnected) subject.send()
    first = subject.events.length
    if (disturbance !== undefined) {
      const { act } = actionOf(disturbance.action)
      subject.disturb({ at: disturbance.at, act: (event) => act(subject, event) })
    } else subject.disturb()
    eventOf(eventName).act(subject)
  })
  check("in the turn")
  await subject.settle()
  check("afterwards")
  const outcome = { state: subject.state, events: subject.events.slice(first) }

  subject.disturb()
  problems.push(...(await works(subject)))
  check("after reconnect()")
  problems.push(...(await leaves(subject, check)))
  return { ...outcome, problems }
}

/** Has the connection dialled again, if its element is in the page. Returns why no message goes over it. */
const works = async (subject: Subject): Promise<Array<string>> => {
  if (subject.connectElements === 0) return []
  subject.visibility(false)
  subject.handle.reconnect()
  const { socket } = subject
  if (socket?.readyState !== 0) return ["reconnect() does not dial"]
  socket.open()
  await subject.settle()
  const before = socket.sent.length
  subject.send()
  subject.submit()
  await subject.settle()
  const expected = subject.form === undefined ? 1 : 2
  const problems: Array<string> = []
  if (subject.state !== "open") problems.push(`it is ${subject.state} after reconnect()`)
  if (socket.sent.length !== before + expected)
    problems.push(`${socket.sent.length - before} of ${expected} messages are written after reconnect()`)
  if (subject.handle.queue.length > 0) problems.push("messages still wait after reconnect()")
  return problems
}

/** Empties the page. Returns the events that come when all is over. */
const leaves = async (subject: Subject, check: (moment: Moment) => void): Promise<Array<string>> => {
  const { page, sockets } = subject
  page.document.body.replaceChildren()
  await subject.settle()
  check("after the removal")
  const before = subject.events.length
  for (const socket of sockets) {
    socket.open()
    socket.message("late")
    socket.fail()
  }
  page.clock.advance(100_000)
  // Rejections are reported after a turn.
  await new Promise((resolve) => setImmediate(resolve))
  check("later")
  subject.visibility(false)
  subject.network(true)
  return subject.events.slice(before).map((event) => `${event} after the removal`)
}
