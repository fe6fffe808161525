import * as Data from "effect/Data"

/** An element that has no connection and will have none, or one that is not of this extension. */
export class NoConnection extends Data.TaggedError("NoConnection")<{
  readonly message: string
}> {}

export const noElement = (): NoConnection => new NoConnection({ message: "there is no such element" })
