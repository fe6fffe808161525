/** Outlines elements of the page without writing to them. The outlines scroll with the page. */
import { h } from "./h.ts"

const atMost = 40

export class Highlight {
  readonly element = h("div", { ariaHidden: "true" })

  show(elements: Iterable<Element>): void {
    const all = [...elements]
    // What is in another of them is outlined with it.
    const outer = all.filter(
      (element) => element.isConnected && !all.some((other) => other !== element && other.contains(element)),
    )
    const boxes = outer.slice(0, atMost).flatMap((element) => {
      const { height, left, top, width } = element.getBoundingClientRect()
      // Nobody sees it: it may be there for screen readers.
      if (width + height < 4) return []
      const box = h("div", { className: "box" })
      Object.assign(box.style, {
        left: `${left + scrollX - 3}px`,
        top: `${top + scrollY - 3}px`,
        width: `${width + 6}px`,
        height: `${height + 6}px`,
      })
      return box
    })
    this.element.replaceChildren(...boxes)
  }

  clear(): void {
    this.element.replaceChildren()
  }
}
