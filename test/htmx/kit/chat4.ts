/** A page of htmx 4 with one connection. */
import { openPage4, type Page4 } from "./openPage4.ts"

export const sender = `<button id="send" type="button" name="a" value="1" hx-ws:send>x</button>`

/** The connect element, with something in it. */
export const chat = (attributes = "", inside = sender): string =>
  `<main id="chat" hx-ws:connect="/chat" ${attributes}>${inside}</main>`

/** Opens the page and its connection. */
export const openChat = async (attributes?: string, inside?: string): Promise<Page4> => {
  const page = await openPage4({ body: chat(attributes, inside) })
  page.socket.open()
  page.take()
  return page
}
