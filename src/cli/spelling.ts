/** Finds out how templates spell attributes. */
import { defaultSpelling, type Spelling } from "../companions/inspector/rules/spelling.ts"

/** Returns a setting of `<meta name="htmx-config">` in a template, or of a script in it. */
const settingIn = (text: string, name: string): string | undefined => {
  const metas = (text.match(/<meta\b[^>]*\bhtmx-config\b[^>]*>/g) ?? []).join().replaceAll("&quot;", '"')
  const [, ofMeta] = new RegExp(`\\b${name}["']?\\s*:\\s*["']?([^\\s"',}]+)`).exec(metas) ?? []
  const [, ofScript] = new RegExp(`\\bhtmx\\.config\\.${name}\\s*=\\s*["']([^"']+)`).exec(text) ?? []
  return ofMeta ?? ofScript
}

/** Returns how templates that belong together spell attributes: one of them sets it for all. */
export const spellingOf = (texts: ReadonlyArray<string>): Spelling => {
  const setting = (name: keyof Spelling) =>
    texts.map((text) => settingIn(text, name)).find((one) => one !== undefined) ?? defaultSpelling[name]
  return { prefix: setting("prefix"), metaCharacter: setting("metaCharacter") }
}
