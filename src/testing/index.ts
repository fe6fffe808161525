/**
 * For tests of programs that speak over WebSockets.
 */
export * as TestPeer from "./TestPeer.ts"
