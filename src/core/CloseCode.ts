/**
 * WebSocket close codes by name.
 *
 * Norm: RFC 6455 §7.4.1; 1012 to 1014 from IANA's "WebSocket Close Code Number" registry.
 */

export const NormalClosure = 1000
export const GoingAway = 1001
/** Never on the wire: the peer's close frame carried no code. */
export const NoStatusReceived = 1005
/** Never on the wire: the connection ended without a close frame, or was never established. */
export const AbnormalClosure = 1006
export const InternalError = 1011
export const ServiceRestart = 1012
export const TryAgainLater = 1013
export const BadGateway = 1014

/** Never on the wire: the TLS handshake failed. Browsers report 1006. */
export const TlsHandshake = 1015

/** Whether a page may pass this code to `WebSocket.close`: 1000, or 3000 to 4999 (WHATWG WebSockets, `close`). */
export const isSendable = (code: number): boolean => code === NormalClosure || (code >= 3000 && code <= 4999)
