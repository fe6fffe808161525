import { keepConsole } from "./inPage.ts"

/** Scripts that run before those of a page: the server of a test puts them into the documents that it serves. */
export const initScripts = new Set([`(${keepConsole})()`])

export const withInitScripts = (html: string): string => {
  const scripts = [...initScripts].map((code) => `<script>${code}</script>`).join("")
  const place = /<head>|<!doctype html>/i.exec(html)
  const at = place === null ? 0 : place.index + place[0].length
  return html.slice(0, at) + scripts + html.slice(at)
}
