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

/** Done: the connection has served its purpose. */
export const NormalClosure = 1000
/** The server goes down, or the page is left. */
export const GoingAway = 1001
/** Never on the wire: the peer's close frame carried no code. */
export const NoStatusReceived = 1005
/** Never on the wire: the connection ended without a close frame, or was never established. */
export const AbnormalClosure = 1006
/** The server has met a condition that it did not expect. */
export const InternalError = 1011
/** The server restarts. */
export const ServiceRestart = 1012
/** The server is overloaded. */
export const TryAgainLater = 1013
/** A proxy has got an invalid response from the server behind it. */
export const BadGateway = 1014

/** Never on the wire: the TLS handshake failed. Browsers report 1006. */
export const TlsHandshake = 1015

/** Whether a page may pass this code to `WebSocket.close`: 1000, or 3000 to 4999 (WHATWG WebSockets, `close`). */
export const isSendable = (code: number): boolean => code === NormalClosure || (code >= 3000 && code <= 4999)
