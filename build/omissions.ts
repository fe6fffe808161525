/**
 * What the modules of Effect go without in the scripts: members that nothing there calls, and code for what a page
 * does not have.
 *
 * What a foreign effect may meet stays: a page's Schedules can be of its own copy of Effect, and run in our fibers.
 * So fibers, contexts and schedulers do all that effects ask of them.
 */

export interface Omission {
  /** The module of Effect, or all of them. */
  readonly module?: string
  readonly code: RegExp
  /** What stands there instead, in one line. */
  readonly instead?: string
}

/** Methods, getters and fields, in the layout of Effect's modules. */
const members = (...names: ReadonlyArray<string>): RegExp =>
  new RegExp(`^( +)(?:${names.join("|")})(?:\\([^)]*\\) \\{\\n[\\s\\S]*?^\\1\\}| = .*;),?$`, "gm")

/** By module, the members that nothing in the scripts calls. `test/project/lean.test.ts` holds that. */
export const uncalled: Readonly<Record<string, ReadonlyArray<string>>> = {
  Context: ["use", "useSync"],
  SchemaAST: ["_rebuild", "flip", "getExpected", "recur"],
  "internal/effect": [
    "currentTimeNanos",
    "currentTimeNanosUnsafe",
    "monotonicTimeNanos",
    "monotonicTimeNanosUnsafe",
  ],
  "internal/random": ["nextIntUnsafe"],
}

export const omissions: ReadonlyArray<Omission> = [
  // Nothing shows, compares or hashes Effect's values. But an error can be given to a page, which may show it.
  {
    code: members(
      "toJSON(?!\\(\\) \\{\\s+return \\{\\s+\\.\\.\\.this\\[plainArgsSymbol\\])",
      "toString",
      "\\[NodeInspectSymbol\\]",
      "\\[Equal\\.symbol\\]",
      "\\[Hash\\.symbol\\]",
    ),
  },
  ...Object.entries(uncalled).map(([module, names]) => ({ module, code: members(...names) })),
  // Causes say which span they come from to who prints them. Nobody does.
  { module: "internal/core", code: /\bfiber\.cache\.stackFrame/g, instead: "undefined" },
  { module: "internal/effect", code: /\b(?:fiber|this)\.cache\.stackFrame/g, instead: "undefined" },
  // Stack traces are not cut where a fiber begins, or a service is missing.
  { module: "Context", code: /^ {2}if \(error\.stack\) \{\n[\s\S]*?^ {2}\}/m },
  {
    module: "internal/effect",
    code: /(?<=^const continuationMarksStack = )[\s\S]*?^\}\)\(\)/gm,
    instead: "true",
  },
  // Services are given by their keys.
  { module: "Context", code: /^ {2}(?:of|context)\(self\) \{\n[\s\S]*?^ {2}\},?$/gm },
  // Nobody counts fibers.
  { module: "internal/effect", code: /^ +this\.cache\.runtimeMetrics\?\..*;$/gm },
  // A page has no `setImmediate`, lets timers be set at any time, and runs no fiber to its end by force.
  { module: "Scheduler", code: /(?<=^const setTimer = )"setImmediate" in [\s\S]*?^\} : /m },
  { module: "Scheduler", code: /(?<=^const setImmediate = )f => \{[\s\S]*?^\}/m, instead: "setTimer" },
  {
    module: "Scheduler",
    code: /\(executionMode === "sync" \? setMicrotask : setImmediate\)/,
    instead: "setImmediate",
  },
  // A page has no `async_hooks`.
  {
    module: "internal/effect",
    code: /(?<=^const AsyncResource = )[\s\S]*?^\}\)\(\)/gm,
    instead: "undefined",
  },
  { module: "internal/effect", code: /^ +\w+\._asyncContext = .*;$/gm },
  { module: "internal/effect", code: / else if \(this\._asyncContext !== undefined\) \{\n[\s\S]*?^ {4}\}/gm },
  // Nobody asks a function how many parameters it has.
  {
    module: "internal/effect",
    code: /(?<=^const defineFunctionLength = )[\s\S]*?^\}\)/m,
    instead: "(_, fn) => fn",
  },
  { module: "Function", code: /^ +case 0:\n +case 1:\n.*$/m },
  // Any number of steps is one loop.
  {
    module: "Pipeable",
    code: /(?<=^export const pipeArguments = )[\s\S]*?^\}(?=;$)/m,
    instead: "(self, steps) => Array.from(steps).reduce((value, step) => step(value), self)",
  },
  // Finalizers run one after the other, and none of ours fails.
  {
    module: "internal/effect",
    code: /(?<=^const scopeCloseFinalizers = )\/\*#__PURE__\*\/fnUntraced\([\s\S]*?^\}\)/gm,
    instead:
      "(_, finalizers, exit_) => [...finalizers.values()].reduceRight((rest, one) => flatMap(rest, () => runFinalizer(one, exit_)), void_)",
  },
  {
    module: "internal/effect",
    code: /(?<=^const combineFinalizerCause = )[\s\S]*?(?=;$)/m,
    instead: "(_, finalizer) => finalizer",
  },
  // No scope is in another one.
  { module: "internal/effect", code: /^ {2}if \(self\.parent !== undefined\) \{\n[\s\S]*?^ {2}\}/m },
  // What is tried tells itself how it failed.
  {
    module: "internal/effect",
    code: /(?<=const catcher = )typeof options === "function" \? .* : (?=options\.catch;)/g,
  },
  // A schema that is a declaration is decoded when it is called.
  { module: "SchemaParser", code: /(?<=return \(input, options\) => )Effect\.runSyncExit/ },
  // Nobody waits to take from the queue of what waits.
  {
    module: "Queue",
    code: /^ +(?:self\.dispatcher = fiber\.currentDispatcher|scheduleReleaseTaker\(self\));$/gm,
  },
  { module: "Queue", code: /^ +(?:takers|offers|awaiters): new Set\(\),?$/gm },
  {
    module: "Queue",
    code: /^ {2}for \(const (?:taker|awaiter) of openState\.\w+\) \{\n[\s\S]*?^ {2}\}\n {2}openState\.\w+\.clear\(\);$/gm,
  },
  // It has no bound: nobody waits to offer.
  { module: "Queue", code: /^ +releaseCapacity\(self\);$/gm },
  {
    module: "Queue",
    code: / else if \(self\.capacity <= 0 && self\.state\.offers\.size > 0\) \{\n {4}const message = [\s\S]*?^ {2}\}/gm,
  },
  { module: "Queue", code: / else if \(self\.messages\.length >= self\.capacity\) \{\n[\s\S]*?^ {2}\}/m },
  { module: "Queue", code: /^ {2}for \(const entry of offers\) \{\n[\s\S]*?^ {2}\}/m },
  // A table that is made when the module is loaded, and that nothing reads.
  { module: "encoding/Base64", code: /^(?:for .* codes\[|codes\[|const (?:alphabetCodes|codes) = ).*$/gm },
]
