/**
 * Queues handshakes by host. Browsers dial each address for one WebSocket at a time (RFC 6455 §4.1): the others report
 * CONNECTING as well, but have not reached the server yet.
 */

/** Defined in browsers and their workers. Other runtimes dial for all sockets at once. */
declare const location: object | undefined

/** By host, the `begin` of each handshake that has not ended, the oldest first. */
const queues = new Map<string, Set<() => void>>()

/**
 * Calls `begin` when the earlier handshakes with the host of `url` have ended. Returns a function to call when this one
 * has.
 */
export const queueHandshake = (url: string, begin: () => void): (() => void) => {
  // The scheme, an empty part, and the host with its port.
  const host = `${url.split("/", 3)}`
  const queue = (typeof location === "object" && queues.get(host)) || new Set()
  queues.set(host, queue.add(begin))
  if (queue.size === 1) begin()
  return () => {
    const [first, second] = queue
    if (queue.delete(begin) && queue.size === 0) queues.delete(host)
    if (first === begin) second?.()
  }
}
