/** Finds the programs of the engines. Run as a script, installs what is missing. */
import { existsSync, globSync } from "node:fs"
import { findProgram, installPackages } from "../setup/debian.ts"

/** Each with its Debian package. */
const programs = {
  firefox: {
    debian: "firefox-esr",
    find: () => findProgram("firefox-esr", "FIREFOX_PATH") ?? findProgram("firefox", "FIREFOX_PATH"),
  },
  WebKitWebDriver: {
    debian: "webkit2gtk-driver",
    find: () => findProgram("WebKitWebDriver", "WEBKIT_DRIVER_PATH"),
  },
  // The browser that the driver drives, which comes with the library.
  MiniBrowser: {
    debian: "webkit2gtk-driver",
    find: () => globSync("/usr/{lib,libexec}{,/*}/webkit2gtk-*/MiniBrowser")[0],
  },
  // WebKitGTK has no headless mode.
  Xvfb: { debian: "xvfb", find: () => findProgram("Xvfb", "XVFB_PATH") },
}

export const findEngineProgram = (name: keyof typeof programs): string => {
  const found = programs[name].find()
  if (found === undefined || !existsSync(found))
    throw new Error(
      `No ${name} found: on Debian, \`npm run engines\` installs it as root (${programs[name].debian}).`,
    )
  return found
}

const missing = () => Object.values(programs).filter(({ find }) => find() === undefined)

if (import.meta.main && missing().length > 0) {
  const names = [...new Set(missing().map(({ debian }) => debian))]
  console.log(`Installing ${names.join(", ")} for the tests in other engines.`)
  installPackages(...names)
  if (missing().length > 0) {
    console.error("The tests in other engines need Firefox, WebKitWebDriver and Xvfb: see CONTRIBUTING.md.")
    process.exitCode = 1
  }
}
