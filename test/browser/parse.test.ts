import { readFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import fc from "fast-check"
import type { Api2 } from "../../src/htmx/v2/HtmxApi.ts"
import type { parse } from "../../src/htmx/v2/parse.ts"
import { html } from "../setup/pages.ts"
import { expect, test } from "./kit/test.ts"

declare global {
  interface Window {
    parse: typeof parse
    api: Pick<Api2, "makeFragment">
  }
}

const ours = stripTypeScriptTypes(readFileSync("src/htmx/v2/parse.ts", "utf8"))

const names = [
  ..."a,b,p,i,div,span,ul,li,dl,dd,h1,pre,br,hr,img,input,button,select,option,optgroup,textarea,nobr".split(
    ",",
  ),
  ..."table,caption,colgroup,col,thead,tbody,tfoot,tr,td,th,form,fieldset,template,slot,x-y,hx-partial".split(
    ",",
  ),
  ..."svg,g,title,desc,style,math,mi,foreignObject,iframe,noscript,noframes,noembed,xmp,plaintext".split(","),
  ..."html,head,body,header,frameset,frame,script,link,meta,base,bgsound,object,video,source,details,ruby,rt".split(
    ",",
  ),
]

const attributes = [
  "",
  ` id="a"`,
  ` id=b`,
  ` class='x y'`,
  ` hx-swap-oob="beforeend:#a"`,
  ` type=hidden`,
  ` shadowrootmode="open"`,
  ` title="<p>"`,
  ` /`,
  ` onclick="x()"`,
]

const name = fc.constantFrom(...names)
const startTag = fc.tuple(name, fc.constantFrom(...attributes)).map(([name, more]) => `<${name}${more}>`)
const endTag = name.map((name) => `</${name}>`)
const stray = fc.constantFrom(
  ...' |\n|text|&amp;|&lt|<!-- c -->|<!--|-->|<!doctype html>|<?x?>|<![CDATA[c]]>|<|</|>|"|\'|<p id=|<p id="|\0|\r\n|<P|</BR>'.split(
    "|",
  ),
)
const element: fc.Arbitrary<string> = fc.letrec<{ whole: string; inside: string }>((tie) => ({
  whole: fc
    .tuple(name, fc.constantFrom(...attributes), tie("inside"))
    .map(([name, more, inside]) => `<${name}${more}>${inside}</${name}>`),
  inside: fc
    .array(fc.oneof({ maxDepth: 3 }, stray, tie("whole")), { maxLength: 3 })
    .map((parts) => parts.join("")),
})).whole
const frame = fc
  .array(fc.oneof({ weight: 3, arbitrary: element }, startTag, endTag, stray), { maxLength: 6 })
  .map((parts) => parts.join(""))

test("a frame is parsed as htmx itself parses it", async ({ page, server }) => {
  const frames = fc.sample(frame, { numRuns: Number(process.env.SAMPLES ?? 3000) })
  const script = `<script>htmx.defineExtension("x", { init(api) { window.api = api } })</script>`
  await page.goto(server.page("/", html({ htmx: "2", ws: "ours", head: script, body: "" })))
  await page.addScriptTag({ type: "module", content: `${ours}; window.parse = parse` })
  const { differences, own } = await page.evaluate((frames) => {
    const shown = (node: ParentNode) => {
      const names = Array.from(node.querySelectorAll("*"), ({ namespaceURI, tagName }) => [
        namespaceURI,
        tagName,
      ])
      return JSON.stringify([Array.from(node.children, ({ outerHTML }) => outerHTML), names])
    }
    let own = frames.length
    const differences = frames.flatMap((html) => {
      const makeFragment = (html: string) => {
        own--
        return window.api.makeFragment(html)
      }
      const ours = shown(window.parse({ makeFragment } as typeof window.api, html))
      const theirs = shown(window.api.makeFragment(html))
      return ours === theirs ? [] : [{ html, ours, theirs }]
    })
    return { differences, own }
  }, frames)
  for (const d of differences.sort((a, b) => a.html.length - b.html.length).slice(0, 14))
    console.log(JSON.stringify(d))
  expect(differences.slice(0, 3)).toEqual([])
  expect(own).toBeGreaterThan(frames.length / 4)
})
