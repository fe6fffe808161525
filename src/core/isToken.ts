/** Returns whether a text is a token (RFC 9110 §5.6.2), as subprotocols and the names of headers have to be. */
export const isToken = (text: string): boolean => /^[!#-'*+.^`|~\w-]+$/.test(text)
