/**
 * `npm run cluster`: 300 pages of three servers with one log in Redis. `REDIS_URL` names a Redis, whose connections it cuts:
 * one that nobody else uses. Without it, starts one.
 */
import { performance } from "node:perf_hooks"
import { installRedis, RedisServer } from "../setup/redis.ts"
import { run } from "./run.ts"

const clients = 300
/** Longer than it ever takes, in milliseconds. */
const bound = 240_000

const { REDIS_URL } = process.env
if (REDIS_URL === undefined && !installRedis()) {
  console.error("npm run cluster needs redis-server: install it, or set REDIS_SERVER_PATH or REDIS_URL.")
  process.exit(1)
}

const overdue = setTimeout(() => {
  console.error(`The run has not ended within ${bound / 1000} seconds.`)
  process.exit(1)
}, bound)

const began = performance.now()
const seconds = () => ((performance.now() - began) / 1000).toFixed(1)
const server = REDIS_URL === undefined ? await RedisServer.start() : undefined
try {
  const { dials, different, doubled, frames, lost, retries, said, wholes } = await run({
    redis: REDIS_URL ?? server?.url ?? "",
    clients,
    every: 40,
    tell: (event) => console.log(`${seconds().padStart(5)} s  ${event}`),
  })
  console.log(
    [
      `${clients} pages, and one that came late, got ${frames} frames over ${dials} connections`,
      `${said} messages were said, ${retries} times one was sent again under its id`,
      `the whole state was sent ${wholes} times: once to each page, if they all resume`,
      `${lost.length} lost, ${doubled.length} doubled, ${different} pages show something else than the log`,
    ].join("\n"),
  )
  if (lost.length + doubled.length + different > 0) process.exitCode = 1
} finally {
  await server?.down()
  clearTimeout(overdue)
}
