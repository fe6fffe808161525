import { type Line, type Version, versionsOf } from "./versions.ts"

/**
 * Cases that do not hold yet, by title: the point of the issue, and the lines or versions where not. They must fail;
 * whoever mends one takes it off.
 */
const pending: Readonly<Record<string, readonly [point: number, ...on: Array<Line | Version>]>> = {
  "Public code listens for messages by internalData.webSocket.addEventListener": [11, "1.9", "2"],
  "Public code listens by internalData.webSocket.addEventListener for one socket after the other": [
    11,
    "1.9",
    "2",
  ],
  "internalData.webSocket has the members of the official one": [11, "1.9", "2"],
  "internalData.webSocket counts its retries": [11, "1.9", "2"],
  "A guard vetoes what is sent while the socket is closed": [11, "1.9", "2"],
  "transformResponse decodes frames that are bytes": [15, "1.9", "2"],
  "transformResponse decodes objects that an adapter gives": [15, "1.9", "2"],
  "Scripts inside a template obey allowScriptTags": [16, "1.9.12", "2"],
  "A template with hx-swap-oob is an element like others": [16, "2"],
  "A refused handshake is retried with a growing delay": [17, "1.9", "2"],
  "A fake calls onopen, onmessage by its listener, and onclose": [17, "1.9", "2"],
  "A fake calls onerror with an event": [17, "1.9", "2"],
  "The error of a refused handshake is the socket's event": [17, "1.9", "2"],
  "A field with hx-trigger=focus is replaced by each reply": [20, "1.9", "2"],
  "A page replaces socketWrapper.send for its own programs": [21, "1.9.12", "2"],
  "A listener of wsBeforeMessage removes the connect element": [21, "1.9", "2"],
  'htmx.config.wsReconnectDelay is (retryCount) => "150"': [21, "1.9", "2"],
  "htmx.config.wsReconnectDelay is () => undefined": [21, "1.9", "2"],
  "htmx.config.wsReconnectDelay is () => {}": [21, "1.9", "2"],
  "htmx.config.wsReconnectDelay is () => NaN": [21, "1.9", "2"],
  "Scripts inside a template run once, with the nonce of the page": [16, "1.9.12", "2"],
}

export const isPending = (title: string, version: Version): boolean => {
  const [, ...on] = pending[title] ?? []
  return versionsOf(on).includes(version)
}
