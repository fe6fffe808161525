/** Uses the pages of docs/recipes.md as they stand there, against a server in the test's hand. Build first. */
import { readFileSync } from "node:fs"
import { describe, expect, onTestFinished, test } from "vitest"
import { messages, microtasks, openPage, type Window } from "../htmx/kit/openPage.ts"
import { openPage4 } from "../htmx/kit/openPage4.ts"
import { blocks, partsOf } from "../setup/blocks.ts"

const recipes = blocks.filter(({ language, path }) => path === "docs/recipes.md" && language === "html")
const used = new Set<string>()

/** The nth block of a recipe. */
const recipe = (heading: string, nth = 0): string => {
  const block = recipes.filter((block) => block.heading === heading)[nth]
  if (block === undefined) throw new Error(`docs/recipes.md: there is no block ${nth} under ${heading}`)
  used.add(`${heading} ${nth}`)
  return block.text
}

const open = async (html: string, prepare: (window: Window) => void = () => {}) => {
  const { inline, ...parts } = partsOf(html)
  const page = await openPage({
    htmx: "2",
    ...parts,
    after: (window) => {
      prepare(window)
      window.eval(inline)
    },
  })
  onTestFinished(() => page[Symbol.dispose]())
  return page
}

const open4 = async (html: string, prepare: (window: object) => void = () => {}) => {
  const { inline, on: _, ...parts } = partsOf(html)
  const page = await openPage4({
    ...parts,
    after: (window) => {
      prepare(window)
      window.eval(inline)
    },
  })
  onTestFinished(() => page[Symbol.dispose]())
  return page
}

/** A server of HTTP that gives a token, another each time. */
const tokens = (window: object): void => {
  let count = 0
  Object.assign(window, { fetch: async () => new Response(`t${++count}`) })
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await messages()
}

describe("A token for each dial", () => {
  test("each dial has its own", async () => {
    const page = await open(recipe("A token for each dial"), tokens)
    await settled()
    expect(page.socket.url).toMatch(/\/chat\?token=t1$/)
    page.socket.open().drop()
    page.advance(2_000)
    await settled()
    expect(page.socket.url).toMatch(/\/chat\?token=t2$/)
  })

  test("on htmx 4, too", async () => {
    const page = await open4(recipe("A token for each dial", 1), tokens)
    await settled()
    expect(page.socket.url).toMatch(/\/chat\?token=t1$/)
    page.socket.open().drop()
    page.clock.advance(2_000)
    await settled()
    expect(page.socket.url).toMatch(/\/chat\?token=t2$/)
  })
})

test("A login that has expired: dials end after the second, and the page goes to the login", async () => {
  const page = await open(recipe("A login that has expired"), (window) =>
    Object.assign(window, { fetch: async () => ({ status: 401, type: "basic", headers: new Headers() }) }),
  )
  for (let dial = 0; dial < 2; dial++) {
    page.socket.drop()
    await settled()
    if (dial === 0) page.advance(1_000)
  }
  page.advance(600_000)
  expect([page.sockets.length, page.live.length]).toEqual([2, 0])
  // jsdom says that it cannot go there.
  expect(page.console.join()).toMatch(/not implemented: navigation/i)
})

test("A banner in CSS alone: it is there while the connection is not", async () => {
  const page = await open(recipe("A banner in CSS alone"))
  const shown = () => page.window.getComputedStyle(page.$(".banner")).display
  expect(shown()).toBe("none")
  page.socket.open()
  expect(shown()).toBe("none")
  page.socket.drop()
  expect(shown()).toBe("block")
  page.advance(2_000)
  page.socket.open()
  expect(shown()).toBe("none")
})

test("A chat: the form is disabled until the server has the message, and empty then", async () => {
  const page = await open(recipe("A chat"))
  expect(page.socket.url).toMatch(/\/room\?last-id=7f-41$/)
  page.socket.open()
  const field = page.$<HTMLInputElement>("[name=text]")
  const button = page.$<HTMLButtonElement>("form button")
  field.value = "Hello"
  button.click()
  const [{ HEADERS, text } = {}] = page.socket.json
  expect([text, button.disabled, field.value]).toEqual(["Hello", true, "Hello"])
  const id = Reflect.get(Object(HEADERS), "HX-Message-ID")
  page.socket.message(
    `<!--id:7f-42--><!--re:${id}--><ol id="messages" hx-swap-oob="beforeend"><li>Hello</li></ol>`,
  )
  await settled()
  page.advance(100)
  expect([page.$("#messages").textContent, button.disabled, field.value]).toEqual(["Hello", false, ""])
  page.socket.drop()
  page.advance(2_000)
  expect(page.socket.url).toMatch(/last-id=7f-42$/)
})

test("A dashboard at 100 messages a second: of a burst, the last is shown, and swapped alone", async () => {
  const page = await open(recipe("A dashboard at 100 messages a second"))
  page.socket.open()
  for (let price = 0; price < 100; price++)
    page.socket.message(`<template><tr id="htmx"><th>HTMX</th><td>${price}</td></tr></template>`)
  expect(page.$("td").textContent).toBe("100.00")
  await settled()
  expect(page.$("td").textContent).toBe("99")
  expect(page.all("wsAfterMessage")).toHaveLength(100)
  // One at the old row, and one at the new.
  expect(page.all("oobAfterSwap")).toHaveLength(2)
})

test("Morphing: a frame changes elements in place, and what is typed stays", async () => {
  const page = await open(recipe("Morphing"))
  page.socket.open()
  const field = page.$<HTMLInputElement>("#title")
  field.focus()
  field.value = "Plans"
  page.socket.message(recipe("Morphing", 1))
  await microtasks()
  expect(page.$("#state").textContent).toBe("saved")
  expect([page.$("#title") === field, field.value]).toEqual([true, "Plans"])
  expect(page.sockets).toHaveLength(1)
})

test("Boosted pages: the socket of a preserved element stays", async () => {
  const page = await open(recipe("Boosted pages"))
  page.socket.open()
  const next = recipe("Boosted pages")
    .replace("Next", "Another")
    .replace(/<\/?body[^>]*>/g, "")
  page.document.body.insertAdjacentHTML("beforeend", `<section id="all"></section>`)
  page.$("#all").append(...page.document.querySelectorAll("#socket, nav"))
  page.swap("#all", `<section id="all">${next}</section>`)
  await settled()
  page.advance(2_000)
  expect(page.$("nav").textContent).toBe("Another")
  expect([page.sockets.length, page.live.length]).toEqual([1, 1])
})

test("Several tabs: one that is hidden closes after its time, and asks for what it missed when it is shown", async () => {
  const page = await open(recipe("Several tabs"))
  page.socket.open()
  page.socket.message(`<!--id:7f-42--><ol id="news" hx-swap-oob="beforeend"><li>42</li></ol>`)
  page.visibility(true)
  page.advance(29_000)
  expect(page.live).toHaveLength(1)
  page.advance(2_000)
  expect(page.live).toHaveLength(0)
  page.visibility(false)
  expect([page.live.length, page.socket.url.split("?")[1]]).toEqual([1, "last-id=7f-42"])
})

describe("Fetch on every open", () => {
  test("the first and every other open is followed by a request", async () => {
    const page = await open(recipe("Fetch on every open"))
    // As if it had been answered: htmx drops a request that comes while another is under way.
    page.on("configRequest", (event) => event.preventDefault())
    page.socket.open()
    expect(page.all("configRequest")).toHaveLength(1)
    page.socket.drop()
    page.advance(2_000)
    page.socket.open()
    expect(page.all("configRequest")).toHaveLength(2)
  })

  test("on htmx 4, too", async () => {
    let requests = 0
    const page = await open4(recipe("Fetch on every open", 1), (window) =>
      Object.assign(window, {
        fetch: async () => {
          requests++
          return new Response("")
        },
      }),
    )
    page.socket.open()
    await settled()
    expect(requests).toBe(1)
    page.socket.drop()
    page.clock.advance(2_000)
    page.socket.open()
    await settled()
    expect(requests).toBe(2)
  })
})

test("Tell a new server what is selected: on every open, and at each change", async () => {
  const page = await open(recipe("Tell a new server what is selected"))
  page.socket.open()
  expect(page.socket.json.map(({ room }) => room)).toEqual(["lobby"])
  const select = page.$<HTMLSelectElement>("select")
  select.value = "kitchen"
  select.dispatchEvent(new page.window.Event("change", { bubbles: true }))
  page.socket.drop()
  page.advance(2_000)
  page.socket.open()
  expect(page.sockets.map(({ json }) => json.map(({ room }) => room))).toEqual([
    ["lobby", "kitchen"],
    ["kitchen"],
  ])
})

test("every page of docs/recipes.md is used here", () => {
  const counts = new Map<string, number>()
  const all = recipes.map(({ heading }) => {
    const nth = counts.get(heading) ?? 0
    counts.set(heading, nth + 1)
    return `${heading} ${nth}`
  })
  expect([...used].sort()).toEqual(all.sort())
  expect(readFileSync("docs/recipes.md", "utf8").match(/^## /gm)).toHaveLength(counts.size)
})
