/** In the scripts, this stands before `effect/Utils`: no frame of theirs is kept in stack traces on purpose. */
export const internalCall = <A>(body: () => A): A => body()
