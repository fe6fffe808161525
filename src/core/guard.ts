/** Calls of code that is not ours. */

/** Calls `call`. What it throws is reported as an unhandled rejection, and stops nothing. */
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

/** Reports a defect as an unhandled rejection: browsers and Node show it, and monitoring collects it. */
export const report = (defect: unknown): void => void Promise.reject(defect)
