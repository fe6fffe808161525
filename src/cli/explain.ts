/** A rule in Markdown. */
import type { Example, Explained } from "./examples.ts"

const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``

const exampleOf = ({ frame, page }: Example): string =>
  [
    block("html", page),
    ...(frame === undefined ? [] : ["and a frame", block(frame.startsWith("{") ? "json" : "html", frame)]),
  ].join("\n\n")

export const explain = ({ bad, good, isFixed, on, rule, title, why }: Explained): string =>
  [
    `## ${rule}`,
    `**${title}** (htmx ${on.join(", ").replace(/, (?=\d$)/, " and ")}${isFixed ? "; `--fix` rewrites it" : ""}). ${why}`,
    "Bad:",
    exampleOf(bad),
    "Good:",
    exampleOf(good),
  ].join("\n\n")
