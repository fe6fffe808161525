/** The inspector on a page of the tests. */
import type { Scenery, Stage } from "./Stage.ts"

/** Makes the shadow root of the inspector one that tests see. */
const openRoots = (): void => {
  const { attachShadow } = Element.prototype
  Element.prototype.attachShadow = function (options) {
    return attachShadow.call(this, { ...options, mode: "open" })
  }
}

/** JavaScript that does so. */
export const first = `(${openRoots})()`

/** The text of the problems that the panel shows, a line for each of sentence, fix and rule. */
export const problemsOf = (stage: Stage): Promise<Array<string>> =>
  stage.page.evaluate(() => {
    const root = document.querySelector("#htmx-ws-inspector")?.shadowRoot
    return Array.from(root?.querySelectorAll(".problem") ?? [], (problem) =>
      Array.from(problem.querySelectorAll("p"), ({ textContent }) => textContent ?? "").join("\n"),
    )
  })

export const body = `<main id="room" ws-connect="/ws?token=abc">
  <ul id="chat-room"></ul><b id="badge">0</b>
  <form id="say" ws-send><input id="text" name="text" value="hello"></form>
</main>`

/** Opens a page with the inspector in it. */
export const openInspector = (
  stage: Stage,
  scenery: Scenery & { readonly isOpen?: boolean; readonly body?: string } = {},
): Promise<void> =>
  stage.open(scenery.body ?? body, {
    ...scenery,
    first: `${first};${scenery.first ?? ""}`,
    head: `${scenery.head ?? ""}<script src="/dist/ws-inspector.js"${scenery.isOpen === false ? "" : " data-open"}></script>`,
  })

/** The entries of the timeline, oldest first, without what measures time. */
export const timeline = (stage: Stage): Promise<Array<string>> =>
  stage.page.locator(".entry").evaluateAll((rows) =>
    rows
      .map((row) => ["kind", "text"].map((name) => row.querySelector(`.${name}`)?.textContent).join(": "))
      .map((text) => text.replace(/\d+(\.\d+)? (ms|s)$/, "…"))
      .reverse(),
  )

export const choose = async (stage: Stage, label: string): Promise<void> => {
  await stage.page.getByRole("tab", { name: "Network lab" }).click()
  await stage.page.getByLabel(label, { exact: true }).check()
}
