/** What programs are told of the chat and the market. */
import type { Change, Conversation } from "./Conversation.ts"
import type { Market, Tick } from "./Market.ts"
import type { ServerMessage } from "./ServerMessage.ts"

export const everything = ({ history, names }: Conversation, { quotes }: Market): ServerMessage => ({
  _tag: "Everything",
  entries: history,
  people: [...names.values()],
  quotes: [...quotes.values()],
})

export const chatChange = (change: Change): ServerMessage => {
  switch (change._tag) {
    case "Said":
      return { _tag: "Said", entry: change.entry }
    case "Present":
      return { _tag: "Present", people: [...change.names.values()] }
  }
}

export const tick = ({ quote, trade }: Tick): ServerMessage => ({ _tag: "Traded", quote, trade })
