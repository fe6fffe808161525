/** How the simulated network behaves. */
export const modes = {
  off: "Off",
  hang: "Hang the handshake",
  refuse: "Refuse with 401",
  "half-open": "Half-open",
  slow: "One frame a second",
} as const

export interface Settings {
  readonly mode: keyof typeof modes
  /** In ms. */
  readonly latency: number
  readonly jitter: number
}

export const off: Settings = { mode: "off", latency: 0, jitter: 0 }

export const isOn = ({ jitter, latency, mode }: Settings): boolean => mode !== "off" || latency + jitter > 0

export const describeLab = ({ jitter, latency, mode }: Settings): string =>
  [
    mode === "off" ? "" : modes[mode].toLowerCase(),
    latency + jitter > 0 ? `latency ${latency} ± ${jitter} ms` : "",
  ]
    .filter(Boolean)
    .join(", ")
