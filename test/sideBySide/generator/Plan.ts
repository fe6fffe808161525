import type { Case } from "../Case.ts"
import type { Stage } from "../Stage.ts"
import type { Version } from "../versions.ts"

/** A step on a random page. */
export type Step =
  | { readonly does: "click"; readonly on: string }
  | { readonly does: "type"; readonly on: string; readonly text: string }
  | { readonly does: "send"; readonly frame: string }
  | { readonly does: "close"; readonly code: number }
  | { readonly does: "pass"; readonly time: number }
  | { readonly does: "run"; readonly code: string }

/** A random page as data, so that it can be reduced and printed. */
export interface Plan {
  readonly version: Version
  /** The elements inside the connect element. */
  readonly elements: ReadonlyArray<string>
  /** The frames that the server sends as soon as a socket opens. */
  readonly greetings: ReadonlyArray<string>
  readonly steps: ReadonlyArray<Step>
}

const play = (stage: Stage, step: Step): Promise<void> => {
  switch (step.does) {
    case "click":
      return stage.run(`document.querySelector(${JSON.stringify(step.on)})?.click()`)
    case "type":
      return stage
        .run(`if (!document.querySelector(${JSON.stringify(step.on)})) throw "no field"`)
        .then(() => stage.type(step.on, step.text))
    case "send":
      return stage.send(step.frame)
    case "close":
      return stage.close(step.code).then(() => stage.pass(1_000))
    case "pass":
      return stage.pass(step.time)
    case "run":
      return stage.run(step.code)
  }
}

const pageOf = ({ elements, version }: Plan): string =>
  `<div id="c" ${version.startsWith("4") ? "hx-ws:connect" : "ws-connect"}="/ws">\n${elements.join("\n")}\n</div>`

export const caseOf = (plan: Plan): Case => ({
  title: "a random page",
  on: [plan.version],
  page: pageOf(plan),
  server: () => async (visit) => {
    await visit.accept()
    for (const greeting of plan.greetings) visit.send(greeting)
  },
  steps: async (stage) => {
    for (const step of plan.steps) await play(stage, step)
  },
})

/** Prints the plan as source code of a case. */
export const print = (plan: Plan): string => {
  const call = ({ does, ...rest }: Step) =>
    `    ${does === "close" ? "// and pass(1000)\n    " : ""}await stage.${does}(${Object.values(rest)
      .map((value) => JSON.stringify(value))
      .join(", ")})`
  const greetings = plan.greetings.map((greeting) => `visit.send(${JSON.stringify(greeting)})`).join("; ")
  return [
    "{",
    `  on: ["${plan.version}"],`,
    `  page: \`${pageOf(plan)}\`,`,
    ...(greetings === "" ? [] : [`  server: () => accept((visit) => { ${greetings} }),`]),
    "  steps: async (stage) => {",
    ...plan.steps.map(call),
    "  },",
    "}",
  ].join("\n")
}
