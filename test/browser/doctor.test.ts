import { describe } from "vitest"
import { accept, hang, refuse } from "../setup/behaviours.ts"
import { findNginx, Nginx, passUpgrade } from "../setup/nginx.ts"
import type { Headers } from "../setup/server.ts"
import { waitFor } from "../setup/waitFor.ts"
import type { Stage } from "./kit/Stage.ts"
import { expect, on, onEach } from "./kit/test.ts"

interface Given {
  readonly verdict: string
  readonly status?: number
  readonly retryAfter?: number
}

const head = `<script src="/dist/ws-doctor.min.js"></script>
<script>
window.verdicts = []
for (const name of ["htmx:wsVerdict", "htmx:ws:verdict"]) document.addEventListener(name, ({ detail }) => {
  const { verdict, status, retryAfter } = detail
  verdicts.push({ verdict, status, retryAfter })
})
</script>`

const body = `<div id="c" ws-connect="/ws?token=secret" ws-login="/login"></div>`
const scenery = {
  head,
  delay: undefined,
  config: { ws: { reconnectDelay: 50, reconnectMaxDelay: 50, reconnectJitter: 0 } },
}

const verdicts = (stage: Stage): Promise<ReadonlyArray<Given>> =>
  stage.page.evaluate(() => (window as unknown as { verdicts: ReadonlyArray<Given> }).verdicts)

/**
 * Waits for a verdict, and returns all of them. It takes two dials, each of which Chromium holds back for up to five
 * seconds where many have failed (`WebSocketManager::CalculateDelay`).
 */
const firstVerdict = (stage: Stage): Promise<ReadonlyArray<Given>> =>
  waitFor(async () => {
    const given = await verdicts(stage)
    return given.length > 0 ? given : undefined
  }, 15_000)

/** Has the server refuse sockets and plain requests alike. */
const answerWith = ({ server }: Stage, status: number, headers: Headers = {}): void => {
  server.webSocket("/ws", refuse(status, headers))
  server.route("/ws", (_, response) => response.writeHead(status, headers).end())
}

describe.concurrent("ws-doctor", () => {
  // First, since Chromium has tabs in which many sockets have failed wait before they dial.
  onEach("says nothing, and asks nothing, while connections open", async (stage) => {
    let asked = 0
    stage.server.route("/ws", (_, response) => {
      asked++
      response.writeHead(404).end()
    })
    await stage.open(`${body}<b id="s" ws-status="#c"></b>`, scenery)
    const isOpen = () => stage.when(() => document.getElementById("s")?.dataset.wsState === "open")
    for (let drop = 0; drop < 3; drop++) {
      await isOpen()
      stage.server.live("/ws").at(-1)?.reset()
      await stage.until(() => stage.server.visits.length === drop + 2)
    }
    await isOpen()
    expect([asked, await verdicts(stage)]).toEqual([0, []])
  })

  for (const status of [401, 403])
    onEach(`brings the login page if the server answers ${status}`, async (stage) => {
      answerWith(stage, status)
      stage.server.page("/login", "<h1>Who are you?</h1>")
      await stage.open(body, scenery)
      await stage.page.getByText("Who are you?").waitFor()
    })

  onEach("brings the login page if the server redirects, and follows no redirect itself", async (stage) => {
    answerWith(stage, 302, { Location: "/elsewhere" })
    let followed = 0
    stage.server.route("/elsewhere", (_, response) => {
      followed++
      response.end()
    })
    stage.server.page("/login", "<h1>Who are you?</h1>")
    await stage.open(body, scenery)
    await stage.page.getByText("Who are you?").waitFor()
    expect(followed).toBe(0)
  })

  onEach("closes for good if there is no page for the login", async (stage) => {
    answerWith(stage, 401)
    await stage.open(`${body.replace(/ ws-login="[^"]*"/, "")}<b ws-status="#c"></b>`, scenery)
    expect(await firstVerdict(stage)).toEqual([{ verdict: "unauthorized", status: 401 }])
    await stage.page.locator("b[data-ws-state=closed]").waitFor({ state: "attached" })
    expect(stage.server.visits.length).toBeLessThanOrEqual(3)
  })

  onEach("waits as long as a busy server asks it to", async (stage) => {
    answerWith(stage, 429, { "Retry-After": "2" })
    await stage.open(body, scenery)
    expect(await firstVerdict(stage)).toEqual([{ verdict: "busy", status: 429, retryAfter: 2000 }])
    const { length } = stage.server.visits
    stage.server.webSocket("/ws", accept())
    await stage.live()
    expect(stage.server.visits.length).toBeLessThanOrEqual(length + 2)
  })

  for (const [status, verdict] of [
    [503, "busy"],
    [404, "not-found"],
    [426, "no-upgrade"],
    [400, "no-upgrade"],
  ] as const)
    onEach(
      `says ${verdict} of ${status}, and the connection comes back when the server does`,
      async (stage) => {
        answerWith(stage, status)
        await stage.open(body, scenery)
        expect(await firstVerdict(stage)).toEqual([{ verdict, status }])
        stage.server.webSocket("/ws", accept())
        await stage.live()
      },
    )

  onEach("says unreachable of a dead server, and the connection comes back when it does", async (stage) => {
    await stage.open(body, scenery)
    await stage.live()
    await stage.server.down()
    expect(await firstVerdict(stage)).toEqual([{ verdict: "unreachable" }])
    await stage.server.up()
    await stage.live()
  })

  onEach("says unreachable of a server that never answers", async (stage) => {
    stage.server.webSocket("/ws", hang())
    stage.server.route("/ws", () => {})
    const { config } = scenery
    await stage.open(body, { ...scenery, config: { ws: { ...config.ws, connectTimeout: 50 } }, clock: true })
    await stage.until(async () => {
      await stage.pass(11_000)
      return (await verdicts(stage)).length > 0
    })
    expect(await verdicts(stage)).toEqual([{ verdict: "unreachable" }])
  })

  onEach("says csp if the page's content policy forbids the socket", async (stage) => {
    const elsewhere = stage.server.wsUrl("/ws").replace("127.0.0.1", "localhost")
    await stage.open(body.replace("/ws?", `${elsewhere}?`), {
      ...scenery,
      headers: { "Content-Security-Policy": "connect-src 'self'" },
    })
    expect(await firstVerdict(stage)).toEqual([{ verdict: "csp" }])
    expect(stage.console.filter((line) => line.includes("lacks ws://localhost"))).toHaveLength(1)
  })

  on("2", "says mixed-content of ws: on a page over https", async (stage) => {
    stage.serve(body.replace("/ws?", "ws://page.test/ws?"), scenery)
    await stage.page.route("https://page.test/**", async (route) => {
      const { pathname } = new URL(route.request().url())
      const response = await fetch(stage.server.url(pathname))
      await route.fulfill({
        body: Buffer.from(await response.arrayBuffer()),
        contentType: response.headers.get("Content-Type") ?? "",
      })
    })
    await stage.page.goto("https://page.test/")
    expect(await firstVerdict(stage)).toEqual([{ verdict: "mixed-content" }])
  })
})

describe.runIf(findNginx())("ws-doctor behind nginx", () => {
  const behind = async (stage: Stage, settings: string, use: (nginx: Nginx) => Promise<void>) => {
    const nginx = await Nginx.start(stage.server.origin, settings)
    try {
      await use(nginx)
    } finally {
      await stage.page.goto("about:blank")
      await nginx.stop()
    }
  }

  onEach("says no-upgrade if it drops the header Upgrade", async (stage) => {
    // What servers answer a plain request to a route of WebSockets.
    stage.server.route("/ws", (_, response) => response.writeHead(426).end())
    const url = new URL(stage.serve(body, scenery))
    await behind(stage, "", async (nginx) => {
      await stage.page.goto(nginx.origin + url.pathname)
      expect(await firstVerdict(stage)).toEqual([{ verdict: "no-upgrade", status: 426 }])
      expect(stage.console.filter((line) => line.includes("does a proxy on the way drop"))).toHaveLength(1)
    })
    expect(stage.server.visits).toEqual([])
  })

  onEach("says nothing if it passes the header on", async (stage) => {
    const url = new URL(stage.serve(body, scenery))
    await behind(stage, passUpgrade, async (nginx) => {
      await stage.page.goto(nginx.origin + url.pathname)
      await stage.live()
      expect(await verdicts(stage)).toEqual([])
    })
  })

  onEach("says busy if the server behind it is down", async (stage) => {
    const url = new URL(stage.serve(body, scenery))
    await behind(stage, passUpgrade, async (nginx) => {
      await stage.page.goto(nginx.origin + url.pathname)
      await stage.live()
      await stage.server.down()
      expect(await firstVerdict(stage)).toEqual([{ verdict: "busy", status: 502 }])
      await stage.server.up()
      await stage.live()
    })
  })
})
