/** What crosses the port between the page of a visitor and the server in the worker. */

/** From the page. */
export type FromPage =
  | {
      readonly type: "dial"
      readonly id: number
      readonly url: string
      readonly protocols: ReadonlyArray<string>
    }
  | { readonly type: "send"; readonly id: number; readonly data: unknown }
  | { readonly type: "close"; readonly id: number; readonly code?: number; readonly reason?: string }

/** To the page. */
export type ToPage =
  | { readonly type: "open"; readonly id: number; readonly protocol: string }
  | { readonly type: "message"; readonly id: number; readonly data: unknown }
  | { readonly type: "error"; readonly id: number }
  | {
      readonly type: "close"
      readonly id: number
      readonly code: number
      readonly reason: string
      readonly wasClean: boolean
    }

/** A line of the log: who says it, and what. */
export interface Line {
  readonly who: "page" | "server" | "error"
  readonly text: string
}
