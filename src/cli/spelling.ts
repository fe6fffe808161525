/** How templates spell attributes. */
import { defaultSpelling, type Spelling } from "../companions/inspector/rules/spelling.ts"

/** What `<meta name="htmx-config">` of a template, or a script in it, sets. */
const settingIn = (text: string, name: string): string | undefined => {
  const metas = (text.match(/<meta\b[^>]*\bhtmx-config\b[^>]*>/g) ?? []).join().replaceAll("&quot;", '"')
  const [, ofMeta] = new RegExp(`\\b${name}["']?\\s*:\\s*["']?([^\\s"',}]+)`).exec(metas) ?? []
  const [, ofScript] = new RegExp(`\\bhtmx\\.config\\.${name}\\s*=\\s*["']([^"']+)`).exec(text) ?? []
  return ofMeta ?? ofScript
}

/** How templates that belong together spell attributes: one of them says so for all. */
export const spellingOf = (texts: ReadonlyArray<string>): Spelling => {
  const setting = (name: keyof Spelling) =>
    texts.map((text) => settingIn(text, name)).find((one) => one !== undefined) ?? defaultSpelling[name]
  return { prefix: setting("prefix"), metaCharacter: setting("metaCharacter") }
}
