/** What runs in a page of WebKit: functions without anything around them, since they are sent as text. */

/** How an element is found, one step after the other. */
export type Step =
  | { readonly by: "css"; readonly css: string }
  | { readonly by: "text"; readonly text: string | RegExp; readonly exact?: boolean }
  | { readonly by: "label"; readonly text: string | RegExp; readonly exact?: boolean }
  | { readonly by: "role"; readonly role: string; readonly text?: string | RegExp; readonly exact?: boolean }
  | { readonly by: "containing"; readonly text: string | RegExp }
  | { readonly by: "nth"; readonly index: number }

/** Runs before the scripts of a page: keeps what the console says, and what nobody catches, until it is fetched. */
export const keepConsole = (): void => {
  const key = "lines of the console"
  const lines: Array<string> = JSON.parse(sessionStorage.getItem(key) ?? "[]")
  sessionStorage.removeItem(key)
  const text = (value: unknown) => {
    if (value instanceof Error) return `${value.name}: ${value.message}`
    return typeof value === "object" && value !== null ? "Object" : String(value)
  }
  for (const type of ["log", "info", "debug", "warn", "error"] as const) {
    const write = console[type]
    console[type] = (...values: Array<unknown>) => {
      lines.push(`${type === "warn" ? "warning" : type}: ${values.map(text).join(" ")}`)
      write.apply(console, values)
    }
  }
  addEventListener("error", ({ error, message }) => {
    if (message !== undefined) lines.push(`uncaught: ${error instanceof Error ? error.message : message}`)
  })
  addEventListener("unhandledrejection", ({ reason }) => lines.push(`uncaught: ${reason?.message ?? reason}`))
  addEventListener("pagehide", () => {
    if (lines.length > 0) sessionStorage.setItem(key, JSON.stringify(lines.splice(0)))
  })
  Object.defineProperty(window, "linesOfConsole", { value: lines })
}

/** Returns the elements that the steps lead to, in the document and in its open shadow roots. */
export const find = (steps: ReadonlyArray<Step>): Array<Element> => {
  const all = (root: ParentNode): Array<Element> =>
    Array.from(root.querySelectorAll("*")).flatMap((element) =>
      element.shadowRoot === null ? [element] : [element, ...all(element.shadowRoot)],
    )
  const inside = (root: Document | Element): Array<Element> =>
    root instanceof Element && root.shadowRoot !== null ? [...all(root.shadowRoot), ...all(root)] : all(root)
  const plain = (text: string | null | undefined) => (text ?? "").replace(/\s+/g, " ").trim()
  const fits = (text: string, wanted: string | RegExp, exact = false) => {
    if (wanted instanceof RegExp) return wanted.test(text)
    return exact ? text === plain(wanted) : text.toLowerCase().includes(plain(wanted).toLowerCase())
  }
  const textOf = (element: Element): string =>
    element instanceof HTMLInputElement && /^(submit|button)$/.test(element.type)
      ? element.value
      : plain(element.textContent)
  const hasText = (element: Element, text: string | RegExp, exact?: boolean) =>
    !/^(script|style|head|title|noscript|template)$/.test(element.localName) &&
    element.closest("head") === null &&
    fits(textOf(element), text, exact)
  const roles: Record<string, string> = {
    button: "button, [role=button], input[type=submit], input[type=button], summary",
    link: "a[href]",
    heading: "h1, h2, h3, h4, h5, h6",
    tab: "[role=tab]",
    status: "[role=status], output",
    dialog: "dialog, [role=dialog]",
    textbox: "input:not([type]), input[type=text], textarea",
    listitem: "li",
  }
  const nameOf = (element: Element): string => plain(element.getAttribute("aria-label") ?? textOf(element))
  const labelled = (label: Element): Element | null => {
    if (label instanceof HTMLLabelElement) return label.control
    return label.hasAttribute("aria-label") ? label : null
  }

  let found: Array<Document | Element> = [document]
  for (const step of steps) {
    const within = () => [...new Set(found.flatMap(inside))]
    if (step.by === "css") {
      const roots = found.flatMap((root) => [
        root,
        ...inside(root).flatMap(({ shadowRoot }) => shadowRoot ?? []),
        ...(root instanceof Element && root.shadowRoot ? [root.shadowRoot] : []),
      ])
      found = [...new Set(roots.flatMap((root) => Array.from(root.querySelectorAll(step.css))))]
    } else if (step.by === "text")
      found = within().filter(
        (element) =>
          hasText(element, step.text, step.exact) &&
          !Array.from(element.children).some((child) => hasText(child, step.text, step.exact)),
      )
    else if (step.by === "label")
      found = within().flatMap((element) =>
        (element instanceof HTMLLabelElement && fits(plain(element.textContent), step.text, step.exact)) ||
        fits(element.getAttribute("aria-label") ?? "\0", step.text, step.exact)
          ? (labelled(element) ?? [])
          : [],
      )
    else if (step.by === "role") {
      const { role, text, exact } = step
      found = within().filter(
        (element) =>
          element.matches(roles[role] ?? `[role=${role}]`) &&
          (text === undefined || fits(nameOf(element), text, exact)),
      )
    } else if (step.by === "containing")
      found = found.filter((element) => fits(plain(element.textContent), step.text))
    else found = [found.at(step.index)].flatMap((element) => element ?? [])
  }
  return found as Array<Element>
}

/** Whether an element takes up room and is not hidden. */
export const isVisible = (element: Element): boolean => {
  const { width, height } = element.getBoundingClientRect()
  return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible"
}

/** Types a text in place of the one that a field has. */
export const fill = (field: Element, text: string): void => {
  const input = field as HTMLInputElement
  input.focus()
  input.select()
  if (text === "") document.execCommand("delete")
  else document.execCommand("insertText", false, text)
}
