/** The entry `./htmx4`: the extension, and clients of the elements that it connects. */
export * from "./htmx/htmx4.ts"
export { connectElement, fromElement } from "./page/clients4.ts"
export type { Connected, Options as ElementOptions } from "./page/connectElement.ts"
export type { ElementClient, Messages } from "./page/fromElement.ts"
export { NoConnection } from "./page/NoConnection.ts"
