/** A server in a process of its own, which can be killed and stopped: serves the one connection that it is handed. */
import type { Socket } from "node:net"
import { Dial, type Request } from "./Dial.ts"

let dial: Dial | undefined

process.on("message", (message: Request | string, socket?: Socket) => {
  // Bytes to write, or the request of the connection.
  if (typeof message === "string") return dial?.write(Buffer.from(message, "base64"))
  if (socket === undefined) return
  dial = new Dial(message)
  dial.onNote = (note) => process.send?.(note)
  dial.serve(socket)
  dial.accept()
})
// The test has ended.
process.on("disconnect", () => process.exit())
