import { JSDOM } from "jsdom"

type Window = JSDOM["window"]

/** Defines what htmx or the scripts under test use and jsdom lacks. */
const complete = (window: Window) => {
  Object.assign(window, { MessageChannel, structuredClone })
  // The result type is optional in browsers, and required in jsdom.
  const { evaluate } = window.XPathExpression.prototype
  window.XPathExpression.prototype.evaluate = function (node, type = 0, result = null) {
    return evaluate.call(this, node, type, result)
  }
}

/** Opens a page of the test server in jsdom: its scripts run, its sockets are real. `await using` closes it. */
export const openDom = async (url: string): Promise<{ readonly window: Window } & AsyncDisposable> => {
  const { window } = await JSDOM.fromURL(url, {
    runScripts: "dangerously",
    resources: "usable",
    pretendToBeVisual: true,
    beforeParse: complete,
  })
  if (window.document.readyState !== "complete")
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }))
  return { window, [Symbol.asyncDispose]: async () => window.close() }
}
