import { describe, expect, test } from "vitest"
import { onBoth } from "../../kit/onBoth.ts"
import { type Detail, microtasks, type Options, type Window } from "../../kit/openPage.ts"

const body = `<div id="c" ws-connect="/ws"><form id="f" ws-send></form></div>`

/** A listener that is there before htmx starts. */
const listening = (
  listener: (detail: Detail, event: Event) => void,
  name = "htmx:wsConfigConnect",
): Pick<Options, "after"> => ({
  after: ({ document }: Window) =>
    document.addEventListener(name, (event) => listener((event as CustomEvent<Detail>).detail, event)),
})

const waitUntil = (detail: Detail, promise: unknown): void =>
  (detail.waitUntil as (promise: unknown) => void)(promise)

onBoth((open) => {
  describe("htmx:wsConfigConnect", () => {
    test("is dispatched before every dial, with the URL, the protocols and the number of the attempt", async () => {
      using page = await open({
        body: `<div id="c" ws-connect="/ws" ws-config='{"protocols": ["a", "b"], "reconnectDelay": 100, "reconnectJitter": 0}'></div>`,
      })
      page.socket.open().drop()
      page.advance(100)
      page.socket.drop()
      page.advance(200)
      page.socket.open()
      page.wrapper().reconnect()
      const details = page.all("wsConfigConnect").map(({ detail }) => detail)
      expect(details.map(({ attempt }) => attempt)).toEqual([0, 1, 2, 0])
      for (const detail of details) {
        expect(detail).toMatchObject({
          url: "ws://page.test:8080/ws",
          protocols: ["a", "b"],
          elt: page.$("#c"),
        })
        expect(detail.waitUntil).toBeTypeOf("function")
      }
      expect(page.all("wsConnecting").map(({ detail }) => detail.attempt)).toEqual([0, 1, 2, 0])
      expect(page.all("wsConnecting")[0]?.detail.event).toEqual({ type: "connecting" })
      expect(page.dials).toHaveLength(4)
    })

    test.each(["htmx:wsConfigConnect", "htmx:ws-config-connect"])(
      "%s may replace URL and protocols",
      async (name) => {
        using page = await open({
          body,
          ...listening(
            (detail) => Object.assign(detail, { url: "wss://else.test/x?token=1#hash", protocols: ["v2"] }),
            name,
          ),
        })
        expect(page.dials).toEqual([["wss://else.test/x?token=1", ["v2"]]])
      },
    )

    test("may replace the URL by one that is relative or http", async () => {
      for (const [url, dialled] of [
        ["sub?x=1", "ws://page.test:8080/dir/sub?x=1"],
        ["https://else.test/y", "wss://else.test/y"],
      ]) {
        using page = await open({ body, ...listening((detail) => Object.assign(detail, { url })) })
        expect(page.dials[0]?.[0]).toBe(dialled)
      }
    })

    test("gives a fresh URL for each attempt", async () => {
      let token = 0
      using page = await open({
        body,
        ...listening((detail) => {
          detail.url = `${detail.url}?token=${++token}`
        }),
      })
      page.socket.open()
      page.wrapper().reconnect()
      page.wrapper().reconnect()
      expect(page.sockets.map(({ url }) => new URL(url).search)).toEqual(["?token=1", "?token=2", "?token=3"])
    })

    test.each(["htmx:wsConfigConnect", "htmx:ws-config-connect"])(
      "cancelled as %s means no dial, and a state of closed, until reconnect()",
      async (name) => {
        let veto = true
        using page = await open({ body, ...listening((_, event) => veto && event.preventDefault(), name) })
        expect([page.sockets.length, page.events]).toEqual([0, ["wsConfigConnect #c"]])
        expect(page.wrapper().state).toBe("closed")
        page.submit("#f")
        page.advance(100_000)
        expect([page.sockets.length, page.console]).toEqual([0, []])
        veto = false
        page.wrapper().reconnect()
        page.socket.open()
        expect(page.socket.sent).toHaveLength(1)
      },
    )

    test("ends the retries if it is cancelled on a retry", async () => {
      using page = await open({ body })
      page.socket.open().drop()
      page.on("wsConfigConnect", (event) => event.preventDefault())
      page.advance(200_000)
      expect([page.sockets.length, page.wrapper().state, page.all("wsConfigConnect").length]).toEqual([
        1,
        "closed",
        2,
      ])
    })
  })

  describe("a dial that waits for a promise", () => {
    test("dials the URL that the listener has set meanwhile", async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      using page = await open({
        body,
        ...listening((detail) =>
          waitUntil(
            detail,
            promise.then(() => {
              detail.url = "/late?token=1"
            }),
          ),
        ),
      })
      expect([page.sockets.length, page.wrapper().state]).toEqual([0, "connecting"])
      page.submit("#f")
      resolve()
      await microtasks()
      expect(page.dials[0]?.[0]).toBe("ws://page.test:8080/late?token=1")
      page.socket.open()
      expect(page.socket.sent).toHaveLength(1)
    })

    test("waits for all promises, and not for a value that is none", async () => {
      const first = Promise.withResolvers<void>()
      const second = Promise.withResolvers<void>()
      using page = await open({
        body,
        ...listening((detail) => {
          waitUntil(detail, first.promise)
          waitUntil(detail, second.promise)
          waitUntil(detail, undefined)
        }),
      })
      first.resolve()
      await microtasks()
      expect(page.sockets).toHaveLength(0)
      second.resolve()
      await microtasks()
      expect(page.sockets).toHaveLength(1)
    })

    test("is a failed attempt if the promise is rejected", async () => {
      let reject = true
      using page = await open({
        body,
        ...listening((detail) =>
          waitUntil(detail, reject ? Promise.reject(new Error("401")) : Promise.resolve()),
        ),
      })
      await microtasks()
      expect(page.events).toEqual(["wsConfigConnect #c", "wsError #c", "wsReconnecting #c"])
      expect(page.console).toEqual([expect.stringContaining("401")])
      reject = false
      page.advance(2000)
      await microtasks()
      expect(page.sockets).toHaveLength(1)
      page.socket.open()
      expect(page.events.at(-1)).toBe("wsOpen #c")
    })

    test.for([
      ["waitTimeout:3s", 3000],
      ["", 10_000],
    ] as const)(
      "goes on waiting past waitTimeout (%j), with one notice on the console",
      async ([config, timeout]) => {
        let finish = () => {}
        using page = await open({
          body: `<div id="c" ws-connect="/ws" ws-config="${config}"></div>`,
          ...listening((detail) => waitUntil(detail, new Promise<void>((resolve) => (finish = resolve)))),
        })
        page.advance(timeout - 1)
        await microtasks()
        expect([page.events, page.console]).toEqual([["wsConfigConnect #c"], []])
        page.advance(1)
        await microtasks()
        page.advance(100_000)
        await microtasks()
        expect(page.events).toEqual(["wsConfigConnect #c"])
        expect(page.console).toEqual([
          expect.stringMatching(
            `<div id="c" .*still waits to dial: .*wsConfigConnect did not settle within ${timeout} ms`,
          ),
        ])
        finish()
        await microtasks()
        expect(page.sockets).toHaveLength(1)
      },
    )

    test("is cancelled by preventDefault, however the promise settles", async () => {
      using page = await open({
        body,
        ...listening((detail, event) => {
          waitUntil(detail, Promise.resolve())
          event.preventDefault()
        }),
      })
      await microtasks()
      expect([page.sockets.length, page.wrapper().state]).toEqual([0, "closed"])
    })

    test("is abandoned by reconnect(), which dispatches the event again, and by close()", async () => {
      const promises: Array<PromiseWithResolvers<void>> = []
      using page = await open({
        body,
        ...listening((detail) => {
          const deferred = Promise.withResolvers<void>()
          promises.push(deferred)
          waitUntil(detail, deferred.promise)
        }),
      })
      page.wrapper().reconnect()
      promises[0]?.resolve()
      await microtasks()
      expect(page.sockets).toHaveLength(0)
      promises[1]?.resolve()
      await microtasks()
      expect(page.sockets).toHaveLength(1)
      page.wrapper().reconnect()
      page.wrapper().close()
      promises[2]?.resolve()
      await microtasks()
      expect([page.live.length, page.wrapper().state]).toEqual([0, "closed"])
    })

    test("delays no other connection", async () => {
      using page = await open({
        body: `${body}<div id="d" ws-connect="/two"></div>`,
        ...listening(
          (detail, event) => (event.target as Element).id === "c" && waitUntil(detail, new Promise(() => {})),
        ),
      })
      expect(page.dials.map(([url]) => url)).toEqual(["ws://page.test:8080/two"])
    })

    test("does not dial for an element that has left meanwhile", async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      using page = await open({ body, ...listening((detail) => waitUntil(detail, promise)) })
      page.$("#c").remove()
      resolve()
      await microtasks()
      expect(page.sockets).toHaveLength(0)
    })

    test("reports no rejection after the element has left", async () => {
      const { promise, reject } = Promise.withResolvers<void>()
      using page = await open({ body, ...listening((detail) => waitUntil(detail, promise)) })
      page.$("#c").remove()
      await microtasks()
      reject(new Error("late"))
      await microtasks()
      expect(page.console).toEqual([])
    })
  })
})
