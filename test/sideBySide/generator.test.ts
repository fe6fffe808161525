import { check } from "./generator/check.ts"
import { draw } from "./generator/draw.ts"
import { test } from "./tabs.ts"

// Run `npm run sides -- --runs N --seed S` for more, or for other pages.
const seeds = Array.from({ length: 24 }, (_, at) => 1 + at)

for (const seed of seeds) {
  test.concurrent(`A random page behaves the same on both scripts (seed ${seed})`, async ({ tabs }) => {
    const found = await check(tabs, draw(seed))
    if (found !== undefined) throw new Error(found)
  })
}
