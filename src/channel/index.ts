/** The entry `./channel`: what a page and its server send each other, typed once for both. It contains no server. */
export * as Channel from "./Channel.ts"
