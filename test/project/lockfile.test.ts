/** Checks that each `package-lock.json` is complete: `npm ci` fails if something is missing. */
import { describe, expect, test } from "vitest"
import lockOfSite from "../../docs/site/package-lock.json" with { type: "json" }
import lockOfProject from "../../package-lock.json" with { type: "json" }

interface Locked {
  readonly resolved?: string
  /** Set for a workspace, whose folder `resolved` is. */
  readonly link?: boolean
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const required = ({ peerDependencies = {}, peerDependenciesMeta = {} }: Locked) =>
  Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)

describe.each([
  ["project", lockOfProject],
  ["site", lockOfSite],
])("the lockfile of the %s", (_, lock) => {
  const packages = new Map<string, Locked>(Object.entries(lock.packages))

  /** Resolves a name from a package: its own entry, or that of a folder around it. */
  const found = (from: string, name: string): string | undefined => {
    const path = `${from === "" ? "" : `${from}/`}node_modules/${name}`
    if (packages.has(path)) return path
    // A workspace is in no `node_modules`.
    return from === ""
      ? undefined
      : found(/node_modules/.test(from) ? from.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, "") : "", name)
  }

  /** Returns the dependencies that the lockfile lacks, as `package → name`. */
  const missing = (namesOf: (locked: Locked) => ReadonlyArray<string>): Array<string> =>
    [...packages].flatMap(([path, locked]) =>
      namesOf(locked)
        .filter((name) => found(path, name) === undefined)
        .map((name) => `${path || "package.json"} → ${name}`),
    )

  // A lockfile made from an installed node_modules lacks those of other platforms.
  test("has every optional dependency of a locked package, for all platforms", () => {
    const optional = [...packages.values()].flatMap((it) => Object.keys(it.optionalDependencies ?? {}))
    expect(optional.length).toBeGreaterThan(0)
    expect(missing((it) => Object.keys(it.optionalDependencies ?? {}))).toEqual([])
  })

  test("has every other dependency, and every required peer", () => {
    expect(
      missing((it) => [...Object.keys({ ...it.dependencies, ...it.devDependencies }), ...required(it)]),
    ).toEqual([])
  })

  test("names no registry, and has the digest of each package", () => {
    const others = [...packages].filter(([path, { link }]) => /node_modules/.test(path) && !link)
    expect(others.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
    expect(others.filter(([, { integrity }]) => integrity === undefined)).toEqual([])
  })
})
