/** Outlines elements of the page without writing to them. */
import { h } from "./h.ts"

const atMost = 40

type Find = () => ReadonlyArray<Element>

export interface Highlight {
  readonly element: HTMLElement
  /** Outlines the elements that `find` returns, also when they are scrolled. */
  show(find: Find): void
  clear(): void
  /** Outlines the elements that `find` returns while `element` is hovered or focused. */
  attach(element: HTMLElement, find: Find): void
}

export const makeHighlight = (): Highlight => {
  const element = h("div", { ariaHidden: "true" })
  let find: Find | undefined

  const draw = (): void => {
    const all = (find?.() ?? []).filter(({ isConnected }) => isConnected)
    // Elements inside another one are outlined with it.
    const outer = all.filter((element) => !all.some((other) => other !== element && other.contains(element)))
    const boxes = outer.slice(0, atMost).flatMap((element) => {
      const { height, left, top, width } = element.getBoundingClientRect()
      // Not visible: it may be for screen readers.
      if (width + height < 4) return []
      const box = h("div", { className: "box" })
      Object.assign(box.style, {
        left: `${left - 3}px`,
        top: `${top - 3}px`,
        width: `${width + 6}px`,
        height: `${height + 6}px`,
      })
      return box
    })
    element.replaceChildren(...boxes)
  }

  const show = (now?: Find): void => {
    find = now
    draw()
  }
  const clear = (): void => show()

  // Capturing, for the scrolling of any element.
  window.addEventListener("scroll", () => find && draw(), true)
  return {
    element,
    show,
    clear,
    attach(element, find) {
      for (const type of ["mouseenter", "focusin"]) element.addEventListener(type, () => show(find))
      for (const type of ["mouseleave", "focusout"]) element.addEventListener(type, clear)
    },
  }
}
