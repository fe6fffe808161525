/** What frames get wrong. */
import type { Frame } from "../frame.ts"
import { unknownId } from "./ids.ts"
import type { Said } from "./Rule.ts"

/** What is wrong with a frame. */
export interface FrameProblem extends Said {
  readonly rule: string
}

const start = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

type Rule = (frame: Frame, isOldWire: boolean) => ReadonlyArray<Said>

/** The rules for frames by name. */
export const frameRules = {
  "unknown-id": ({ places }) =>
    places
      .filter(({ isFound, selector }) => selector !== undefined && !isFound)
      .map(({ nearest, selector }) => unknownId(selector as string, nearest)),

  "frame-without-id": ({ places, text }) =>
    places.some(({ selector }) => selector === undefined)
      ? [
          {
            sentence: `An element of a frame has no id, and is swapped nowhere: ${start(text)}`,
            fix: `Give it the id of the element that it replaces, or hx-swap-oob="beforeend:#…".`,
          },
        ]
      : [],

  "text-frame": ({ loose }) =>
    loose === ""
      ? []
      : [
          {
            sentence: `Text of a frame is in no element, and is swapped nowhere: ${start(loose)}`,
            fix: `Put it into an element with the id of one on the page: <div id="…">…</div>.`,
          },
        ],

  "new-frame": ({ keys, kind }, isOldWire) =>
    isOldWire && kind === "JSON" && (keys.includes("content") || keys.includes("payload"))
      ? [
          {
            sentence:
              "A frame is JSON with content, as of htmx 4: here a frame is HTML, and nothing is swapped",
            fix: `Send the HTML itself, or write hx-ws:connect on htmx 4.`,
          },
        ]
      : [],

  "old-frame": ({ ignoredIds, places }) =>
    ignoredIds.length === 0
      ? []
      : [
          {
            sentence: `A frame of htmx 2 came to hx-ws:connect: #${ignoredIds.join(", #")} is on the page, but the frame goes into ${places[0]?.selector}`,
            fix: `Add hx-swap-oob="true" to the elements of the frame, or write ws-connect, which swaps by id.`,
          },
        ],
} satisfies Readonly<Record<string, Rule>>

export const checkFrame = (frame: Frame, isOldWire: boolean): Array<FrameProblem> =>
  Object.entries<Rule>(frameRules).flatMap(([rule, find]) =>
    find(frame, isOldWire).map((problem) => ({ rule, ...problem })),
  )
