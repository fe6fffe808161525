/** Calls of code that is not ours. */

/** Calls `call`, and returns its result, or `otherwise` if it throws. What it throws is reported. */
export const guard: {
  (call: () => void): void
  <B>(call: () => B, otherwise: B): B
} = <B>(call: () => B, otherwise?: B) => {
  try {
    return call()
  } catch (defect) {
    report(defect)
    return otherwise
  }
}

/** Reports a defect as an unhandled rejection, which browsers and Node show and monitoring collects. */
export const report = (defect: unknown): void => void Promise.reject(defect)
