/**
 * Whether the page that dials may. Browsers let any page of any site open a WebSocket here, with the cookies of its
 * user; only the header `Origin` says which site it is (RFC 6455, section 10.2).
 */

/** The pages that may dial: those of this host, those of the listed origins (`https://example.org`), or any. */
export type Origins = "same" | "any" | ReadonlyArray<string>

/** Programs that are no browsers send no `Origin`. */
export const isAllowed = (
  origins: Origins,
  origin: string | undefined,
  host: string | undefined,
): boolean => {
  if (origins === "any" || origin === undefined) return true
  // A page in a sandbox has the origin "null", of no host: a request without `Host` is no reason to let it in.
  return origins === "same" ? host !== undefined && hostOf(origin) === host : origins.includes(origin)
}

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
