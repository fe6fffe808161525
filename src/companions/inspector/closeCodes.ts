/** The meanings of close codes (RFC 6455 §7.4.1, and IANA's registry). */
const words: Readonly<Record<number, string>> = {
  1000: "normal",
  1001: "the server or the page is going away",
  1002: "protocol error",
  1003: "the server cannot take this kind of data",
  1005: "no code was given",
  1006: "the connection broke, or the handshake failed",
  1007: "a message was not UTF-8",
  1008: "the server's policy forbids it",
  1009: "a message was too big",
  1010: "a required extension is missing",
  1011: "the server failed",
  1012: "the server restarts",
  1013: "the server is overloaded",
  1014: "a gateway got an invalid answer",
  1015: "TLS failed",
}

export const codeInWords = (code: number): string =>
  words[code] ??
  (code >= 4000 ? "a code of the application" : code >= 3000 ? "a registered code" : "unknown code")
