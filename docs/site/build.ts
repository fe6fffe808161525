/**
 * Builds the site into `docs/site/dist/html`, checks its links and tries it in Chromium: `npm run site`. `-- --serve` serves it
 * then, and `-- --pictures <folder>` takes pictures.
 */
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, globSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { chromium } from "playwright-core"
import { rolldown } from "rolldown"
import { findChromium, flags } from "../../test/setup/chromium.ts"

const { values } = parseArgs({ options: { serve: { type: "boolean" }, pictures: { type: "string" } } })

const out = "docs/site/dist"
const built = join(out, "html")

const run = (command: string, args: ReadonlyArray<string>, cwd = "."): void => {
  const { status } = spawnSync(command, args, { cwd, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

/** Installs the tools of the site if its lockfile has changed since. */
const install = (): void => {
  const installed = "docs/site/node_modules/.package-lock.json"
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync("docs/site/package-lock.json").mtimeMs
  if (!isCurrent) run("npm", ["ci", "--no-audit", "--no-fund"], "docs/site")
}

/** What pages load as it is: images, and the scripts of the playground. */
const writePublic = async (): Promise<void> => {
  const { hero } = await import("./hero.ts")
  const files = join(out, "public/playground-files")
  mkdirSync(files, { recursive: true })
  cpSync("docs/site/public", join(out, "public"), { recursive: true })
  for (const theme of ["light", "dark"] as const)
    writeFileSync(join(out, `public/hero-${theme}.svg`), hero(theme))
  for (const name of ["ws.all.min.js", "hx-ws.all.min.js", "ws-inspector.min.js"])
    cpSync(join("dist", name), join(files, name))
  for (const line of ["2", "4"])
    cpSync(`node_modules/htmx-${line}/dist/htmx.min.js`, join(files, `htmx-${line}.min.js`))
  cpSync("docs/site/playground/frame.html", join(files, "frame.html"))
  const frame = await rolldown({ input: "docs/site/playground/frame.ts" })
  await frame.write({ file: join(files, "frame.js"), format: "iife", minify: true })
}

install()
rmSync(out, { recursive: true, force: true })
run("docs/site/node_modules/.bin/tsc", ["-p", "docs/site"])
await writePublic()

const pages = join(out, "pages")
const { writePages } = await import("./pages.ts")
const diagrams = writePages(pages)
await (await import("./api.ts")).writeApi(join(pages, "api"))

const browser = await chromium.launch({ executablePath: findChromium(), args: flags })
await (await import("./diagrams.ts")).draw(browser, diagrams, pages)
run("docs/site/node_modules/.bin/vitepress", ["build", "docs/site"])

const { brokenLinks } = await import("./links.ts")
const broken = brokenLinks(built)
if (broken.length > 0) throw new Error(`Links that lead nowhere:\n${broken.join("\n")}`)

const { serve } = await import("./serve.ts")
const { picture, tryPages, tryPlayground } = await import("./try.ts")
{
  await using site = await serve(built, 0)
  const paths = globSync("**/*.html", { cwd: built, exclude: ["playground-files"] }).map((path) =>
    path.replace(/(?:index)?\.html$/, ""),
  )
  await tryPages(browser, site.url, paths)
  await tryPlayground(browser, site.url)
  if (values.pictures !== undefined) await picture(browser, site.url, values.pictures)
  console.log(`${built}: ${paths.length} pages, every link leads somewhere, the playground works.`)
}
await browser.close()
if (values.serve) console.log(`The site is at ${(await serve(built, 4173)).url}`)
