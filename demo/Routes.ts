import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { Chat } from "./Chat.ts"
import { Said } from "./ClientMessage.ts"
import { Outage } from "./Outage.ts"
import { companions, editions, page, scripts } from "./page.ts"
import * as Visit from "./Visit.ts"

const pages = editions.map((edition) =>
  HttpRouter.add(
    "GET",
    edition.path,
    Effect.gen(function* () {
      const asked = (yield* HttpServerRequest.ParsedSearchParams).script
      const script = scripts.find((name) => name === asked) ?? "ours"
      const { content, id } = yield* (yield* Chat).room.snapshot
      return HttpServerResponse.html(page(edition, script, yield* guestName, content, id).source)
    }),
  ),
)

const guestName = Effect.all([
  Random.choice(["Curious", "Gentle", "Patient", "Quiet", "Sunny", "Swift"] as const),
  Random.choice(["Badger", "Heron", "Lynx", "Otter", "Puffin", "Wren"] as const),
]).pipe(Effect.map((words) => words.join(" ")))

const root = new URL("..", import.meta.url)

/** A file of the repository. */
const file = (path: `/${string}`, name: string, contentType: string) => {
  const missing = HttpServerResponse.text(`${name} does not exist: run npm run build.`, { status: 404 })
  return HttpRouter.add(
    "GET",
    path,
    HttpServerResponse.file(fileURLToPath(new URL(name, root)), { contentType }).pipe(
      Effect.catchTag("PlatformError", () => Effect.succeed(missing)),
    ),
  )
}

const scriptFiles = editions.flatMap((edition) =>
  (["htmx", ...scripts] as const).map((name) =>
    file(`/scripts/${edition.id}/${name}.js`, edition[name], "text/javascript"),
  ),
)

const companionFiles = [
  ...companions.map((name) => file(`/scripts/${name}.js`, `dist/${name}.min.js`, "text/javascript")),
  file("/scripts/inspector.js", "dist/ws-inspector.min.js", "text/javascript"),
]

const ticker = [
  file("/ticker", "demo/examples/ticker.html", "text/html; charset=utf-8"),
  file("/scripts/ticker.js", "demo/dist/ticker.js", "text/javascript"),
]

const assets = HttpStaticServer.layer({
  root: fileURLToPath(new URL("public", import.meta.url)),
  prefix: "/assets",
}).pipe(Layer.orDie)

const outage = HttpRouter.add(
  "POST",
  "/outage",
  Effect.gen(function* () {
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    // Only a script of this origin can set this header, so a form of another site cannot start an outage.
    if (headers["hx-request"] === undefined) return HttpServerResponse.empty({ status: 403 })
    yield* (yield* Outage).begin
    return HttpServerResponse.empty()
  }),
)

/** A form of another site may not speak for its visitor. */
const isForeign = ({ headers }: HttpServerRequest.HttpServerRequest) =>
  headers.origin !== undefined && URL.parse(headers.origin)?.host !== headers.host

/** What the form of the chat asks for while there is no socket, or no JavaScript. */
const say = HttpRouter.add(
  "POST",
  "/say",
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (isForeign(request)) return HttpServerResponse.empty({ status: 403 })
    const { name, text } = yield* HttpServerRequest.schemaBodyUrlParams(Said)
    yield* (yield* Chat).say(name, text, request.headers["hx-message-id"])
    return request.headers["hx-request"] === undefined
      ? HttpServerResponse.redirect(URL.parse(request.headers.referer ?? "")?.pathname ?? "/", {
          status: 303,
        })
      : HttpServerResponse.empty()
  }).pipe(
    Effect.catchTag(["SchemaError", "HttpServerError"], () =>
      Effect.succeed(HttpServerResponse.text("This is nothing to say.", { status: 422 })),
    ),
  ),
)

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-cache",
}

const secured = HttpRouter.middleware(Effect.map(HttpServerResponse.setHeaders(headers)), { global: true })

export const layer = Layer.mergeAll(
  secured,
  ...pages,
  ...scriptFiles,
  ...companionFiles,
  ...ticker,
  HttpRouter.add("GET", "/chatroom", Visit.page),
  HttpRouter.add("GET", "/chatroom.json", Visit.program),
  say,
  outage,
  assets,
)
