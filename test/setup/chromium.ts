/** Which Chromium the browser tests use. Run as a script, it installs one where there is none. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { chromium } from "playwright-core"

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

const elsewhere = [
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
]

/** What a Chromium is told at its start so that it does what tests ask of it, and nothing of its own. */
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

// Ubuntu has a `chromium-browser` that only says where to get one.
const works = (file: string) => existsSync(file) && spawnSync(file, ["--version"]).status === 0

/** `CHROMIUM_PATH` where it is set, else the first Chromium or Chrome of this machine. */
export const findChromium = (): string | undefined => {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) return chosen
  const folders = (process.env.PATH ?? "").split(delimiter)
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...candidates, ...elsewhere, chromium.executablePath()].find(works)
}

const run = (command: string, ...args: Array<string>) =>
  spawnSync(command, args, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
    .status === 0

const byApt = () =>
  process.getuid?.() === 0 &&
  existsSync("/usr/bin/apt-get") &&
  run("apt-get", "update") &&
  run("apt-get", "install", "-y", "--no-install-recommends", "chromium")

const byPlaywright = () => run("playwright-core", "install", "chromium")

if (import.meta.main && !findChromium()) {
  console.log("There is no Chromium for the browser tests yet; installing one.")
  if (![byApt, byPlaywright].some((install) => install() && findChromium())) {
    console.error("The browser tests need Chromium: install it, or set CHROMIUM_PATH to its executable.")
    process.exitCode = 1
  }
}
