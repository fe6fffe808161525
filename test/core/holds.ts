import * as fc from "fast-check"

/**
 * Fails with the seed and a counterexample where the property does not hold for so many samples. `SAMPLES=100000` in the
 * environment asks for more, and for the smallest counterexample.
 */
export const holds = <A>(property: fc.IProperty<A>, samples: number): void => {
  void fc.assert(property, { numRuns: Number(process.env.SAMPLES ?? samples) })
}
