/**
 * The script tag of the inspector, if the tests shall run with it: `WITH_INSPECTOR=open` or `WITH_INSPECTOR=closed`.
 * Pages of ours behave the same with it. Those of the inspector's own tests have it in their head.
 */
export const inspectorTag = (head: string): string => {
  const { WITH_INSPECTOR } = process.env
  if (WITH_INSPECTOR === undefined || head.includes("ws-inspector")) return ""
  return `<script src="/dist/ws-inspector.js"${WITH_INSPECTOR === "open" ? " data-open" : ""}></script>`
}
