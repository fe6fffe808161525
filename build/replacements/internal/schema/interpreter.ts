/**
 * In the scripts, this stands before `effect/internal/schema/interpreter`: each schema is a declaration, without
 * checks and transformations.
 */
export const compile = (ast: { readonly getParser: () => unknown }): unknown => ast.getParser()
