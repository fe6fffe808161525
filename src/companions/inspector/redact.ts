/** What must not reach a screenshot or a bug report. */

const redactPair = (pair: string): string => (pair.includes("=") ? pair.replace(/=.*/, "=…") : "…")

/** A URL with the values of its query, and its password, replaced by `…`. */
export const redactUrl = (url: string): string =>
  url
    .replace(/#.*$/, "")
    .replace(/^(\w+:\/\/)[^/@?]*@/, "$1…@")
    .replace(/\?(.+)$/, (_, query: string) => `?${query.split("&").map(redactPair).join("&")}`)

/** A sentence with the URLs in it redacted. */
export const redactText = (text: string): string => text.replace(/\b(?:ws|http)s?:\/\/[^\s"'<>]+/g, redactUrl)

const secret = /pass|secret|token|auth|session|csrf|cookie|api_?key|jwt/i

const redactValue = (key: string, value: unknown): unknown =>
  secret.test(key) && value !== null && typeof value !== "object"
    ? "…"
    : typeof value === "string"
      ? redactText(value)
      : value

/** JSON without the values of fields that sound like a secret, or of queries. Other text stays as it is. */
export const redactMessage = (text: string): string => {
  if (!/^\s*[{[]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text, redactValue))
  } catch {
    return text
  }
}
