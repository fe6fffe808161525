/**
 * Resumes after a lost connection: each dial names the id of the last frame that the page shows. If frames are missing, the
 * page fetches the state, while later frames wait.
 */
import { attributeOf, selectorFor } from "./attributes.ts"
import {
  afterFrame,
  beforeDial,
  beforeFrame,
  elementOf,
  listen,
  type Names,
  onError,
  type WsEvent,
} from "./events.ts"
import { type Htmx, isHtmx4 } from "./Htmx.ts"
import { installOnce } from "./installOnce.ts"
import { makeReport } from "./notices.ts"
import { type Connection, type Feed, makeFeed } from "./resume/Feed.ts"
import { watchHistory } from "./resume/history.ts"
import { watchResponses } from "./resume/responses.ts"

export type { GapReason, ResumeConfig } from "./resume/Feed.ts"

/** An element on htmx 4. */
interface Connected extends Element {
  readonly _htmx?: { readonly ws?: { readonly connection?: Connection } }
}

/** Installs the companion, on htmx 1.9, 2 or 4. */
export const resume = (htmx: Htmx): void =>
  installOnce("resume", () => {
    const report = makeReport("resume")
    const feeds = new WeakMap<Element, Feed>()
    const isOurs = (element: Element) =>
      ["resume", "resync"].some((name) => attributeOf(htmx, element, name) !== undefined)
    const connectionIn = ({ connection, socketWrapper }: WsEvent["detail"]) =>
      (connection ?? socketWrapper) as Connection
    const onFrame = (
      names: Names,
      act: (feed: Feed, frame: unknown, event: WsEvent, connection: Connection) => void,
      isFirst?: boolean,
    ) =>
      listen(
        htmx,
        names,
        (event) => {
          const { message } = event.detail
          const frame = isHtmx4(htmx) ? Object(message).data : message
          const feed = feeds.get(elementOf(event))
          const connection = connectionIn(event.detail)
          if (feed !== undefined) act(feed, frame, event, connection)
          else if (isFirst && isOurs(elementOf(event))) connection.reconnect()
        },
        isFirst,
      )

    listen(htmx, beforeDial, (event) => {
      const element = elementOf(event)
      if (!isOurs(element)) return
      const feed =
        feeds.get(element) ?? makeFeed(htmx, element, connectionIn(event.detail).socket !== null, report)
      feeds.set(element, feed)
      feed.dial(event.detail)
    })
    onFrame(
      beforeFrame,
      (feed, frame, event, connection) => {
        if (!feed.withholds(frame, connection)) return
        event.preventDefault()
        event.stopImmediatePropagation()
      },
      true,
    )
    onFrame(beforeFrame, (feed, frame, event) => {
      if (!event.defaultPrevented && !event.detail.cancelled) feed.begin(frame)
    })
    onFrame(afterFrame, (feed, frame) => feed.end(frame))
    onFrame(onError, (feed, _, { detail }) => {
      if (!(detail.error instanceof Event)) feed.fail()
    })

    watchResponses(htmx, feeds)
    watchHistory(htmx, feeds)
    // On htmx 4 a page may connect between two scripts.
    for (const element of document.querySelectorAll<Connected>(selectorFor(htmx, "resume")))
      element._htmx?.ws?.connection?.reconnect()
  })
