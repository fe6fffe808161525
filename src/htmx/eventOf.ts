import type { SocketClosed, SocketEvent } from "../core/Socket.ts"

/** The browser's event, or one in its place where we gave the socket up ourselves. */
export const eventOf = ({ code, event, reason, wasClean }: SocketClosed): SocketEvent =>
  event ?? new CloseEvent("close", { code, reason, wasClean })
