// @ts-check
// What htmx and the extension do not do by themselves: show what waits, count down, and empty the field.

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id))

const on = (/** @type {string} */ name, /** @type {(event: CustomEvent) => void} */ listener) =>
  document.addEventListener(`htmx:${name}`, (event) => listener(/** @type {CustomEvent} */ (event)), true)

// --- The messages that wait -----------------------------------------------------------------------------

/** @typedef {{ _tag: string, name: string, text: string }} Said */

/** @param {ReadonlyArray<{ message: unknown }>} queue */
const showWaiting = (queue) => {
  const said = queue
    .map(({ message }) => /** @type {Said} */ (JSON.parse(String(message))))
    .filter(({ _tag }) => _tag === "Say")
  byId("waiting-count").textContent = String(said.length)
  byId("pending").replaceChildren(...said.map(pending))
}

/** @param {Said} said */
const pending = ({ name, text }) => {
  const item = document.createElement("li")
  item.className = "message pending"
  for (const [className, content] of [
    ["byline", `${name}, waiting`],
    ["text", text],
  ]) {
    const line = document.createElement("p")
    line.className = /** @type {string} */ (className)
    line.textContent = /** @type {string} */ (content)
    item.append(line)
  }
  return item
}

for (const name of ["wsOpen", "wsClose", "wsConfigSend", "wsBeforeSend", "wsAfterSend", "wsDropped"]) {
  // Events come before what they announce: a microtask later the queue is what it has become.
  on(name, ({ detail }) => {
    const queue = detail.socketWrapper?.queue
    if (queue) queueMicrotask(() => showWaiting(queue))
  })
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
for (const name of ["wsConnecting", "wsOpen", "wsFailed"]) on(name, stopCountdown)

// --- The form -------------------------------------------------------------------------------------------

on("wsConfigSend", (event) => {
  if (!(event.target instanceof HTMLFormElement)) return
  const form = event.target
  queueMicrotask(() => {
    if (!event.defaultPrevented && event.detail.errors.length === 0) form.reset()
  })
})

// --- The events -----------------------------------------------------------------------------------------

const shown = 30

/** @type {Record<string, (detail: any) => string>} */
const accounts = {
  wsConnecting: ({ attempt }) => (attempt === undefined ? "" : `attempt ${attempt}`),
  wsOpen: () => "",
  wsClose: ({ event }) => `code ${event.code} ${event.reason}`,
  wsReconnecting: ({ attempt, delay }) => `attempt ${attempt} in ${Math.round(delay)} ms`,
  wsFailed: ({ attempts }) => `after ${attempts} attempts`,
  wsError: ({ error }) => (error instanceof Event ? error.type : String(error?.message ?? error)),
  wsConfigSend: ({ parameters }) => JSON.stringify(parameters),
  wsAfterSend: () => "",
  wsDropped: ({ reason }) => reason,
}

for (const [name, account] of Object.entries(accounts)) {
  on(name, ({ detail }) => {
    const line = document.createElement("li")
    const code = document.createElement("code")
    code.textContent = `htmx:${name}`
    line.append(code, ` ${account(detail)}`)
    const list = byId("events")
    list.prepend(line)
    list.children[shown]?.remove()
  })
}
