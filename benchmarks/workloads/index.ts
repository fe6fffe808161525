import type { Workload } from "../Workload.ts"
import { connections, cycles, idle } from "./connections.ts"
import { evaluation } from "./evaluation.ts"
import { appends, fragments, large, small } from "./incoming.ts"
import { draining, sends, submits } from "./outgoing.ts"

export const workloads: ReadonlyArray<Workload> = [
  small,
  appends,
  large,
  fragments,
  submits,
  sends,
  draining,
  connections,
  cycles,
  idle,
  evaluation,
]
