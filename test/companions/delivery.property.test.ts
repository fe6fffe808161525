/** Every order of what may happen to messages, against a model of their states. */
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { parts } from "../setup/parts.ts"
import { onEach, type Page } from "./kit.ts"

type Step =
  | { readonly do: "trigger"; readonly veto: boolean }
  | { readonly do: "open" | "drop" | "redial" | "late" | "retry" | "replace" | "morph" }
  | { readonly do: "ack" | "nack" | "row" | "again"; readonly which: number }
  | { readonly do: "remove"; readonly what: "form" | "room" }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("trigger"), veto: fc.constantFrom(false, false, true) }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom("open", "open", "drop", "redial", "redial", "late", "retry", "replace", "morph"),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom("ack", "ack", "nack", "nack", "row", "row", "again"),
      which: fc.nat(5),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove"), what: fc.constantFrom("form", "room") }) },
) as fc.Arbitrary<Step>

interface Message {
  state: "queued" | "sent" | "acked" | "failed" | "unknown"
  /** How often it was written. */
  writes: number
  /** Whether there is a row of the template for it. */
  hasRow: boolean
  /** Whether the page shows the server's row. */
  hasServerRow: boolean
  /** Whether its sender has sent another since it had ended. */
  isForgotten: boolean
}

/** What is to become of messages. */
class Model {
  readonly messages: Array<Message> = []
  isOpen = false
  hasForm = true
  hasRoom = true
  readonly #hasRows: boolean

  constructor(hasRows: boolean) {
    this.#hasRows = hasRows
  }

  trigger(veto: boolean): void {
    if (!this.hasForm) return
    for (const message of this.messages) message.isForgotten ||= !this.#isBusy(message) && !message.hasRow
    const message: Message = {
      state: veto ? "failed" : "queued",
      writes: 0,
      hasRow: this.#hasRows,
      hasServerRow: false,
      isForgotten: false,
    }
    this.messages.push(message)
    this.#drain()
  }

  open(): void {
    this.isOpen = true
    this.#drain()
  }

  drop(): void {
    this.isOpen = false
    this.#move("sent", "unknown")
  }

  late(): void {
    this.#move("sent", "unknown")
  }

  answer(which: number, isGood: boolean): void {
    const message = this.messages.at(which)
    if (message?.writes && !message.isForgotten && /queued|sent|unknown/.test(message.state))
      message.state = isGood ? "acked" : "failed"
  }

  /** The server's row takes the place of the other, and acknowledges. */
  replaceRow(which: number): void {
    const message = this.messages.at(which)
    if (!message?.writes) return
    this.answer(which, true)
    message.hasServerRow = true
    if (!message.isForgotten) message.hasRow = false
  }

  /** A message that is retried while the page shows the server's row of it is acknowledged when the page next changes. */
  notice(which: number): void {
    const message = this.messages.at(which)
    if (message?.hasServerRow && /queued|sent/.test(message.state)) message.state = "acked"
  }

  again(which: number): void {
    const message = this.messages.at(which)
    if (message?.hasRow && /failed|unknown/.test(message.state)) message.state = "queued"
    this.#drain()
  }

  retry(): void {
    if (!this.hasForm) return
    for (const message of this.messages)
      if (!message.isForgotten && /failed|unknown/.test(message.state)) message.state = "queued"
    this.#drain()
  }

  remove(what: "form" | "room"): void {
    this.hasForm = false
    if (what === "form") return
    this.hasRoom = this.isOpen = false
    for (const message of this.messages) message.hasRow = false
    this.#move("sent", "unknown")
    this.#move("queued", "failed")
  }

  get shown(): string | null {
    const theirs = this.messages.filter(({ isForgotten }) => !isForgotten).map(({ state }) => state)
    const order = ["failed", "unknown", "queued", "sent", "acked"] as const
    return order.find((state) => theirs.includes(state)) ?? null
  }

  get isBusy(): boolean {
    return this.messages.some((message) => this.#isBusy(message))
  }

  #isBusy({ state }: Message): boolean {
    return state === "queued" || state === "sent"
  }

  #move(from: Message["state"], to: Message["state"]): void {
    for (const message of this.messages) if (message.state === from) message.state = to
  }

  #drain(): void {
    if (!this.isOpen) return
    for (const message of this.messages) {
      if (message.state !== "queued") continue
      message.state = "sent"
      message.writes++
    }
  }
}

onEach(["delivery"], (open, htmx) => {
  const isHtmx4 = htmx === "4"
  const disable = isHtmx4 ? "hx-disable" : "hx-disabled-elt"
  const form = (attributes = "") =>
    `<form id="say" ws-send ws-ack="10s" ${disable}="find fieldset" hx-indicator="#busy" ${attributes}>
      <fieldset><input name="text" value="x"></fieldset><output ws-delivery></output><button ws-retry>Again</button></form>`
  const body = (
    hasRows: boolean,
  ) => `<div id="room" ws-connect="/room">${form()}<b id="busy"></b><ol id="log"></ol>
    <ol>${hasRows ? `<template ws-outgoing="#say"><li><i ws-delivery></i><button ws-retry>Again</button></li></template>` : ""}</ol></div>`

  const run = async (page: Page, steps: ReadonlyArray<Step>, hasRows: boolean): Promise<void> => {
    const model = new Model(hasRows)
    /** The last state of each message, in the order in which they were triggered. */
    const states = new Map<string, string>()
    let isVetoed = false
    page.window.addEventListener(isHtmx4 ? "htmx:ws:delivery" : "htmx:wsDelivery", (event) => {
      const { id, state } = (event as CustomEvent).detail
      states.set(id, state)
    })
    if (isHtmx4)
      page.window.addEventListener("htmx:ws:before:message:outgoing", (event) => {
        const { detail } = event as CustomEvent
        // What is vetoed before the companion hears of it is none of its messages.
        if (isVetoed)
          detail.waitUntil(Promise.resolve().then(() => Object.assign(detail, { cancelled: true })))
      })
    else page.window.addEventListener("htmx:wsBeforeSend", (event) => isVetoed && event.preventDefault())
    page.window.Math.random = () => 0
    const idAt = (which: number) => [...states.keys()].at(which)
    const rowOf = (id: string | undefined) => page.document.querySelector(`[ws-outgoing][ws-message="${id}"]`)
    const act = async (step: Step): Promise<void> => {
      // One of the messages that there are.
      const which = "which" in step ? step.which % Math.max(1, model.messages.length) : 0
      switch (step.do) {
        case "trigger":
          // Only in the turn of the trigger, where one that waits would be vetoed later.
          isVetoed = step.veto && model.isOpen
          page.document.querySelector<HTMLFormElement>("#say")?.requestSubmit()
          await page.settled()
          model.trigger(isVetoed)
          isVetoed = false
          break
        case "open":
          if (page.sockets.at(-1)?.readyState !== 0) break
          page.socket.open()
          model.open()
          break
        case "drop":
          if (!model.isOpen) break
          page.socket.drop()
          model.drop()
          break
        case "redial":
          page.clock.advance(600)
          break
        case "late":
          page.clock.advance(10_001)
          model.late()
          break
        case "ack":
        case "nack": {
          const id = idAt(which)
          if (id === undefined || !model.isOpen) break
          page.socket.message(JSON.stringify(step.do === "ack" ? { "HX-Ack": id } : { "HX-Nack": id }))
          await page.settled()
          model.answer(which, step.do === "ack")
          break
        }
        case "row": {
          const id = idAt(which)
          if (id === undefined || !model.isOpen || !model.messages.at(which)?.writes) break
          await page.receive(`<ol id="log" hx-swap-oob="beforeend"><li ws-message="${id}"></li></ol>`)
          model.replaceRow(which)
          break
        }
        case "again":
          rowOf(idAt(which))?.querySelector("button")?.click()
          model.again(which)
          break
        case "retry":
          page.document.querySelector<HTMLElement>("#say [ws-retry]")?.click()
          model.retry()
          break
        case "replace": {
          const before = page.document.querySelector("#say")
          if (before === null) break
          before.outerHTML = form(`title="new"`)
          page.htmx.process(page.$("#room"))
          break
        }
        case "morph":
          for (const name of ["data-ws-delivery", "aria-busy"])
            page.document.querySelector("output")?.removeAttribute(name)
          page.document.querySelector("fieldset")?.removeAttribute("disabled")
          page.document.querySelector("#busy")?.removeAttribute("class")
          break
        case "remove":
          page.document.querySelector(step.what === "form" ? "#say" : "#room")?.remove()
          if (model.hasRoom) model.remove(step.what)
      }
      await page.settled()
    }
    const check = (at: number): void => {
      const label = `after ${JSON.stringify(steps.slice(0, at + 1))}`
      const written = page.json.map(
        (message) =>
          ((message.HEADERS ?? message.headers) as Record<string, string>)["HX-Message-ID"] as string,
      )
      const ids = [...states.keys()]
      for (const [which, state] of [...states.values()].entries()) if (state === "acked") model.notice(which)
      expect([...states.values()], label).toEqual(model.messages.map(({ state }) => state))
      expect(
        ids.map((id) => written.filter((one) => one === id).length),
        label,
      ).toEqual(model.messages.map(({ writes }) => writes))
      expect(
        ids.map((id) => rowOf(id)?.querySelector("i")?.getAttribute("data-ws-delivery")),
        label,
      ).toEqual(model.messages.map(({ hasRow, state }) => (hasRow ? state : undefined)))
      const output = page.document.querySelector("output")
      // One that was shown before, and is not any more, is as the morph has left it.
      if (output === null || model.shown === null || model.shown === "acked") return
      expect(
        [
          output.getAttribute("data-ws-delivery"),
          output.getAttribute("aria-busy"),
          page.$<HTMLFieldSetElement>("fieldset").disabled,
          page.$("#busy").className,
        ],
        label,
      ).toEqual([model.shown, String(model.isBusy), model.isBusy, model.isBusy ? "htmx-request" : ""])
    }
    for (const [at, step] of steps.entries()) {
      await act(step)
      check(at)
    }
  }

  test.for(parts(8))("messages end as the model says, %s", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 14 }),
        fc.boolean(),
        async (steps, hasRows) => {
          using page = await open({ body: body(hasRows) })
          await run(page, steps, hasRows)
        },
      ),
      { numRuns: Number(process.env.SAMPLES ?? 5) },
    )
  })
})
