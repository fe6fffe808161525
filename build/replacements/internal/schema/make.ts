/** In the scripts, this stands before `effect/internal/schema/make`: a schema is decoded by, and never extended. */
export const make = (ast: unknown): { readonly ast: unknown } => ({ ast })
