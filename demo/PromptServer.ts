import { Server } from "node:http"
import type { Socket } from "node:net"

const patience = 500

/** An HTTP server whose `close` soon drops connections that clients have not closed themselves. */
export class PromptServer extends Server {
  readonly #sockets = new Set<Socket>()

  constructor() {
    super()
    this.on("connection", (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once("close", () => this.#sockets.delete(socket))
    })
  }

  override close(callback?: (error?: Error) => void): this {
    setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, patience).unref()
    return super.close(callback)
  }
}
