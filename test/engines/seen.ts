/** The close codes that a page gets after each fault, engine by engine. */
import { type FaultName, faults } from "../faults/faults.ts"

export type Engine = "chromium" | "firefox" | "webkit"
export const engines = ["chromium", "firefox", "webkit"] as const

/** `"none"` if the connection stays. */
export type Code = number | "none"

/** Where a page gets another code than `faults` says. */
const exceptions: Readonly<Record<Engine, Partial<Record<FaultName, Code>>>> = {
  chromium: { "close-0": 0 },
  firefox: {
    "unknown-subprotocol": "none",
    "no-subprotocol": "none",
    "close-0": 0,
    "close-1005": 1005,
    "close-1015": 1015,
    "close-one-byte": 1005,
    // It reads nothing after a close frame, and takes masked frames.
    "close-twice": 1012,
    "data-after-close": 1012,
    masked: "none",
  },
  webkit: {
    // It follows them.
    "status-301": "none",
    "status-302": "none",
    "no-subprotocol": "none",
    // It fails the connection at codes that its HTTP library does not know.
    "close-with-handshake": 1006,
    "close-999": 1006,
    "close-1004": 1006,
    "close-1012": 1006,
    "close-1013": 1006,
    "close-1014": 1006,
    "close-1016": 1006,
    "close-2999": 1006,
    "close-long-reason": 1006,
    "close-and-end": 1006,
    "close-unanswered": 1006,
  },
}

export const codeIn = (engine: Engine, name: FaultName): Code => exceptions[engine][name] ?? faults[name].code
