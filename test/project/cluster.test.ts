/** The run of `npm run cluster` with fewer pages. Reads `dist`: build first. */
import { expect, test } from "vitest"
import { run } from "../cluster/run.ts"
import { RedisServer } from "../setup/redis.ts"

test("every page shows the log, nothing lost and nothing doubled, after restarts, a kill, and cuts of Redis", async ({
  onTestFinished,
}) => {
  const redis = await RedisServer.start()
  onTestFinished(() => redis.down())
  const outcome = await run({ redis: redis.url, clients: 20, every: 30 })
  expect(outcome).toMatchObject({ lost: [], doubled: [], different: 0 })
  expect(outcome.said).toBeGreaterThan(20)
}, 90_000)
