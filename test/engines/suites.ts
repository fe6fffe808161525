/** The tests that run in every engine, by what they are about. */
const browser = (...names: ReadonlyArray<string>) => names.map((name) => `test/browser/${name}.test.ts`)

export const suites: Readonly<Record<string, ReadonlyArray<string>>> = {
  conformance: browser("conformance"),
  defects: ["leaving", "one-socket", "replacing", "reporting", "retrying", "sending", "swapping"].map(
    (name) => `test/browser/defects/${name}.test.ts`,
  ),
  pages: browser(
    ...[
      "parse",
      "background",
      "bfcache",
      "codes",
      "frames",
      "hooks",
      "htmx4/page",
      "lifetime",
      "listeners",
      "morph",
    ],
    ...["navigation", "order", "ordinary", "schedules", "status", "timeouts", "twice"],
  ),
  companions: browser("delivery", "keep", "resume", "signals"),
  client: browser("client", "bundled", "element"),
  codes: ["test/engines/seen.test.ts"],
  faults: ["test/engines/recovers.test.ts"],
  staying: ["test/engines/staying.test.ts"],
  facts: ["test/engines/facts.test.ts"],
}
