/** Returns a URL with a parameter, in place of those with its name. The rest stays as it is written. */
export const withParameter = (url: string, name: string, value: string | undefined): string => {
  const [address, query = ""] = url.replace(/#.*/s, "").split(/\?(.*)/s)
  const pairs = query.split("&").filter((pair) => pair && pair.split("=")[0] !== name)
  if (value !== undefined) pairs.push(`${name}=${value}`)
  return pairs.length === 0 ? String(address) : `${address}?${pairs.join("&")}`
}
