/** Remembers settings of the inspector in a tab, over reloads of its page. */
import { isOn, modes, off, type Settings } from "./lab/settings.ts"

interface Remembered {
  readonly isOpen: boolean
  readonly lab: Settings
}

const key = "htmx-ws-inspector"

// The browser may forbid storage.
export const recall = (): Remembered => {
  try {
    const { isOpen, lab } = JSON.parse(sessionStorage.getItem(key) ?? "")
    return { isOpen, lab: lab.mode in modes && isOn(lab) ? lab : off }
  } catch {
    return { isOpen: false, lab: off }
  }
}

export const remember = (remembered: Remembered): void => {
  try {
    sessionStorage.setItem(key, JSON.stringify(remembered))
  } catch {}
}
