/** The program of docs/server.md, with its log in Redis. */
import { programOf } from "../setup/Program.ts"

export const programWithRedis = (url: string, prefix = "cluster"): string =>
  programOf("docs/server.md")
    .replace("{ NodeHttpServer, NodeRuntime }", "{ NodeHttpServer, NodeRedis, NodeRuntime }")
    .replace("{ html, Peer, Room }", "{ html, Peer, RedisLog, Room }")
    .replace('name: "lobby",', "$& keep: 10_000,")
    .replace(
      "  Layer.launch,",
      `  Layer.provide(RedisLog.layer({ prefix: "${prefix}" }).pipe(Layer.provide(NodeRedis.layer({ url: "${url}" })))),\n$&`,
    )
