/**
 * Has each test draw the same samples of its properties each time, so that what fails it is what was changed. The first
 * sample that fails ends the test, since to shrink it may take longer than a test may. `SAMPLES=1000` in the environment
 * draws other samples each time, so many for each property that reads it, and shrinks the one that fails.
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
