/** In the scripts, this stands before `effect/Pipeable`: any number of steps is one loop. */
export const pipeArguments = (self: unknown, steps: ArrayLike<(value: unknown) => unknown>): unknown =>
  Array.from(steps).reduce((value, step) => step(value), self)
