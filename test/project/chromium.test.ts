/** Tests which of the Chromiums of a machine the tests and the benchmarks use. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { findChromium, findFullChromium } from "../setup/chromium.ts"

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "chromiums-"))
  vi.stubEnv("PATH", ["first", "second"].map((folder) => join(home, folder)).join(delimiter))
  vi.stubEnv("CHROMIUM_PATH", undefined)
  vi.stubEnv("CHROMIUM_FULL_PATH", undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true })
})

/** Puts a program on the `PATH` that exits with `status` if called with `--version`. */
const put = (folder: "first" | "second", name: string, status = 0): string => {
  const file = join(home, folder, name)
  mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(file, `#!/bin/sh\nexit ${status}\n`)
  chmodSync(file, 0o755)
  return file
}

test("the headless shell is used, except by tests that need a full Chromium", () => {
  const full = put("first", "chromium")
  const shell = put("second", "chromium-headless-shell")
  expect([findChromium(), findFullChromium()]).toEqual([shell, full])
})

test("a full Chromium is used for everything if there is no headless shell", () => {
  const full = put("second", "google-chrome")
  expect([findChromium(), findFullChromium()]).toEqual([full, full])
})

test("an executable that does not run is skipped", () => {
  put("first", "chromium-headless-shell", 1)
  put("first", "chromium-browser", 1)
  const shell = put("second", "chromium-headless-shell")
  const full = put("second", "google-chrome")
  expect([findChromium(), findFullChromium()]).toEqual([shell, full])
})

test("CHROMIUM_PATH and CHROMIUM_FULL_PATH override the headless shell and the full Chromium", () => {
  const full = put("first", "chromium")
  const shell = put("first", "chromium-headless-shell")
  vi.stubEnv("CHROMIUM_PATH", "/opt/this")
  expect([findChromium(), findFullChromium()]).toEqual(["/opt/this", full])
  vi.stubEnv("CHROMIUM_PATH", undefined)
  vi.stubEnv("CHROMIUM_FULL_PATH", "/opt/that")
  expect([findChromium(), findFullChromium()]).toEqual([shell, "/opt/that"])
})
