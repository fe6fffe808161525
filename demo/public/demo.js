// @ts-check
// Does what htmx and the extension leave to the page: counts down to the next attempt, and lists the events.

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id))

/** The names on htmx 4 of the events of htmx 2. */
const names4 = /** @type {Record<string, string>} */ ({
  wsOpen: "ws:after:connection",
  wsClose: "ws:close",
  wsError: "ws:error",
  wsReconnecting: "ws:reconnecting",
  wsFailed: "ws:failed",
  wsConfigConnect: "ws:before:connection",
  wsConfigSend: "ws:before:message:outgoing",
  wsAfterSend: "ws:after:message:outgoing",
  wsDropped: "ws:message:dropped",
  wsResumed: "ws:resumed",
  wsDelivery: "ws:delivery",
  wsFallback: "ws:fallback",
})

const on = (/** @type {string} */ name, /** @type {(event: CustomEvent) => void} */ listener) => {
  for (const type of [name, names4[name]]) {
    if (type !== undefined)
      document.addEventListener(`htmx:${type}`, (event) => listener(/** @type {CustomEvent} */ (event)), true)
  }
}

// --- The countdown --------------------------------------------------------------------------------------

/** @type {number | undefined} */
let countdown

const stopCountdown = () => {
  clearInterval(countdown)
  byId("retry").hidden = true
}

on("wsReconnecting", ({ detail: { attempt, delay } }) => {
  stopCountdown()
  const at = performance.now() + delay
  const progress = /** @type {HTMLProgressElement} */ (byId("retry-progress"))
  const show = () => {
    const left = Math.max(0, at - performance.now())
    byId("retry-text").textContent = `attempt ${attempt} in ${(left / 1000).toFixed(1)} s`
    progress.value = delay > 0 ? 1 - left / delay : 1
  }
  show()
  byId("retry").hidden = false
  countdown = setInterval(show, 100)
})
for (const name of ["wsConfigConnect", "wsConnecting", "wsOpen", "wsFailed"]) on(name, stopCountdown)

// --- What was missed ------------------------------------------------------------------------------------

/** The number of the last message that was shown when the connection was lost. @type {number | undefined} */
let lastShown

const numberOfMessage = (/** @type {Element | undefined} */ message) => Number(message?.id.split("-")[1] ?? 0)

on("wsClose", () => {
  lastShown ??= numberOfMessage([...document.querySelectorAll("#messages li")].at(-1))
})
on("wsResumed", () => {
  const before = lastShown
  lastShown = undefined
  if (before === undefined) return
  const messages = [...document.querySelectorAll("#messages .message")]
  const missed = messages.filter((message) => numberOfMessage(message) > before).length
  byId("caught-up").textContent =
    missed === 0
      ? "Nothing was missed"
      : `${missed} missed ${missed === 1 ? "message" : "messages"} caught up`
})

// --- The inspector --------------------------------------------------------------------------------------

byId("inspect").addEventListener("click", () => /** @type {any} */ (window).htmx.ws.inspect())

// --- The events -----------------------------------------------------------------------------------------

const shown = 30

/** @type {Record<string, (detail: any) => string>} */
const accounts = {
  wsConnecting: ({ attempt }) => (attempt === undefined ? "" : `attempt ${attempt}`),
  wsOpen: () => "",
  wsClose: ({ code, event, reason }) => `code ${event?.code ?? code} ${event?.reason ?? reason}`,
  wsReconnecting: ({ attempt, delay }) => `attempt ${attempt} in ${Math.round(delay)} ms`,
  wsFailed: ({ attempts }) => `after ${attempts} attempts`,
  wsError: ({ error }) => (error instanceof Event ? error.type : String(error?.message ?? error)),
  wsConfigSend: ({ message, parameters }) => JSON.stringify(parameters ?? message.values),
  wsAfterSend: () => "",
  wsDropped: ({ reason }) => reason,
  wsResumed: ({ cursor }) => `up to ${cursor}`,
  wsDelivery: ({ id, reason = "", state }) => `${id} ${state} ${reason}`,
  wsFallback: ({ path, verb }) => `${verb} ${path}`,
}

for (const [name, account] of Object.entries(accounts)) {
  on(name, ({ detail, type }) => {
    const line = document.createElement("li")
    const code = document.createElement("code")
    code.textContent = type
    line.append(code, ` ${account(detail)}`)
    const list = byId("events")
    list.prepend(line)
    list.children[shown]?.remove()
  })
}
