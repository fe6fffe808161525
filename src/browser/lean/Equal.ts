/** In the scripts, this stands before `effect/Equal`: nothing in them compares Effect's values by structure. */
export const equals = Object.is
