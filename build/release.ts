/**
 * Checks in order all that has to be so before a release, and then makes it: `npm run release`. Ends at the first check that
 * fails. With `-- --dry` it runs all of them, and only says what it would do. `-- --only tests` runs single checks.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import manifest from "../package.json" with { type: "json" }
import { documents, withTags } from "./tags.ts"

const { values } = parseArgs({
  options: { dry: { type: "boolean", default: false }, only: { type: "string", multiple: true } },
})

const tag = `v${manifest.version}`

const output = (command: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(command, args, { encoding: "utf8" }).trim()

const run = (command: string, ...args: ReadonlyArray<string>): void => {
  execFileSync(command, args, { stdio: "inherit" })
}

const script = (name: string) => () => run("npm", "run", name)

const insist = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Error(sentence)
}

const checks: Readonly<Record<string, () => void>> = {
  "clean tree": () => insist(output("git", "status", "--porcelain") === "", "commit what you have changed"),
  address: () => {
    const remotes = output("git", "remote", "-v")
    const { url } = manifest.repository
    const name = url.replace(/^.*:\/\/|\.git$/g, "").replace("/", "[/:]")
    insist(
      new RegExp(name).test(remotes),
      `package.json says that the repository is ${url}, and no remote of git is`,
    )
  },
  version: () => insist(output("git", "tag", "--list", tag) === "", `${tag} is released already`),
  changelog: () => {
    const [, newest = ""] = /^## (.*)$/m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? []
    insist(
      newest === manifest.version,
      `the newest section of CHANGELOG.md is ${newest}, not ${manifest.version}`,
    )
  },
  lockfile: () => run("npm", "ci", "--dry-run", "--loglevel=error"),
  build: script("build"),
  hashes: () => {
    const stale = documents.filter((path) => {
      const text = readFileSync(path, "utf8")
      return withTags(text) !== text
    })
    insist(
      stale.length === 0,
      `the hashes in ${stale.join(", ")} are others: npm run tags -- --write, and commit`,
    )
  },
  types: script("types"),
  lint: script("lint"),
  size: script("size"),
  tests: () => run("npx", "vitest", "run"),
  "fresh projects": script("fresh"),
}

const steps: ReadonlyArray<ReadonlyArray<string>> = [
  ["git", "tag", "--annotate", tag, "--message", tag],
  ["npm", "publish", "--access", "public"],
  ["git", "push", "origin", "HEAD", tag],
]

const failed: Array<string> = []
for (const [name, check] of Object.entries(checks)) {
  if (values.only !== undefined && !values.only.includes(name)) continue
  console.log(`• ${name}`)
  try {
    check()
  } catch (error) {
    failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    if (!values.dry) break
  }
}
for (const why of failed) console.error(`No release: ${why}`)
if (failed.length > 0) process.exit(1)

const isWhole = values.only === undefined
for (const [command = "", ...args] of isWhole || values.dry ? steps : []) {
  console.log(`${values.dry ? "would run" : "runs"}: ${[command, ...args].join(" ")}`)
  if (!values.dry) run(command, ...args)
}
