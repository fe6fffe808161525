import { describe, expect, test } from "vitest"
import { nearest } from "../../src/companions/inspector/nearest.ts"
import { redactText, redactUrl } from "../../src/companions/inspector/redact.ts"

test.for([
  ["wss://host/chat", "wss://host/chat"],
  ["wss://host/chat?token=abc&room=7#part", "wss://host/chat?token=…&room=…"],
  ["wss://host/chat?abc", "wss://host/chat?…"],
  ["wss://host/?a=b=c&d", "wss://host/?a=…&…"],
  ["wss://ann:secret@host/chat", "wss://…@host/chat"],
  ["/chat?token=abc", "/chat?token=…"],
] as const)("%s is shown as %s", ([url, shown]) => {
  expect(redactUrl(url)).toBe(shown)
})

test("URLs in a sentence are redacted", () => {
  expect(redactText(`wss://host/a?token=abc did not open (see "https://host/?a=b")`)).toBe(
    `wss://host/a?token=… did not open (see "https://host/?a=…")`,
  )
})

test.for([
  ["plain text", "plain text"],
  [`{"text":"hello","HEADERS":{"X-CSRF-Token":"abc"}}`, `{"text":"hello","HEADERS":{"X-CSRF-Token":"…"}}`],
  [`{"password":"abc","user":{"session_id":1}}`, `{"password":"…","user":{"session_id":"…"}}`],
  [`{"HX-Current-URL":"https://host/?code=1"}`, `{"HX-Current-URL":"https://host/?code=…"}`],
  [`{"text": `, `{"text": `],
  [`{"session":{"id":1},"author":"Ann"}`, `{"session":{"id":1},"author":"Ann"}`],
  [`{"token":"a \\" b"}`, `{"token":"…"}`],
  [`{"body":"{\\"token\\":\\"abc\\"}"}`, `{"body":"{\\"token\\":\\"…\\"}"}`],
  [`<a href="/x?a=1&amp;b=2">`, `<a href="/x?a=…&amp;b=…">`],
  [
    `<input name="csrf_token" value="a b"><input name="x" value="y">`,
    `<input name="csrf_token" value="…"><input name="x" value="y">`,
  ],
  [`<meta name="csrf-token" content='abc'>`, `<meta name="csrf-token" content="…">`],
  [`<b data-token="abc" hx-headers='{"X-Auth": "abc"}'>`, `<b data-token="…" hx-headers='{"X-Auth": "…"}'>`],
  [`hx-vals="{&quot;token&quot;: &quot;abc&quot;}"`, `hx-vals="{&quot;token&quot;: &quot;…&quot;}"`],
  [`Authorization: Bearer abc.def`, `Authorization: …`],
  [`see eyJhbGci.eyJzdWIi.SflKx there`, `see … there`],
] as const)("%s is reported as %s", ([text, shown]) => {
  expect(redactText(text)).toBe(shown)
})

test("long texts of one word are redacted in no time", () => {
  const word = "a".repeat(1_000_000)
  expect(redactText(word)).toBe(word)
})

describe("the nearest id", () => {
  test.for([
    ["chatroom", ["log", "chat-room", "chat"], "chat-room"],
    ["ChatRoom", ["chat_room"], "chat_room"],
    ["message", ["messages", "badge"], "messages"],
    ["msgs", ["mess", "badge"], undefined],
    ["notifications", ["notification-list", "notifcations"], "notifcations"],
    ["log", ["chat", "feed"], undefined],
    ["log", [], undefined],
  ] as const)("of %s in %j is %s", ([id, ids, expected]) => {
    expect(nearest(id, ids)).toBe(expected)
  })
})
