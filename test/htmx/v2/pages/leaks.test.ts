import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { microtasks, type Options, type Window } from "../../kit/openPage.ts"

/** Counts what listens and observes on a page. */
const counting = () => {
  const listening = new Set<object>()
  const observing = new Set<object>()
  const before = (window: Window): void => {
    for (const target of [window, window.document]) {
      const { addEventListener, removeEventListener } = target
      const entries: Array<readonly [type: string, listener: unknown, entry: object]> = []
      target.addEventListener = (...args: [string, never, (AddEventListenerOptions | boolean)?]) => {
        const [type, listener, options] = args
        const entry = { type }
        entries.push([type, listener, entry])
        // Once is nothing that stays.
        if (typeof options !== "object" || !options.once) listening.add(entry)
        if (typeof options === "object")
          options.signal?.addEventListener("abort", () => listening.delete(entry))
        addEventListener.apply(target, args as never)
      }
      target.removeEventListener = (...args: [string, never]) => {
        const entry = entries.findLast(([type, listener]) => type === args[0] && listener === args[1])?.[2]
        if (entry !== undefined) listening.delete(entry)
        removeEventListener.apply(target, args as never)
      }
    }
    window.MutationObserver = class extends window.MutationObserver {
      override observe(target: Node, options?: MutationObserverInit): void {
        observing.add(this)
        super.observe(target, options)
      }

      override disconnect(): void {
        observing.delete(this)
        super.disconnect()
      }
    }
  }
  return { listening, observing, before }
}

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

const names = (window: Window): Array<string> =>
  (window.eval("Reflect.ownKeys(globalThis).map(String)") as Array<string>).toSorted()

/** Most of what the script can do. */
const busy = async (
  open: (options: Omit<Options, "htmx">) => ReturnType<Parameters<Parameters<typeof onBoth>[0]>[0]>,
  options: Partial<Options>,
) => {
  const page = await open({
    head: `<meta name="htmx-config" content='{"ws": {"pauseOnBackground": "1s", "heartbeat": "5s", "queueTtl": "1s", "queueCapacity": 2}}'>`,
    ...options,
  })
  page.add(body)
  page.submit("#f")
  page.submit("#f")
  page.submit("#f")
  page.socket.open().message("<p id=x>1</p>")
  page.advance(6000)
  page.socket.drop()
  page.submit("#f")
  page.advance(3000)
  page.socket.open()
  page.visibility(true)
  page.advance(2000)
  page.visibility(false)
  page.wrapper().reconnect()
  page.wrapper().close()
  page.wrapper().reconnect()
  await microtasks()
  return page
}

onBoth((open) => {
  test("no global names appear after the script has loaded, whatever happens then", async () => {
    let before: Array<string> = []
    using page = await busy(open, {
      after: (window) => {
        before = names(window)
      },
    })
    page.$("#c").remove()
    await microtasks()
    expect(names(page.window).filter((name) => !before.includes(name))).toEqual([])
  })

  test("loading adds no listeners, observers or timers", async () => {
    const ours = counting()
    using page = await open({ before: ours.before })
    expect([ours.listening.size, ours.observing.size]).toEqual([0, 0])
    expect(page.events).toEqual([])
  })

  test("after the last element has left there are no listeners and timers, and one observer, since it may return", async () => {
    const { before, listening, observing } = counting()
    using page = await busy(open, { before })
    expect(listening.size).toBeGreaterThan(0)
    expect(observing.size).toBeGreaterThan(0)
    page.$("#c").remove()
    await microtasks()
    expect([listening.size, observing.size, page.clock.pending]).toEqual([0, 1, 0])
    expect(page.sockets.map(({ listeners }) => listeners)).toEqual(page.sockets.map(() => 0))
  })

  test("any number of elements share the same listeners and observer", async () => {
    const { before, listening, observing } = counting()
    using page = await open({ before, body })
    const one = [listening.size, observing.size]
    for (let n = 0; n < 10; n++) page.add(`<i class="more" ws-connect="/${n}"></i>`)
    expect([listening.size, observing.size]).toEqual(one)
    for (const element of page.document.querySelectorAll(".more")) element.remove()
    await microtasks()
    expect([listening.size, observing.size, page.live.length]).toEqual([...one, 1])
  })

  test("many elements that are added and removed leave nothing but the observer", async () => {
    const { before, listening, observing } = counting()
    using page = await open({ before })
    const idle = page.clock.pending
    for (let n = 0; n < 60; n++) {
      const element = page.add(`<i ws-connect="/${n}"></i>`)
      if (n % 3 === 0) page.socket.open()
      if (n % 3 === 1) page.socket.drop()
      element.remove()
      if (n % 20 === 0) await microtasks()
    }
    await microtasks()
    expect([listening.size, observing.size, page.live.length]).toEqual([0, 1, 0])
    expect(page.clock.pending).toBeLessThanOrEqual(idle)
  })

  test("loading the script twice leaves the page with one extension that works", async () => {
    using page = await open({ scripts: ["/dist/ws.js"], body })
    page.socket.open()
    page.submit("#f")
    expect([page.sockets.length, page.socket.sent.length]).toEqual([1, 1])
  })

  describe("a status element", () => {
    test("leaves at most its observer after it and the last connection have left", async () => {
      const { before, observing } = counting()
      using page = await open({ before, body: `<div id="c" ws-connect="/ws"><i id="s" ws-status></i></div>` })
      page.$("#c").remove()
      await microtasks()
      expect(observing.size).toBeLessThanOrEqual(2)
    })
  })
})
