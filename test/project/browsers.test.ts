/**
 * Checks that the scripts use no syntax and no API that the oldest supported browsers lack. esbuild knows the syntax, MDN's
 * browser-compat-data the APIs. Reads `dist`: build first.
 */
import { globSync, readFileSync } from "node:fs"
import bcd, { type CompatStatement, type SupportStatement } from "@mdn/browser-compat-data"
import { transformSync } from "esbuild"
import { parseSync } from "rolldown/utils"
import { describe, expect, test } from "vitest"
import { inspector, oldest, type Versions } from "../../build/browsers.ts"

/** Names that the platform has, too: here they are members of Effect, of htmx or of ours. */
const ours = new Set(
  (
    "attrName capture changed config configure connection connections delay dispatch draw drop element entry fallback hide " +
    "inspect interval latency messages ms opened path queue reasons reconnect removed retry role run s show " +
    "sourceElement tag take toArray token transition use writable"
  ).split(" "),
)

/** What is used only where it is there. */
const detected = new Set(["scheduler", "setImmediate", "showPopover"])

interface Feature {
  readonly path: string
  readonly support: CompatStatement["support"]
}

const features = new Map<string, Array<Feature>>()
const add = (name: string, path: string, compat: CompatStatement | undefined) => {
  if (compat !== undefined)
    features.set(name, [...(features.get(name) ?? []), { path, support: compat.support }])
}
interface Documented {
  readonly __compat?: CompatStatement
}
type Group = Readonly<Record<string, Documented & Readonly<Record<string, Documented>>>>
for (const group of [bcd.javascript.builtins, bcd.api] as ReadonlyArray<unknown> as ReadonlyArray<Group>)
  for (const [owner, members] of Object.entries(group)) {
    add(owner, owner, members.__compat)
    for (const [member, { __compat }] of Object.entries(members))
      if (member !== "__compat" && !member.endsWith("_event"))
        add(member.replace(/_static$/, ""), `${owner}.${member}`, __compat)
  }

/** The first version with a feature that is whole and needs no flag. */
const since = (statement: SupportStatement | undefined): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...[statement ?? []]
      .flat()
      .filter((it) => !it.flags && !it.prefix && !it.partial_implementation && !it.version_removed)
      .map(({ version_added }) => Number.parseFloat(String(version_added).replace("≤", "")))
      .filter((version) => !Number.isNaN(version)),
  )

const isNewer = ({ support }: Feature, versions: Versions) =>
  (["chrome", "firefox", "safari"] as const).some((browser) => since(support[browser]) > versions[browser])

const namesIn = (code: string, file: string): ReadonlySet<string> => {
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== "object") return
    const { computed, name, property, type } = node as Record<string, unknown>
    if (
      type === "Identifier" &&
      typeof name === "string" &&
      features.get(name)?.some(({ path }) => path === name)
    )
      names.add(name)
    if (type === "MemberExpression" && !computed) names.add((property as { name: string }).name)
    for (const child of Object.values(node)) visit(child)
  }
  visit(parseSync(file, code).program)
  return names
}

/** The names in a script that no browser so old has, whatever they belong to. */
const tooNew = (code: string, file: string, versions: Versions): ReadonlyArray<string> =>
  [...namesIn(code, file)].filter(
    (name) =>
      !ours.has(name) &&
      !detected.has(name) &&
      features.has(name) &&
      features.get(name)?.every((feature) => isNewer(feature, versions)),
  )

const scripts = globSync("dist/*.min.js")
  .sort()
  .map((file) => [file, file.includes("inspector") ? inspector : oldest] as const)

/** Whether esbuild leaves a script as it is when it compiles it for these browsers. */
const isUnderstood = (code: string, versions: Versions): boolean => {
  const target = Object.entries(versions).map(([browser, version]) => `${browser}${version}`)
  return transformSync(code, { target }).code === transformSync(code, { target: "esnext" }).code
}

describe("the oldest browsers", () => {
  test.for(scripts)("know the syntax of %s", ([file, versions]) => {
    expect(isUnderstood(readFileSync(file, "utf8"), versions)).toBe(true)
  })

  test.for(scripts)(
    "get no lookbehind in %s that a string hides from esbuild, before Safari 16.4",
    ([file, versions]) => {
      expect(/\(\?<[!=]/.test(readFileSync(file, "utf8")) && versions.safari < 16.4).toBe(false)
    },
  )

  test("do not know newer syntax, so that the check above can fail", () => {
    expect(isUnderstood("/[a-z]/v.test('b')", oldest)).toBe(false)
    expect(isUnderstood("/(?<!a)b/.test('b')", { ...oldest, safari: 16.3 })).toBe(false)
  })

  test.for(scripts)("know the APIs of %s", ([file, versions]) => {
    expect(tooNew(readFileSync(file, "utf8"), file, versions)).toEqual([])
  })

  test("do not know newer ones, so that the check above can fail", () => {
    const code = "Promise.withResolvers(); [3].toSorted(); Object.hasOwn({}, 'a'); new CookieStore()"
    expect(tooNew(code, "new.js", oldest)).toEqual(["withResolvers", "toSorted", "CookieStore"])
  })

  test("are those that the README names", () => {
    const { chrome, firefox, safari } = oldest
    expect(readFileSync("README.md", "utf8")).toContain(
      `Chrome and Edge ${chrome}, Firefox ${firefox}, Safari ${safari}`,
    )
  })
})
