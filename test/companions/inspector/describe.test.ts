/** All sentences of the inspector about what happened, to be read as one text. */
import { expect, test } from "vitest"
import { codeInWords } from "../../../src/companions/inspector/closeCodes.ts"
import { describe, lineOf } from "../../../src/companions/inspector/describe.ts"
import type { Entry, New } from "../../../src/companions/inspector/EventLog.ts"
import type { Frame } from "../../../src/companions/inspector/frame.ts"

const entryOf = (entry: New<Entry>): Entry => ({ ...entry, id: 0, at: 0, connection: undefined }) as Entry

const frame: Frame = {
  kind: "HTML",
  keys: [],
  length: 1234,
  text: "",
  places: [],
  loose: "",
  ignoredIds: [],
}

const place = { selector: "#a", style: "outerHTML", isFound: true, nearest: undefined }

const got = (
  more: Partial<Frame>,
  outcome: "applied" | "refused" = "applied",
  took?: number,
): New<Entry> => ({
  _tag: "frame",
  frame: { ...frame, ...more },
  problems: [],
  took,
  outcome,
  changed: [],
})

const closed = (
  after: "final" | "retried" | "paused" | "removed" | "unknown",
  code?: number,
): New<Entry> => ({
  _tag: "close",
  code,
  reason: code === undefined ? "" : "bye",
  after,
})

test("each entry of the timeline is a sentence", () => {
  const entries: ReadonlyArray<New<Entry>> = [
    { _tag: "dial", attempt: 0, url: "/ws", outcome: "dialled" },
    { _tag: "dial", attempt: 2, url: "/ws", outcome: "dialled" },
    { _tag: "dial", attempt: 0, url: "/ws", outcome: "refused" },
    { _tag: "open", took: undefined },
    { _tag: "open", took: 12_345 },
    closed("unknown"),
    closed("final", 4000),
    closed("retried", 1012),
    closed("paused"),
    closed("removed"),
    { _tag: "retry", attempt: 1, delay: 1500 },
    { _tag: "failed", attempts: 3, code: 1006 },
    got({ places: [place] }, "applied", 1.23),
    got({ places: [{ ...place, selector: undefined }] }, "refused"),
    got({ places: [{ ...place, isFound: false, nearest: "b" }], loose: "hi" }),
    got({ kind: "JSON", keys: ["a", "b"], places: Array.from({ length: 7 }, () => place), length: 12 }),
    { _tag: "sent", sender: "#form", length: 20, fields: ["text"], text: "", outcome: "sent" },
    { _tag: "sent", sender: "#form", length: 20, fields: [], text: "", outcome: "refused" },
    { _tag: "dropped", sender: "#form", reason: "overflow" },
    { _tag: "error", sender: "#form", sentence: "the socket failed" },
  ]
  expect(entries.map((entry) => describe(entryOf(entry)))).toEqual([
    "dials",
    "dials (attempt 2)",
    "is not dialled: a listener has refused it",
    "is open",
    "is open after 12 s",
    "closed",
    'closed with 4000 (a code of the application) "bye", for good',
    'closed with 1012 (the server restarts) "bye", is retried',
    "closed, until the page is visible again",
    "closed: the element has left the page",
    "attempt 1 in 1.5 s",
    "gives up after 3 attempts",
    "got 1.2 kB: #a (outerHTML) · 1.2 ms",
    "got 1.2 kB: an element without id · refused by a listener",
    "got 1.2 kB: #a is not on the page (is it #b?), text in no element",
    `got 12 B: JSON (a, b), ${"#a (outerHTML), ".repeat(5)}and 2 more`,
    "sent 20 B: text · from #form",
    "did not send (refused by a listener) 20 B · from #form",
    "dropped a message of #form: overflow",
    "error of #form: the socket failed",
  ])
  expect(lineOf(entryOf({ _tag: "dial", attempt: 0, url: "/ws", outcome: "dialled" }))).toBe("/ws dials")
})

test("each close code has a meaning", () => {
  const codes = [...Array.from({ length: 16 }, (_, at) => 1000 + at), 3000, 4000]
  expect(codes.map((code) => `${code} ${codeInWords(code)}`)).toEqual([
    "1000 normal",
    "1001 the server or the page is going away",
    "1002 protocol error",
    "1003 the server cannot take this kind of data",
    "1004 unknown code",
    "1005 no code was given",
    "1006 the connection broke, or the handshake failed",
    "1007 a message was not UTF-8",
    "1008 the server's policy forbids it",
    "1009 a message was too big",
    "1010 a required extension is missing",
    "1011 the server failed",
    "1012 the server restarts",
    "1013 the server is overloaded",
    "1014 a gateway got an invalid answer",
    "1015 TLS failed",
    "3000 a registered code",
    "4000 a code of the application",
  ])
})
