/** Encodes the room and the market as JSON for programs. */
import * as Schema from "effect/Schema"
import type { Dialect } from "./Dialect.ts"
import { ServerMessage } from "./ServerMessage.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(ServerMessage)))

export const json: Dialect = {
  greeting: ({ history, names }, { quotes }) => [
    encode({
      _tag: "Everything",
      entries: history,
      people: [...names.values()],
      quotes: [...quotes.values()],
    }),
  ],
  chatChange: (change) => {
    switch (change._tag) {
      case "Said":
        return encode({ _tag: "Said", entry: change.entry })
      case "Present":
        return encode({ _tag: "Present", people: [...change.names.values()] })
    }
  },
  tick: ({ quote, trade }) => encode({ _tag: "Traded", quote, trade }),
}
