/** The small server in Node by the command check-server, as installed. All of them: `npm run servers`. Reads `dist`: build first. */
import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"
import manifest from "../../package.json" with { type: "json" }
import { prepare, samples } from "../servers/samples.ts"

test("check-server finds nothing wrong with demo/servers/node, and says what it has skipped", async ({
  onTestFinished,
}) => {
  const program = await prepare(samples[0]?.find() ?? [], "2")
  onTestFinished(() => program.close())
  await program.up()
  const check = (...options: ReadonlyArray<string>) =>
    spawnSync(
      process.execPath,
      [
        manifest.bin["htmx-ext-effect-ws"],
        "check-server",
        ...options,
        `${program.url.replace("http", "ws")}chat`,
      ],
      { encoding: "utf8" },
    )
  const { status, stderr, stdout } = check("--send", '{"text": "hello {n}"}')
  expect(stdout).not.toContain("not ok")
  expect([status, stderr]).toEqual([
    0,
    "14 checks ok, 0 not ok, 4 skipped; § is the section of PROTOCOL.md\n",
  ])
  expect(stdout).toContain(
    "skipped §5 A restart has pages dial again: give --restart <a command that restarts the server>\n",
  )
  const strict = check("--strict", "--json")
  expect(strict.status).toBe(1)
  expect(JSON.parse(strict.stdout)).toContainEqual({
    section: 1,
    title: "Pages of other sites are refused",
    outcome: "ok",
  })
}, 30_000)
