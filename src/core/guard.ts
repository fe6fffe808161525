/** Calls of foreign code: hooks, listeners, stand-ins. */

/** Calls `call`, and returns its result. If it throws, reports that and returns `otherwise`. */
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
