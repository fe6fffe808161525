/** In the scripts, this stands before `effect/internal/record`: no error of theirs has a field `__proto__`. */
export const assignProperties = Object.assign
