import { differs, type Workload } from "../Workload.ts"

/** Measures from the text of the script to the first dial: parsed, compiled and run, without a cache. */
export const evaluation: Workload = {
  name: "evaluation",
  title: "evaluation of the script",
  size: 1,
  tiny: 1,
  loaded: false,
  body: ({ connect }) =>
    `<main id="stage"></main><template id="later"><div ${connect("/ws")}></div></template>`,
  async run(stage) {
    // A warm-up: the first call into a page has a cost that is not the script's.
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
