/** Draws the diagrams of pages, by Mermaid, once for light and once for dark pages. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import type { Diagram } from "./pages.ts"

interface Mermaid {
  initialize(options: object): void
  render(id: string, source: string): Promise<{ readonly svg: string }>
}

/** Writes the images of diagrams into a folder. Throws if one cannot be read. */
export const draw = async (
  browser: Browser,
  diagrams: ReadonlyArray<Diagram>,
  folder: string,
): Promise<void> => {
  const page = await browser.newPage()
  await page.setContent("<!doctype html><body></body>")
  await page.addScriptTag({
    content: readFileSync("docs/site/node_modules/mermaid/dist/mermaid.min.js", "utf8"),
  })
  for (const { images, source } of diagrams)
    for (const [at, image] of images.entries()) {
      const svg = await page.evaluate(
        async ({ source, theme }) => {
          const { mermaid } = window as unknown as { readonly mermaid: Mermaid }
          mermaid.initialize({
            startOnLoad: false,
            theme,
            // Labels of HTML are not shown in an image.
            htmlLabels: false,
            flowchart: { htmlLabels: false },
            fontFamily: "system-ui, sans-serif",
          })
          return (await mermaid.render("diagram", source)).svg
        },
        { source, theme: at === 0 ? "neutral" : "dark" },
      )
      writeFileSync(join(folder, image), svg)
    }
  await page.close()
}
