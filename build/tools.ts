/**
 * Installs the tools that `npm install` has left out, since the Node that runs npm is older than they ask for: with the
 * project's own Node, which runs them.
 */
import { execFileSync } from "node:child_process"

const { npm_config_user_agent: agent = "", npm_execpath: npm } = process.env
const [, major] = /\bnode\/v(\d+)/.exec(agent) ?? []
if (npm !== undefined && Number(major) < 22)
  execFileSync(process.execPath, [npm, "install", "--no-save", "--loglevel=error"], { stdio: "inherit" })
