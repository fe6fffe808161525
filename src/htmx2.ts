/** The entry `./htmx2`: the extension, and typed clients of the elements that it connects. */

export type { ChannelClient } from "./element/channel.ts"
export type { Connected, ElementClient, Messages, Options as ElementOptions } from "./element/clients.ts"
export { NoConnection } from "./element/connectionOf.ts"
export { connectElement, fromElement } from "./element/v2.ts"
export * from "./htmx/v2/extension.ts"
