/** `WITH_COMPANIONS=1` has all side-by-side cases run with the companions on our page, whose attributes it does not have. */
// ws-doctor needs no attribute: it speaks wherever sockets do not open.
const names = ["delivery", "keep", "resume", "signals"] as const

/** The tags of the companions, if they are wanted on all pages, or on this one. */
export const companionTags = (onThisOne = false): string =>
  onThisOne || process.env.WITH_COMPANIONS === "1"
    ? names.map((name) => `<script src="/dist/ws-${name}.js"></script>`).join("")
    : ""
