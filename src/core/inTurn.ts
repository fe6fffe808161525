/**
 * Handshakes by host, in the order of their beginning. Browsers dial each address for one WebSocket at a time (RFC 6455
 * §4.1). The others say that they are connecting too, and the server has not heard of them.
 */

/** In browsers and their workers. Other runtimes dial for all sockets at once. */
declare const location: object | undefined

/** What begins with the turn of each handshake that has not ended. */
const lines = new Map<string, Set<() => void>>()

/**
 * Calls `begin` when the earlier handshakes with the host of `url` have ended. Returns a function to call when this one
 * has.
 */
export const inTurn = (url: string, begin: () => void): (() => void) => {
  // A scheme, nothing, and a host with its port.
  const host = `${url.split("/", 3)}`
  const line = (typeof location === "object" && lines.get(host)) || new Set()
  lines.set(host, line.add(begin))
  if (line.size === 1) begin()
  return () => {
    const [first, second] = line
    line.delete(begin)
    if (first === begin) second?.()
  }
}
