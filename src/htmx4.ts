/** The entry `./htmx4`: the extension, and typed clients of the elements that it connects. */

export type { Connected, Options as ElementOptions } from "./element/connectElement.ts"
export { NoConnection } from "./element/connectionOf.ts"
export type { ElementClient, Messages } from "./element/fromElement.ts"
export { connectElement, fromElement } from "./element/v4.ts"
export * from "./htmx/v4/extension.ts"
