/** In the scripts, this stands before `effect/Formatter`: what they tell people they put into words themselves. */
export const format = String
export const formatPropertyKey = String
