/**
 * Has each test draw the same samples of its properties each time, so that what fails it is what was changed.
 * `SAMPLES=1000` in the environment asks each property that can take long for so many others, and makes one that fails
 * smaller, which takes longer than a test may otherwise.
 */
import * as fc from "fast-check"
import { beforeEach } from "vitest"

const seedOf = (name: string): number =>
  Array.from(name).reduce((seed, letter) => (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0, 0)

if (process.env.SAMPLES === undefined)
  beforeEach(({ task }) => {
    fc.configureGlobal({
      ...fc.readConfigureGlobal(),
      seed: seedOf(task.fullTestName),
      endOnFailure: true,
    })
  })
