/** What the front page shows: the tags and the figures of README.md and docs/herd.md, which tests hold to the truth. */
import { readFileSync } from "node:fs"

/** The first group of a pattern in a file. Throws if it is not there. */
const found = (path: string, pattern: RegExp): string => {
  const value = pattern.exec(readFileSync(path, "utf8"))?.[1]
  if (value === undefined) throw new Error(`${path}: there is no ${pattern}`)
  return value
}

interface Figure {
  readonly figure: string
  readonly meaning: string
  readonly from: string
}

const figures = (): ReadonlyArray<Figure> => [
  {
    figure: found("README.md", /of (\d+) scenarios/),
    meaning: "faults of the official script that are not here, each a test that fails with it",
    from: "reliability",
  },
  {
    figure: found("README.md", /^\| … with `batch: true` \| ([\d.]+)/m),
    meaning: "of the official script's CPU time for 5,000 small frames, batched",
    from: "benchmarks",
  },
  {
    figure: found("docs/herd.md", /With full jitter it is \*\*([\d.]+ s)/),
    meaning: `until 99 % of all clients are back at a busy server, simulated; without jitter ${found("docs/herd.md", /99 % of the clients are back after \*\*([\d.]+ s)/)}`,
    from: "herd",
  },
  {
    figure: found("README.md", /at most ([\d.]+ KB)/),
    meaning: "after gzip, at most, with all that it uses of Effect",
    from: "size",
  },
]

/** The tags of a page in README.md, and the line that connects. */
const tags = (at: number): string => {
  const pages = [...readFileSync("README.md", "utf8").matchAll(/^```html\n(<!doctype[\s\S]*?)^```/gm)]
  const page = pages[at]?.[1] ?? ""
  const scripts = page.match(/<script[\s\S]*?<\/script>/g) ?? []
  const rest = /<(?:body|main)[\s\S]*$/.exec(page)?.[0]
  if (scripts.length !== 2 || rest === undefined)
    throw new Error("README.md: there are no pages for htmx 2 and 4")
  return [...scripts, "", rest.trim()].join("\n")
}

/** Puts the tags and figures into the front page. */
export const completeFront = (markdown: string): string =>
  markdown
    .replace(
      "<!-- figures -->",
      `<div class="figures">${figures()
        .map(
          ({ figure, from, meaning }) =>
            `<a href="/${from}"><strong>${figure}</strong><span>${meaning}</span></a>`,
        )
        .join("")}</div>`,
    )
    .replace(
      "<!-- tags -->",
      `::: code-group\n\n\`\`\`html [htmx 2 and 1.9]\n${tags(0)}\n\`\`\`\n\n\`\`\`html [htmx 4]\n${tags(1)}\n\`\`\`\n\n:::`,
    )
