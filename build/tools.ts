/**
 * Installs the parts of tools that `npm install` has left out, since the Node that runs npm is older than they ask for:
 * with the project's own Node, which runs them.
 */
import { execFileSync } from "node:child_process"

const { npm_execpath: npm } = process.env
const isWhole = await import("rolldown").then(
  () => true,
  () => false,
)
if (!isWhole && npm !== undefined)
  execFileSync(process.execPath, [npm, "install", "--no-save", "--loglevel=error"], { stdio: "inherit" })
