/** Saves pages in the history with the ids of what they show, and resumes when one is restored. */
import { selectorFor } from "../attributes.ts"
import { listen } from "../events.ts"
import type { Htmx } from "../Htmx.ts"
import type { Feed } from "./Feed.ts"

export const watchHistory = (htmx: Htmx, feeds: WeakMap<Element, Feed>): void => {
  const feedsOnPage = (): ReadonlyArray<Feed> =>
    [...document.querySelectorAll(selectorFor(htmx, "resume"))].flatMap((element) => feeds.get(element) ?? [])

  let restore: ReadonlyArray<() => void> = []
  const saved = (): void => {
    for (const undo of restore) undo()
    restore = []
  }
  // htmx 4 saves pages by an extension.
  listen(htmx, ["beforeHistorySave", "history:cache:before:save"], () => {
    restore = feedsOnPage().map((feed) => feed.save())
    // If nothing is saved, no other event follows.
    queueMicrotask(saved)
  })
  listen(htmx, ["historyItemCreated", "history:cache:after:save"], saved)
  listen(htmx, ["historyRestore", "history:cache:after:restore"], () => {
    const place = document.querySelector("[hx-history-elt],[data-hx-history-elt]") ?? document.body
    for (const feed of feedsOnPage()) feed.restore(place)
  })
}
