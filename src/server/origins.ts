/**
 * Checks which pages may connect. Browsers let a page of any site open a WebSocket to this server, with the cookies of its
 * user; only the header `Origin` says which site it is (RFC 6455 §10.2).
 */

/** The pages that may connect: those of this host, those of the listed origins (`https://example.org`), or any. */
export type Origins = "same" | "any" | ReadonlyArray<string>

/** Returns whether a page may connect. Programs other than browsers send no `Origin`, and may. */
export const isAllowed = (
  origins: Origins,
  origin: string | undefined,
  host: string | undefined,
): boolean => {
  if (origins === "any" || origin === undefined) return true
  // A sandboxed page has the origin "null", without a host, which must not match a request without `Host`.
  return origins === "same" ? host !== undefined && hostOf(origin) === host : origins.includes(origin)
}

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
