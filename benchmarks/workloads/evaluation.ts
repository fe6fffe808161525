import { differs, type Workload } from "../Workload.ts"

/** From the script's text to the first dial: parsed, compiled and run, with no cache. */
export const evaluation: Workload = {
  name: "evaluation",
  title: "evaluation of the script",
  size: 1,
  tiny: 1,
  loaded: false,
  body: ({ connect }) =>
    `<main id="stage"></main><template id="later"><div ${connect("/ws")}></div></template>`,
  async run(stage) {
    // What only the first call into a page costs is not the script's.
    await stage.settle()
    const cost = await stage.measure(() =>
      stage.page.evaluate(async (src) => void (await window.bench.load(src)), "/contestant.js"),
    )
    const opened = stage.opened(1)
    await stage.page.evaluate(
      () => void window.bench.mount(document.querySelector("#later")?.innerHTML ?? "", "innerHTML"),
    )
    await opened
    return { measures: { ...cost }, faults: differs("connections accepted", stage.server.visits.length, 1) }
  },
}
