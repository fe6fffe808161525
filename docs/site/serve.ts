/** Serves the built site, as any server of static files would. */
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { extname } from "node:path"
import { fileOf } from "./links.ts"

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/** Serves a folder at an address of this machine. Port 0 is any that is free. */
export const serve = async (
  folder: string,
  port: number,
): Promise<{ readonly url: string } & AsyncDisposable> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site")
    const file = fileOf(folder, pathname)
    if (file === undefined) response.writeHead(404).end()
    else
      response
        .writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" })
        .end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  const { port: given } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${given}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
