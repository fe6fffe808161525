/** Removes secrets from bug reports. */

const redactPair = (pair: string): string => (pair.includes("=") ? pair.replace(/=.*/, "=…") : "…")

/** Returns a URL with its password, and the values of its query, replaced by `…`. */
export const redactUrl = (url: string): string =>
  url
    .replace(/#.*$/, "")
    .replace(/^(\w+:\/\/)[^/@?]*@/, "$1…@")
    .replace(/\?(.+)$/, (_, query: string) => `?${query.split("&").map(redactPair).join("&")}`)

const words = "pass|secret|token|auth(?!ors?\\b)|session|csrf|cookie|api[-_]?key|jwt"

/** Returns whether the name of a field sounds like a secret. */
export const isSecret = (name: string): boolean => RegExp(words, "i").test(name)

/** Matches `"token": "abc"` in JSON, also in attributes and in JSON of JSON, `token=abc`, and `Authorization: Bearer abc`. */
const secretPair = RegExp(
  `(?<![\\w-])([\\w-]*(?:${words})[\\w-]*(\\\\?["']|&quot;)?\\s*[:=]\\s*)` +
    `(\\\\"[^"]*"|"(?:[^"\\\\]|\\\\.)*"|'[^']*'|&quot;.*?&quot;|(?:Bearer |Basic )?[^\\s"'<>&,;{}[\\]\\\\]+)`,
  "gi",
)

/** Returns a text without the values of queries, and of fields named like a secret. */
export const redactText = (text: string): string =>
  text
    .replace(/\b(?:ws|http)s?:\/\/[^\s"'<>\\]+/g, redactUrl)
    .replace(/([?&](?:amp;)?[\w.[\]%~-]+=)[^&\s"'<>#\\]+/g, "$1…")
    .replace(/<(?:input|meta)\b[^>]*>/gi, (tag) =>
      isSecret(tag) ? tag.replace(/\b(value|content)=(?:\\?"[^"]*"|'[^']*'|[^\s>]+)/gi, '$1="…"') : tag,
    )
    .replace(secretPair, (_, name: string, quoteOfName = "", value: string) => {
      const [quote = quoteOfName] = /^(?:\\?["']|&quot;)/.exec(value) ?? []
      return `${name}${quote}…${quote}`
    })
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "…")
