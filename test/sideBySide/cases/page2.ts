/** The connect element of the pages for htmx 1.9 and 2. */
export const connected = (body: string): string => `<div id="c" ws-connect="/ws">${body}</div>`

/** A form that sends hello. */
export const form = `<form id="f" ws-send><input name="word" value="hello"> <button id="say">Say</button></form>`

/** Keeps the `socketWrapper` of the page's only connection in `w`. */
export const keepWrapper = `document.addEventListener("htmx:wsOpen", ({ detail }) => { window.w = detail.socketWrapper })`
