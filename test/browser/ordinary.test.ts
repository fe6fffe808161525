import { describe } from "vitest"
import { accept, dropAfter, echo, inTurn } from "../setup/behaviours.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, on } from "./kit/test.ts"

/** The ordinary behaviour of pages. */
const days: Record<string, (stage: Stage) => Promise<void>> = {
  "connects, swaps frames and sends a form": async (stage) => {
    stage.server.webSocket(
      "/ws",
      echo((text) => `<p id="out">got ${JSON.parse(text).word}</p>`),
    )
    await stage.open(
      `<div ws-connect="/ws"><p id="out">nothing</p><form ws-send><input name="word"></form></div>`,
    )
    ;(await stage.live()).send(`<p id="out">hello</p>`)
    await stage.page.getByText("hello").waitFor()
    await stage.page.fill("input", "there")
    await stage.page.press("input", "Enter")
    await stage.page.getByText("got there").waitFor()
    expect(stage.bodies()).toEqual([{ word: "there" }])
    expect(stage.page.url()).toBe(stage.server.url("/"))
    expect(stage.console).toEqual([])
  },

  "sends the values of a form with its submitter, hx-vals, hx-include and the headers of htmx": async (
    stage,
  ) => {
    await stage.open(
      `<div ws-connect="/ws" hx-headers='{"X-Token": "t"}'>
        <input id="more" name="more" value="m">
        <form id="f" ws-send hx-vals='{"v": 1}' hx-include="#more">
          <input name="text" value="a"><input type="checkbox" name="c" value="1" checked>
          <input type="checkbox" name="c" value="2" checked><input name="off" disabled value="x">
          <select name="s"><option>one<option selected>two</select>
          <button name="do" value="save">Save</button><button name="do" value="drop">Drop</button>
        </form></div>`,
    )
    await stage.live()
    await stage.page.getByText("Drop").click()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ text: "a", c: ["1", "2"], s: "two", do: "drop", v: 1, more: "m" }])
    expect(JSON.parse(stage.server.received("/ws")[0] ?? "").HEADERS).toMatchObject({
      "HX-Request": "true",
      "HX-Trigger": "f",
      "HX-Current-URL": stage.server.url("/"),
      "X-Token": "t",
    })
  },

  "sends by the natural events of a button, a field and a form, and by hx-trigger": async (stage) => {
    await stage.open(
      `<div ws-connect="/ws">
        <button type="button" ws-send name="b" value="1">button</button>
        <input ws-send name="i">
        <p ws-send hx-trigger="dblclick" hx-vals='{"p": "1"}'>twice</p>
        <p ws-send hx-trigger="keyup[key=='k'] from:body" hx-vals='{"k": "1"}'>key</p>
      </div>`,
    )
    await stage.live()
    await stage.page.getByText("button").click()
    await stage.page.locator("input").focus()
    await stage.page.keyboard.type("changed")
    await stage.page.locator("input").blur()
    await stage.page.getByText("twice").dispatchEvent("dblclick")
    await stage.page.keyboard.press("j")
    await stage.page.keyboard.press("k")
    await stage.until(() => stage.bodies().length === 4)
    expect(stage.bodies()).toEqual([{ b: "1" }, { i: "changed" }, { p: "1" }, { k: "1" }])
  },

  "does not send a form that is not valid": async (stage) => {
    await stage.open(
      `<div ws-connect="/ws"><form id="f" ws-send><input name="a" required></form>
        <form id="g" ws-send><input name="b" value="1"></form></div>`,
    )
    await stage.live()
    await stage.page.evaluate(() => window.htmx.trigger(document.querySelector("#f") as Element, "submit"))
    await stage.submit("#g")
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ b: "1" }])
    expect(await stage.eventsOf("validation:halted")).toMatchObject([{ on: "#f" }])
  },

  "swaps several elements of one frame by hx-swap-oob, and processes new ones": async (stage) => {
    await stage.open(
      `<div ws-connect="/ws"><ul id="list"><li>first</li></ul><p id="a">a</p><p id="gone">gone</p><div id="new"></div></div>`,
    )
    const visit = await stage.live()
    visit.send(
      `<ul id="list" hx-swap-oob="beforeend"><li>last</li></ul>
       <p id="a">b</p><p id="gone" hx-swap-oob="delete"></p><b hx-swap-oob="innerHTML:#new"><button ws-send name="x" value="1">go</button></b>`,
    )
    await stage.page.getByText("go", { exact: true }).click()
    await stage.until(() => stage.bodies().length === 1)
    expect(await stage.page.locator("li").allTextContents()).toEqual(["first", "last"])
    expect(await stage.page.locator("#a").textContent()).toBe("b")
    expect(await stage.page.locator("#gone").count()).toBe(0)
    expect(stage.bodies()).toEqual([{ x: "1" }])
  },

  "reconnects after a drop, and sends messages queued meanwhile": async (stage) => {
    stage.server.webSocket("/ws", inTurn(dropAfter(0), accept()))
    await stage.open(`<div ws-connect="/ws"><form ws-send><input name="word"></form></div>`, {
      clock: true,
      delay: 300,
    })
    await stage.eventsOf("wsClose")
    for (const word of ["one", "two"]) {
      await stage.page.fill("input", word)
      await stage.page.press("input", "Enter")
    }
    expect(await stage.dials()).toBe(1)
    await stage.pass(300)
    await stage.until(() => stage.bodies().length === 2)
    expect(stage.bodies()).toEqual([{ word: "one" }, { word: "two" }])
  },

  "accepts the data- prefix, and URLs like ws:/path": async (stage) => {
    await stage.open(
      `<div data-ws-connect="ws:/room?x=1#y"><form data-ws-send><input name="a" value="1"></form></div>`,
    )
    const visit = await stage.live("/room")
    expect(visit.url).toBe("/room?x=1")
    await stage.submit()
    await stage.until(() => stage.bodies("/room").length === 1)
  },

  "neither connects nor sends inside hx-ext=ignore:ws or hx-disable": async (stage) => {
    await stage.open(
      `<div hx-ext="ignore:ws"><div ws-connect="/ignored"></div></div>
       <div hx-disable><div ws-connect="/disabled"></div></div>
       <div ws-connect="/ws"><div hx-ext="ignore:ws"><button type="button" ws-send name="no" value="1">no</button></div>
         <button type="button" ws-send name="yes" value="1">yes</button></div>`,
    )
    await stage.live()
    await stage.page.getByText("no", { exact: true }).click()
    await stage.page.getByText("yes", { exact: true }).click()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.bodies()).toEqual([{ yes: "1" }])
    expect(stage.server.visits).toHaveLength(1)
  },

  "fires events in both spellings": async (stage) => {
    await stage.open(`<div ws-connect="/ws"></div>`, {
      script: `
        window.heard = []
        for (const name of ["htmx:wsConnecting", "htmx:ws-connecting", "htmx:wsOpen", "htmx:ws-open"])
          addEventListener(name, () => heard.push(name))`,
    })
    await stage.live()
    await stage.when(() => (window as unknown as { heard: Array<string> }).heard.length === 4)
    expect(await stage.page.evaluate(() => (window as unknown as { heard: Array<string> }).heard)).toEqual([
      "htmx:wsConnecting",
      "htmx:ws-connecting",
      "htmx:wsOpen",
      "htmx:ws-open",
    ])
  },
}

for (const ws of ["ours", "min"] as const) {
  describe.concurrent(`a page with ${ws === "ours" ? "dist/ws.js" : "dist/ws.min.js"}`, () => {
    for (const htmx of ["1.9", "2"] as const)
      for (const [title, day] of Object.entries(days)) on(htmx, title, day, ws)
  })
}

describe.concurrent("the older attribute", () => {
  // htmx 1.9 has its own hx-ws.
  on("2", "hx-ws connects and sends", async (stage) => {
    await stage.open(`<div hx-ws="connect:/ws"><form hx-ws="send"><input name="a" value="1"></form></div>`)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.server.visits).toHaveLength(1)
  })

  on("1.9", "hx-ws is left to htmx itself", async (stage) => {
    await stage.open(`<div hx-ws="connect:/ws"><form hx-ws="send"><input name="a" value="1"></form></div>`)
    await stage.live()
    await stage.submit()
    await stage.until(() => stage.bodies().length === 1)
    expect(stage.server.visits).toHaveLength(1)
    expect(await stage.events()).toEqual([])
  })
})
