/** Draws the image of the front page: a connection over time, and the messages on it. */

const colours = {
  light: {
    ground: "#ffffff",
    line: "#d0d7de",
    text: "#1f2328",
    quiet: "#59636e",
    good: "#1a7f37",
    wait: "#9a6700",
    bad: "#cf222e",
    dot: "#2f6feb",
  },
  dark: {
    ground: "#161618",
    line: "#3d444d",
    text: "#f0f6fc",
    quiet: "#9198a1",
    good: "#3fb950",
    wait: "#d29922",
    bad: "#f85149",
    dot: "#79b8ff",
  },
}

/** A stretch of the connection: from, to, and what it is. */
const stretches: ReadonlyArray<readonly [from: number, to: number, kind: "good" | "wait", label: string]> = [
  [24, 150, "good", "open"],
  [150, 246, "wait", "reconnecting"],
  [246, 396, "good", "open"],
]

/** When messages were sent, and when they arrived. */
const messages: ReadonlyArray<readonly [sent: number, arrived: number]> = [
  [44, 44],
  [74, 74],
  [104, 104],
  [134, 134],
  [164, 258],
  [194, 268],
  [224, 278],
  [296, 296],
  [326, 326],
  [356, 356],
  [386, 386],
]

/** The image, for light or dark pages. */
export const hero = (theme: keyof typeof colours): string => {
  const { bad, dot, good, ground, line, quiet, text, wait } = colours[theme]
  const of = { good, wait }
  const dots = messages.map(([sent, arrived], at) =>
    [
      `<circle cx="${sent}" cy="96" r="4.5" fill="${dot}" opacity="${sent === arrived ? 1 : 0.45}"/>`,
      sent === arrived
        ? ""
        : `<path d="M${sent} 102C${sent} 150 ${arrived} 130 ${arrived} 176" stroke="${line}" stroke-width="1.5" fill="none" stroke-dasharray="3 3"/>`,
      `<circle cx="${arrived}" cy="184" r="4.5" fill="${dot}"/>`,
      `<text x="${arrived}" y="206" class="n">${at + 1}</text>`,
    ].join(""),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 300" role="img">
<style>text { font: 12px system-ui, sans-serif; fill: ${quiet} } .l { font-weight: 600; fill: ${text} } .n { font-size: 9px; text-anchor: middle }</style>
<rect x=".5" y=".5" width="419" height="299" rx="14" fill="${ground}" stroke="${line}"/>
<text x="24" y="40" class="l">the connection</text>
${stretches
  .map(
    ([from, to, kind, label]) =>
      `<path d="M${from + 3} 56H${to - 3}" stroke="${of[kind]}" stroke-width="6" stroke-linecap="round"${kind === "wait" ? ' stroke-dasharray="1 10"' : ""}/><text x="${(from + to) / 2}" y="76" style="text-anchor: middle; fill: ${of[kind]}">${label}</text>`,
  )
  .join("\n")}
<path d="M150 44l-5 9 9 3-6 10" stroke="${bad}" stroke-width="2" fill="none"/>
<text x="24" y="118" class="l">sent</text>
<text x="24" y="228" class="l">on the page</text>
${dots.join("\n")}
<path d="M24 250H396" stroke="${line}"/>
<text x="24" y="274">11 sent, 11 shown, in order, each once</text>
</svg>
`
}
