/** What the companion reads of htmx's own attributes, as htmx reads them, also in shadow trees. */
import { describe, expect, test } from "vitest"
import { onEach, type Page } from "./kit.ts"

onEach(["delivery"], (open, htmx) => {
  const isHtmx4 = htmx === "4"
  const disable = isHtmx4 ? "hx-disable" : "hx-disabled-elt"
  const form = (attributes = "") =>
    `<form id="say" ws-send ws-ack="10s" ${attributes}><input id="text" name="text"><button id="send">Send</button><b id="own"></b></form>`
  const sent = async (html: string, config = {}) => {
    const page = await open({ body: `<div id="room" ws-connect="/room">${html}</div><b id="far"></b>` })
    Object.assign(page.htmx.config, config)
    page.socket.open()
    await page.settled()
    page.$<HTMLFormElement>("#say").requestSubmit()
    await page.settled()
    return page
  }
  const busy = (page: Page) =>
    Array.from(page.document.querySelectorAll(".htmx-request, :disabled"), ({ id }) => id).sort()

  describe("an attribute around the sender", () => {
    const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>, object?]> = isHtmx4
      ? [
          ["holds where it says so", `<div hx-indicator:inherited="#far">${form()}</div>`, ["far"]],
          ["does not hold otherwise", `<div hx-indicator="#far">${form()}</div>`, []],
          [
            "holds with implicit inheritance",
            `<div hx-indicator="#far">${form()}</div>`,
            ["far"],
            { implicitInheritance: true },
          ],
          [
            "is added to by :append",
            `<div hx-indicator:inherited="#far">${form(`hx-indicator:append="find #own"`)}</div>`,
            ["far", "own"],
          ],
          ["may name its own element", `<div id="p" hx-indicator:inherited="this">${form()}</div>`, ["p"]],
        ]
      : [
          ["holds", `<div hx-indicator="#far">${form()}</div>`, ["far"]],
          [
            "does not hold with hx-disinherit",
            `<div hx-disinherit="hx-indicator" hx-indicator="#far">${form()}</div>`,
            [],
          ],
          [
            "does not hold with hx-disinherit of all",
            `<div hx-indicator="#far"><section hx-disinherit="*">${form()}</section></div>`,
            [],
          ],
          [
            "holds with hx-disinherit of others",
            `<div hx-disinherit="hx-target" hx-indicator="#far">${form()}</div>`,
            ["far"],
          ],
          [
            "does not hold if nothing is inherited",
            `<div hx-indicator="#far">${form()}</div>`,
            [],
            { disableInheritance: true },
          ],
          [
            "holds then with hx-inherit",
            `<div hx-inherit="hx-indicator" hx-indicator="#far">${form()}</div>`,
            ["far"],
            { disableInheritance: true },
          ],
          [
            "does not hold if it is unset nearer",
            `<div hx-indicator="#far">${form(`hx-indicator="unset"`)}</div>`,
            [],
          ],
          ["may name its own element", `<div id="p" hx-indicator="this">${form()}</div>`, ["p"]],
          [
            "is added to by inherit",
            `<div hx-indicator="#far">${form(`hx-indicator="inherit, find #own"`)}</div>`,
            ["far", "own"],
          ],
        ]
    test.for(cases)("%s", async ([, html, ids, config]) => {
      using page = await sent(html, config)
      expect(busy(page)).toEqual(ids)
    })
  })

  test.for([
    ["find button", ["send"]],
    ["closest fieldset, #other", ["fields", "other"]],
    ["next button", ["after"]],
    ["previous button", ["before"]],
    ["next", ["after"]],
  ] as const)("elements are disabled that are named by %s", async ([selector, ids]) => {
    using page = await sent(
      `<button id="other"></button><fieldset id="fields"><button id="before"></button>
        ${form(`${disable}="${selector}"`)}<button id="after"></button></fieldset>`,
    )
    const disabled = page.document.querySelectorAll("[disabled]")
    expect(Array.from(disabled, ({ id }) => id).sort()).toEqual(ids)
  })

  // The events of htmx 1.9 do not leave a shadow tree.
  test.skipIf(htmx === "1.9")(
    "a sender in a shadow tree is shown there, named there, and retried",
    async () => {
      using page = await open({ body: `<div id="room" ws-connect="/room"><div id="host"></div></div>` })
      const shadow = page.$("#host").attachShadow({ mode: "open" })
      shadow.innerHTML = `<div hx-ext="ws"><ol><template ws-outgoing="#say"><li ws-delivery></li></template></ol><b id="busy"></b>${form(
        `hx-indicator="#busy" ${disable}="find button"`,
      )}<output ws-delivery="#say"></output><button id="again" ws-retry="#say"></button></div>`
      page.htmx.process(shadow as never)
      page.socket.open()
      await page.settled()
      const find = (selector: string) => shadow.querySelector(selector) as HTMLElement
      ;(find("#say") as HTMLFormElement).requestSubmit()
      await page.settled()
      const shown = () => ["output", "li"].map((selector) => find(selector)?.getAttribute("data-ws-delivery"))
      expect([page.json.length, shown()]).toEqual([1, ["sent", "sent"]])
      expect([find("#busy").className, find("#send").hasAttribute("disabled")]).toEqual([
        "htmx-request",
        true,
      ])
      page.clock.advance(10_000)
      expect(shown()).toEqual(["unknown", "unknown"])
      find("#again").click()
      await page.settled()
      expect([page.json.length, shown()]).toEqual([2, ["sent", "sent"]])
    },
  )

  test.skipIf(htmx === "1.9")("ws-ack on the connect element holds in a shadow tree", async () => {
    using page = await open({
      body: `<div id="room" ws-connect="/room" ws-ack="10s"><div id="host"></div></div>`,
    })
    const shadow = page.$("#host").attachShadow({ mode: "open" })
    shadow.innerHTML = `<div hx-ext="ws"><form id="say" ws-send><output ws-delivery></output></form></div>`
    page.htmx.process(shadow as never)
    page.socket.open()
    await page.settled()
    ;(shadow.querySelector("form") as HTMLFormElement).requestSubmit()
    await page.settled()
    expect(shadow.querySelector("output")?.getAttribute("aria-busy")).toBe("true")
  })
})
