import { describe } from "vitest"
import { defect } from "../kit/defect.ts"
import { expect } from "../kit/test.ts"

describe.concurrent("what is swapped in", () => {
  defect(
    "a fragment that cannot be swapped is skipped, and those around it are swapped and processed",
    async (stage) => {
      await stage.open(`<div ws-connect="/ws"><div id="a"></div><div id="b">before</div></div>`)
      const visit = await stage.live()
      visit.send(
        `<div id="a"><form ws-send><input name="x" value="1"></form></div>
       <div id="" hx-swap-oob="innerHTML">z</div><div id="b">after</div>`,
      )
      await stage.page.getByText("after").waitFor()
      expect(await stage.eventsOf("wsAfterMessage")).toHaveLength(1)
      await stage.page.press("input", "Enter")
      await stage.until(() => stage.bodies().length === 1)
      expect(stage.bodies()).toEqual([{ x: "1" }])
      expect(stage.page.url()).toBe(stage.server.url("/"))
      expect(stage.console.filter((line) => line.startsWith("uncaught"))).toEqual([])
    },
  )

  defect(
    "a binary frame is passed to listeners and swaps nothing",
    async (stage) => {
      await stage.open(`<div id="c" ws-connect="/ws"><p id="out">nothing</p></div>`)
      const visit = await stage.live()
      visit.send(Buffer.from(`<p id="out">binary</p>`))
      visit.send(`<p id="out">text</p>`)
      await stage.page.locator("#out", { hasText: "text" }).waitFor()
      const blob = { blob: 22 }
      const messages = (await stage.events()).filter(({ name }) => /^ws.*Message$/.test(name))
      expect(messages.slice(0, 2)).toMatchObject([
        { name: "wsBeforeMessage", detail: { message: blob } },
        { name: "wsAfterMessage", detail: { message: blob } },
      ])
      expect(messages.map(({ name }) => name).slice(2)).toEqual(["wsBeforeMessage", "wsAfterMessage"])
      expect(stage.console).toEqual([])
    },
    // The script of htmx 1.9 happens to swap nothing either.
    { official: ["2"] },
  )

  // Other frames (nested swaps, plain text, rows beside a <div>) behave as in the official script.
  defect("rows in a <template> arrive in their table", async (stage) => {
    await stage.open(
      `<div ws-connect="/ws"><table><tbody id="rows"><tr id="r1"><td>old</td></tr></tbody></table><p id="out"></p></div>`,
    )
    const visit = await stage.live()
    visit.send(
      `<template><tr id="r1"><td>new</td></tr><tr id="r2" hx-swap-oob="afterend:#r1"><td>more</td></tr></template>
       <p id="out">done</p>`,
    )
    await stage.page.getByText("done").waitFor()
    expect(await stage.page.locator("#rows td").allTextContents()).toEqual(["new", "more"])
  })

  defect("a class that changes starts its CSS transition", async (stage) => {
    await stage.open(`<div ws-connect="/ws"><p id="light" class="off">light</p></div>`, {
      head: `<style>
          #light { transition: opacity 200ms; opacity: 0.2 }
          #light.on { opacity: 1 }
        </style>`,
      script: `window.runs = 0; addEventListener("transitionrun", () => window.runs++)`,
    })
    const visit = await stage.live()
    visit.send(`<p id="light" class="on">light</p>`)
    await stage.page.locator("#light.on").waitFor()
    await stage.when(() => (window as unknown as { runs: number }).runs === 1)
  })

  defect("a class of a form with a field named id that changes starts its CSS transition", async (stage) => {
    const form = (name: string) => `<form id="light" class="${name}"><input name="id" value="7"></form>`
    await stage.open(`<div ws-connect="/ws">${form("off")}</div>`, {
      head: `<style>
          #light { transition: opacity 200ms; opacity: 0.2 }
          #light.on { opacity: 1 }
        </style>`,
      script: `window.runs = 0; addEventListener("transitionrun", () => window.runs++)`,
    })
    const visit = await stage.live()
    visit.send(form("on"))
    await stage.page.locator("#light.on").waitFor()
    await stage.when(() => (window as unknown as { runs: number }).runs === 1)
  })

  defect("a field that is replaced while the user types keeps focus and selection", async (stage) => {
    await stage.open(
      `<div ws-connect="/ws"><div id="region"><input id="field" value="some words"><textarea id="area">and more</textarea></div></div>`,
    )
    const visit = await stage.live()
    for (const [round, id] of ["field", "area"].entries()) {
      await stage.page.locator(`#${id}`).evaluate((field: HTMLInputElement) => {
        field.focus()
        field.setSelectionRange(2, 4)
      })
      visit.send(
        `<div id="region"><input id="field" value="some words"><textarea id="area">and more</textarea><b>${round}</b></div>`,
      )
      await stage.page.locator("b", { hasText: String(round) }).waitFor()
      const focused = await stage.page.evaluate(() => {
        const { id, selectionEnd, selectionStart } = document.activeElement as HTMLInputElement
        return [id, selectionStart, selectionEnd]
      })
      expect(focused).toEqual([id, 2, 4])
    }
  })
})
