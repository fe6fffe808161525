/** Makes the page that rules check from the text of a template, with the range of each tag and attribute. */
import { type Token, Tokenizer, TokenizerMode } from "parse5"
import { type Attribute, type Tag, unknown } from "../companions/inspector/rules/Page.ts"
import { canonical, type Spelling } from "../companions/inspector/rules/spelling.ts"

/** A part of the text. */
export interface Range {
  readonly start: number
  readonly end: number
}

export interface Template {
  readonly path: string
  readonly text: string
  readonly tags: ReadonlyArray<Tag>
  /** Whether it is a whole page. */
  readonly isWhole: boolean
  /** Returns the range of a tag or an attribute. */
  readonly rangeOf: (part: Tag | Attribute) => Range
}

/** Matches the inserts of template languages: Jinja, Go, Handlebars; ERB, EJS; JavaScript; PHP. */
const inserts = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}|<%[\s\S]*?%>|<\?[\s\S]*?\?>|\$\{[^{}]*\}/g

/** Matches the value of an attribute in templ and JSX: `name={ expression }`, which may contain braces. */
const braced = /(?<==\s*)\{(?:[^{}]|\{[^{}]*\})*\}/g

/** Returns a text of the same length with the same line breaks, so that all ranges stay the same. */
const mask = (found: string): string => found.replace(/[^\n]/g, unknown)
/** Returns a text of the same length: in a value of templ, a line break or space would end the value. */
const maskValue = (found: string): string => unknown.repeat(found.length)

const voids = new Set("area base br col embed hr img input link meta param source track wbr".split(" "))

type Mode = (typeof TokenizerMode)[keyof typeof TokenizerMode]

const rawText: Readonly<Record<string, Mode>> = {
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  title: TokenizerMode.RCDATA,
  textarea: TokenizerMode.RCDATA,
}

/** Returns the length of the inserts before the name of an attribute, as in `{{ if .Open }}ws-connect`. */
const nameStart = (written: string): number => /^\uE000*/.exec(written)?.[0].length ?? 0

interface Opened extends Tag {
  text: string
}

export const readTemplate = (path: string, text: string, spelling: Spelling): Template => {
  const masked = text.replace(inserts, mask).replace(braced, maskValue)
  const tags: Array<Tag> = []
  const ranges = new Map<Tag | Attribute, Range>()
  const open: Array<Opened> = []

  const attributesOf = ({ attrs, location }: Token.TagToken): Array<Attribute> => {
    const start = location?.startOffset ?? 0
    const end = location?.endOffset ?? 0
    return attributesIn(masked.slice(start, end), attrs).map(({ at, length, value, written }) => {
      const attribute: Attribute = { name: canonical(written, spelling), written, value }
      ranges.set(attribute, { start: start + at, end: start + at + length })
      return attribute
    })
  }

  const tokenizer: Tokenizer = new Tokenizer(
    { sourceCodeLocationInfo: true },
    {
      onStartTag(token) {
        const tag: Opened = {
          name: token.tagName,
          parent: open.at(-1),
          attributes: attributesOf(token),
          text: "",
        }
        tags.push(tag)
        ranges.set(tag, { start: token.location?.startOffset ?? 0, end: token.location?.endOffset ?? 0 })
        if (token.selfClosing || voids.has(token.tagName)) return
        open.push(tag)
        const mode = rawText[token.tagName]
        if (mode === undefined) return
        tokenizer.state = mode
        tokenizer.lastStartTagName = token.tagName
      },
      onEndTag({ tagName }) {
        const at = open.findLastIndex(({ name }) => name === tagName)
        // An end tag without a start tag belongs to a tag of another template.
        if (at >= 0) open.length = at
      },
      onCharacter({ chars }) {
        addText(chars)
      },
      onWhitespaceCharacter({ chars }) {
        addText(chars)
      },
      onNullCharacter() {},
      onComment() {},
      onDoctype() {},
      onEof() {},
    },
  )
  const addText = (chars: string): void => {
    const at = open.at(-1)
    if (at?.name === "script") at.text += chars
  }
  tokenizer.write(masked, true)
  return {
    path,
    text,
    tags,
    isWhole: tags.some(({ name }) => name === "body") && !/\{%-?\s*extends\b/.test(text),
    rangeOf: (part) => ranges.get(part) ?? { start: 0, end: 0 },
  }
}

interface Written {
  readonly at: number
  readonly length: number
  readonly written: string
  readonly value: string
}

/** Returns the attributes of a tag as they are written, including repeated ones, which HTML ignores. */
const attributesIn = (tag: string, decoded: Token.TagToken["attrs"]): Array<Written> => {
  const found: Array<Written> = []
  const pattern = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g
  pattern.lastIndex = /^<[^\s/>]*/.exec(tag)?.[0].length ?? 0
  for (let match = pattern.exec(tag); match !== null; match = pattern.exec(tag)) {
    const [all, name = "", a, b, c] = match
    const skipped = nameStart(name)
    const written = name.slice(skipped).replace(/\uE000+$/, "")
    if (written === "") continue
    const raw = a ?? b ?? c ?? ""
    // The parser has decoded character references in the first attribute of each name.
    const isFirst = !found.some((other) => other.written.toLowerCase() === written.toLowerCase())
    const value =
      raw.includes("&") && isFirst
        ? (decoded.find((attr) => attr.name === written.toLowerCase())?.value ?? raw)
        : raw
    found.push({ at: match.index + skipped, length: all.length - skipped, written, value })
  }
  return found
}
