#!/usr/bin/env node
/** `npx htmx-ext-effect-ws <command>` */
import { checkServer } from "./checkServer.ts"
import { fail, print } from "./console.ts"
import { lintFiles } from "./lintFiles.ts"

const usage = `Usage: htmx-ext-effect-ws <command> [options] …

  lint <templates>       finds mistakes with WebSockets in templates
  check-server <ws://…>  finds what a server does not do of what PROTOCOL.md asks of it

Each has --help.
`

const needed = 22
const { node: version } = process.versions
if (Number.parseInt(version, 10) < needed)
  fail(`htmx-ext-effect-ws needs Node ${needed} or newer; this is ${version}.`)

const [command, ...args] = process.argv.slice(2)
if (command === "lint") lintFiles(args)
else if (command === "check-server") await checkServer(args)
else if (command === "--help" || command === "-h") print(usage)
else fail(usage)
