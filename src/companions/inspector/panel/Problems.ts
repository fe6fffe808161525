/** Lists the mistakes of the page and its frames, each with its fix. */
import type { FrameProblem } from "../rules/frames.ts"
import type { Highlight } from "./Highlight.ts"
import { h, setText } from "./h.ts"

/** A mistake, and its element. */
export interface Shown extends FrameProblem {
  readonly element: WeakRef<Element>
}

export interface Problems {
  readonly element: HTMLElement
  readonly count: HTMLElement
  draw(problems: ReadonlyArray<Shown>): void
  clear(): void
}

export const makeProblems = (highlight: Highlight, say: (text: string) => void): Problems => {
  const element = h("ul")
  const count = h("span", { className: "count" })
  let before: ReadonlyArray<string> | undefined

  const make = ({ element, fix, rule, sentence }: Shown): HTMLElement => {
    const onclick = () => {
      // The panel covers the lower half.
      element.deref()?.scrollIntoView({ block: "start" })
      highlight.show(() => [element.deref()].filter((one) => one !== undefined))
    }
    return h(
      "li",
      { className: "problem" },
      h("p", { className: "sentence" }, `${sentence}.`),
      h("p", {}, fix),
      h("p", { className: "rule" }, rule),
      h("button", { onclick, onblur: highlight.clear }, "Show"),
    )
  }

  return {
    element,
    count,
    draw(problems) {
      const now = problems.map(({ rule, sentence }) => `${rule} ${sentence}`)
      if (String(now) === String(before)) return
      const added = now.findIndex((one) => !before?.includes(one))
      if (added >= 0) say(problems[added]?.sentence ?? "")
      before = now
      setText(count, String(problems.length || ""))
      const nothing = "No mistake found in the page and the frames that have come."
      element.replaceChildren(
        ...(problems.length > 0 ? problems.map(make) : [h("li", { className: "empty" }, nothing)]),
      )
    },
    clear() {
      before = undefined
      element.replaceChildren()
    },
  }
}
