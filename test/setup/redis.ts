/** Finds the Redis of the tests, and starts it. Run as a script, installs it if it is missing. */
import { type ChildProcess, spawn } from "node:child_process"
import { connect } from "node:net"
import { findProgram, freePort, installPackages } from "./debian.ts"
import { waitFor } from "./waitFor.ts"

const find = (): string | undefined => findProgram("redis-server", "REDIS_SERVER_PATH")

/** A Redis that keeps nothing on disk, on a free port of 127.0.0.1. */
export class RedisServer {
  readonly port: number
  #process: ChildProcess | undefined

  static async start(): Promise<RedisServer> {
    const redis = new RedisServer(await freePort())
    await redis.up()
    return redis
  }

  private constructor(port: number) {
    this.port = port
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async up(): Promise<void> {
    const file = find()
    if (file === undefined)
      throw new Error("No redis-server found: run `npm test` to install it, or set REDIS_SERVER_PATH.")
    const options = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    this.#process = spawn(file, options, { stdio: "ignore" })
    const isUp = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(this.port, "127.0.0.1", () => {
          socket.destroy()
          resolve(true)
        })
        socket.on("error", () => resolve(false))
      })
    await waitFor(isUp, 10_000, { every: 20, shown: "redis-server listens" })
  }

  /** Kills it, and with it all that it has kept. */
  async down(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined) return
    const ended = new Promise((resolve) => child.on("exit", resolve))
    child.kill("SIGKILL")
    await ended
  }
}

/** Installs it if it is missing, and returns whether it is there. */
export const installRedis = (): boolean => {
  if (find() !== undefined) return true
  console.log("Installing redis-server for the tests of logs in Redis.")
  installPackages("redis-server")
  return find() !== undefined
}

if (import.meta.main && !installRedis()) {
  console.error("The tests of logs in Redis need redis-server: install it, or set REDIS_SERVER_PATH.")
  process.exitCode = 1
}
