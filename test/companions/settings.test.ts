import { expect, test } from "vitest"
import { durationOf } from "../../src/companions/settings.ts"
import { millis } from "../../src/core/duration.ts"

test("a duration means to a companion what it means to the main script", () => {
  const short = ["", "ms", "s", "m", "h", " s"]
  const long = ["milli", "second", "seconds", "minute", "hours", "day", "weeks"].map((unit) => ` ${unit}`)
  for (const amount of ["0", "5", "1.5"])
    for (const unit of [...short, ...long])
      expect(durationOf(amount + unit), amount + unit).toBe(millis(amount + unit))
  expect(durationOf(".5s")).toBe(millis(".5s"))
})

test.each([
  "",
  "s",
  "5.",
  "1.2.3",
  "-1",
  "5x",
  "5 meters",
  "5 secondss",
  "5S",
  "5s!",
  `${"1".repeat(50_000)}!`,
])("is no duration, and found so at once: %.20s", (text) => {
  expect(durationOf(text)).toBeUndefined()
})
