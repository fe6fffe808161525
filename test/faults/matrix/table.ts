/** Where each event leads in each state, as a page sees it. */
import type { HtmxVersion } from "../../setup/pages.ts"
import { type EventName, eventNames, eventOf } from "./events.ts"
import { type StateName, stateNames, stateOf } from "./states.ts"

const words: Readonly<Record<string, string>> = {
  conn: "connecting",
  open: "open",
  wait: "reconnecting",
  paus: "paused",
  clos: "closed",
  fail: "failed",
  gone: "gone",
}

// `·` is the state before; of `a|b`, `b` is that on htmx 4; `gone` is a page without a connect element.
const text = `
                       preparing  connecting greeting   holding    open       reopened   quiet      ending     closing    waiting    offline    pausing    paused     closed     cancelled  last-retry failed
  removed              gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  swapped-away         gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  removed-around       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  moved                ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  morphed              ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  morphed,-other-URL   ·          ·          conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       ·          conn
  morphed-away         gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  processed            ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  processed-by-force   ·          ·          ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·|conn     ·          ·|conn
  other-URL            ·          ·          conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn|·     conn|·     ·          conn|·
  attribute-removed    gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  submit-without       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone       gone
  other-settings       ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  script-again         ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  submit               ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  send                 ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  send-too-many        ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  queue-emptied        ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  sender-removed       ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  close                clos       clos       clos       clos       clos       clos       clos       clos       ·          clos       clos       clos       clos       ·          ·          clos       ·
  close-with-a-code    clos       clos       clos       clos       clos       clos       clos       clos       ·          clos       clos       clos       clos       ·          ·          clos       ·
  close-of-the-socket  ·          clos|·     clos|·     clos|·     clos|·     clos|·     clos|·     clos|·     ·          ·          ·          ·          ·          ·          ·          clos|·     ·
  reconnect            ·          ·          conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       ·          conn
  reconnect-twice      ·          ·          conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       ·          conn
  left                 paus       paus       paus       paus       paus       paus       paus       paus       ·          paus       paus       ·          ·          ·          ·          paus       ·
  left-and-back        ·          ·          conn       conn       conn       conn       conn       conn       ·          conn       conn       ·          ·          ·          ·          ·          ·
  hidden               paus       paus       paus       paus       paus       paus       paus       paus       ·          paus       paus       ·          ·          ·          ·          paus       ·
  shown                ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          conn       conn       ·          ·          ·          ·
  hidden-and-shown     ·          ·          conn       conn       conn       conn       conn       conn       ·          conn       conn       conn       conn       ·          ·          ·          ·
  offline              ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  online               ·          ·          ·          ·          ·          ·          ·          ·          ·          conn       conn       ·          ·          ·          ·          ·          ·
  frozen               ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  resumed              ·          ·          ·          ·          ·          ·          ·          ·          ·          conn       conn       ·          ·          ·          ·          ·          ·
  asleep               ·          wait       ·          wait       ·          ·          ·          ·          ·          conn       conn       ·          ·          ·          ·          fail  ·
  a-second             ·          ·          ·          ·          ·          ·          ·          ·          ·          conn       conn       ·          ·          ·          ·          ·          ·
  a-minute             ·          ·          ·          conn       ·          ·          conn       ·          ·          conn       conn       ·          ·          ·          ·          fail  ·
  opens                ·          open       ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          open       ·
  frame                ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·          ·
  frame-that-removes   ·          gone       gone       gone       gone       gone       gone       gone       gone       ·          ·          gone       ·          ·          ·          gone       ·
  frame-and-end        ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  drop                 ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  error                ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  closed-twice         ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  late                 ·          ·          conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       conn       ·          conn
  code-1000            ·          clos       clos       clos       clos       clos       clos       clos       ·          ·          ·          ·          ·          ·          ·          clos       ·
  code-1001            ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  code-1005            ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  code-1008            ·          clos       clos       clos       clos       clos       clos       clos       ·          ·          ·          ·          ·          ·          ·          clos       ·
  code-1012            ·          wait       wait       wait       wait       wait       wait       wait       ·          ·          ·          ·          ·          ·          ·          fail  ·
  code-4001            ·          clos       clos       clos       clos       clos       clos       clos       ·          ·          ·          ·          ·          ·          ·          clos       ·
`

const [heads = [], ...rows] = text
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/))

/** A name as a head of the table: without spaces. */
const headOf = (name: string): string => name.replaceAll(" ", "-")

/** The cell as it is written above. */
const cellOf = (state: StateName, event: EventName): string => {
  const row = rows.find(([head]) => head === headOf(event))
  const cell = row?.[heads.indexOf(headOf(state)) + 1]
  if (cell === undefined) throw new Error(`the table says nothing about ${state} × ${event}`)
  return cell
}

/** The state that a page sees after an event in a state. */
export const expected = (htmx: HtmxVersion, state: StateName, event: EventName): string => {
  const [all = "", on4 = all] = cellOf(state, event).split("|")
  const word = htmx === "4" ? on4 : all
  return word === "·" ? stateOf(state).shown : (words[word] ?? word)
}

const tableOf = (lines: ReadonlyArray<ReadonlyArray<string>>): string =>
  lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")

/** The cell for readers. */
const shownCell = (cell: string): string =>
  cell
    .split("|")
    .map((word) => words[word] ?? word)
    .join(", htmx 4: ")

/** The table for readers: events that lead to the same states share a row. */
export const markdown = (): string => {
  const grouped = new Map<string, Array<EventName>>()
  for (const event of eventNames) {
    const row = stateNames.map((state) => shownCell(cellOf(state, event))).join(" | ")
    grouped.set(row, [...(grouped.get(row) ?? []), event])
  }
  return [
    tableOf([
      ["state", "when"],
      ["---", "---"],
      ...stateNames.map((name) => [name, `${stateOf(name).sentence} (\`${stateOf(name).shown}\`)`]),
    ]),
    tableOf([
      ["what happens", ...stateNames],
      ["---", ...stateNames.map(() => "---")],
      ...Array.from(grouped, ([row, events]) => [
        events.map((event) => eventOf(event).sentence).join("; "),
        row,
      ]),
    ]),
  ].join("\n\n")
}
