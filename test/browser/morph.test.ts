import { describe } from "vitest"
import { expect, onBoth } from "./kit/test.ts"

const idiomorph = { head: `<script src="/idiomorph.js"></script>` }
const connected = (round: number) =>
  `<div id="c" ws-connect="/ws" class="k${round}"><p id="state" ws-status>state</p><b>round ${round}</b>
     <form id="f" ws-send><input name="round" value="${round}"></form></div>`

describe.concurrent("a morph", () => {
  onBoth(
    "of the connect element keeps the socket, the form works, and the status is restored",
    async (stage) => {
      await stage.open(`<div id="around" hx-ext="morph">${connected(0)}</div>`, idiomorph)
      await stage.live()
      await stage.page.locator("#state[data-ws-state=open]").waitFor()
      for (const round of [1, 2, 3]) {
        stage.server.page("/morph", connected(round))
        await stage.page.evaluate(() =>
          window.htmx.ajax("GET", "/morph", { source: "#around", target: "#c", swap: "morph:outerHTML" }),
        )
        await stage.page.getByText(`round ${round}`).waitFor()
        await stage.page.locator("#state[data-ws-state=open]").waitFor()
        await stage.submit()
        await stage.until(() => stage.bodies().length === round)
      }
      expect(await stage.dials()).toBe(1)
      expect(stage.bodies().map(({ round }) => round)).toEqual(["1", "2", "3"])
      expect(await stage.events("wsClose")).toEqual([])
    },
  )

  onBoth("of the connect element to another URL opens a socket to that URL", async (stage) => {
    await stage.open(`<div id="around" hx-ext="morph">${connected(0)}</div>`, idiomorph)
    await stage.live()
    stage.server.page("/morph", connected(1).replace(`"/ws"`, `"/other"`))
    await stage.page.evaluate(() =>
      window.htmx.ajax("GET", "/morph", { source: "#around", target: "#c", swap: "morph:outerHTML" }),
    )
    await stage.live("/other")
    await stage.until(() => stage.server.live().length === 1)
  })

  onBoth("of the surroundings keeps the socket", async (stage) => {
    await stage.open(`<div id="around" hx-ext="morph" class="a">${connected(0)}</div>`, idiomorph)
    await stage.live()
    stage.server.page("/morph", `<div id="around" hx-ext="morph" class="b"><h1>new</h1>${connected(0)}</div>`)
    await stage.page.evaluate(() =>
      window.htmx.ajax("GET", "/morph", { source: "#around", target: "#around", swap: "morph:outerHTML" }),
    )
    await stage.page.getByText("new", { exact: true }).waitFor()
    await stage.page.locator("#state[data-ws-state=open]").waitFor()
    expect(await stage.dials()).toBe(1)
  })
})
