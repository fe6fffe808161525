/** Finds the Chromium for the browser tests. Run as a script, installs what is missing. */
import { spawnSync } from "node:child_process"
import { existsSync, globSync } from "node:fs"
import { delimiter, join } from "node:path"
import { chromium } from "playwright-core"

/** A browser that the tests start, and where to look for it. */
interface Kind {
  /** The environment variable that names its executable. */
  readonly variable: string
  /** Its names on the `PATH`. */
  readonly names: ReadonlyArray<string>
  /** Its other possible locations. */
  readonly paths: () => ReadonlyArray<string>
  /** Its Debian package. */
  readonly debian: string
  /** Its name in Playwright. */
  readonly playwright: string
}

/** Draws nothing, so that idle pages cost nothing. In the full browser they cost a sixth of a core or more. */
const shell: Kind = {
  variable: "CHROMIUM_PATH",
  names: ["chromium-headless-shell", "chrome-headless-shell"],
  paths: () => {
    const cwd = chromium.executablePath().replace(/[\\/]chromium-\d+[\\/].*$/, "")
    const name = "{chrome-headless-shell,headless_shell}{,.exe}"
    return globSync(`chromium_headless_shell-*/*/${name}`, { cwd }).map((path) => join(cwd, path))
  },
  debian: "chromium-headless-shell",
  playwright: "chromium-headless-shell",
}

/** Has all features of a browser, such as the back/forward cache. */
const full: Kind = {
  variable: "CHROMIUM_FULL_PATH",
  names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
  paths: () => [
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    chromium.executablePath(),
  ],
  debian: "chromium",
  playwright: "chromium",
}

/** Switches of Chromium that make it do what tests need, and nothing in the background. */
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

// Ubuntu's `chromium-browser` may be a stub that only prints how to install it.
const works = (file: string) => existsSync(file) && spawnSync(file, ["--version"]).status === 0

const find = ({ names, paths, variable }: Kind): string | undefined => {
  const chosen = process.env[variable]
  if (chosen) return chosen
  const folders = (process.env.PATH ?? "").split(delimiter)
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return candidates.find(works) ?? paths().find(works)
}

/** Returns `CHROMIUM_PATH` if it is set, else the headless shell of this machine, else its full Chromium. */
export const findChromium = (): string => {
  const found = find(shell) ?? find(full)
  if (found === undefined)
    throw new Error("No Chromium found: run `npm test` to install one, or set CHROMIUM_PATH.")
  return found
}

/** Returns `CHROMIUM_FULL_PATH` if it is set, else the first full Chromium or Chrome of this machine. */
export const findFullChromium = (): string => {
  const found = find(full)
  if (found === undefined)
    throw new Error("No full Chromium found: run `npm test` to install one, or set CHROMIUM_FULL_PATH.")
  return found
}

const run = (command: string, ...args: Array<string>) =>
  spawnSync(command, args, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
    .status === 0

const byApt = (kinds: ReadonlyArray<Kind>) =>
  process.getuid?.() === 0 &&
  existsSync("/usr/bin/apt-get") &&
  run("apt-get", "update") &&
  run("apt-get", "install", "-y", "--no-install-recommends", ...kinds.map(({ debian }) => debian))

const byPlaywright = (kinds: ReadonlyArray<Kind>) =>
  run("playwright-core", "install", ...kinds.map(({ playwright }) => playwright))

const missing = () => [shell, full].filter((kind) => find(kind) === undefined)

if (import.meta.main && missing().length > 0) {
  const named = (kinds: ReadonlyArray<Kind>) => kinds.map(({ debian }) => debian).join(" and ")
  console.log(`Installing ${named(missing())} for the browser tests.`)
  for (const install of [byApt, byPlaywright]) if (missing().length > 0) install(missing())
  if (missing().includes(full)) {
    console.error("The browser tests need Chromium: install it, or set CHROMIUM_FULL_PATH to its executable.")
    process.exitCode = 1
  } else if (missing().includes(shell)) {
    console.warn(
      "chromium-headless-shell could not be installed: all browser tests run in the full Chromium, which is slower.",
    )
  }
}
