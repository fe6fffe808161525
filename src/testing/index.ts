/** The entry `./testing`: a server for tests of programs that use WebSockets. */
export * as TestPeer from "./TestPeer.ts"
