/**
 * WebSocket close codes by name.
 *
 * Norm: RFC 6455 §7.4.1; 1012 to 1014 from IANA's "WebSocket Close Code Number" registry.
 *
 * **Example**
 *
 * ```ts
 * import { CloseCode } from "htmx-ext-effect-ws"
 *
 * console.log(CloseCode.isSendable(CloseCode.NormalClosure), CloseCode.isSendable(CloseCode.GoingAway))
 * ```
 */

/** The connection has served its purpose. */
export const NormalClosure = 1000
/** The server is going down, or the page was left. */
export const GoingAway = 1001
/** Never on the wire: the peer's close frame carried no code. */
export const NoStatusReceived = 1005
/** Never on the wire: the connection ended without a close frame, or was never established. */
export const AbnormalClosure = 1006
/** The server met a condition that it did not expect. */
export const InternalError = 1011
/** The server is restarting. */
export const ServiceRestart = 1012
/** The server is overloaded. */
export const TryAgainLater = 1013
/** A gateway or proxy received an invalid response from the server behind it. */
export const BadGateway = 1014

/** Never on the wire: the TLS handshake failed. Browsers report 1006. */
export const TlsHandshake = 1015

/** Returns whether a page may pass this code to `WebSocket.close`: 1000, or 3000 to 4999 (WHATWG WebSockets, `close`). */
export const isSendable = (code: number): boolean => code === NormalClosure || (code >= 3000 && code <= 4999)
