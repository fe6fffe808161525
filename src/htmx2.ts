/** The entry `./htmx2`: the extension, and clients of the elements that it connects. */
export * from "./htmx/htmx2.ts"
export { connectElement, fromElement } from "./page/clients2.ts"
export type { Connected, Options as ElementOptions } from "./page/connectElement.ts"
export type { ElementClient, Messages } from "./page/fromElement.ts"
export { NoConnection } from "./page/NoConnection.ts"
