import * as Data from "effect/Data"

/** The element has no connection and asks for none, or its connection belongs to another extension. */
export class NoConnection extends Data.TaggedError("NoConnection")<{
  readonly message: string
}> {}

export const noElement = (): NoConnection => new NoConnection({ message: "there is no element: it is null" })
