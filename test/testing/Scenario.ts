/** What a page and its peer do, one after the other, so that a fake and the real ones can play the same. */
import { TestPeer } from "../../src/testing/index.ts"
import { type PageAct, pageSide } from "./pageSide.ts"

export type PeerAct =
  | readonly ["accept", protocol?: string]
  | readonly ["refuse"]
  | readonly ["send", text: string]
  | readonly ["sendBytes", bytes: ReadonlyArray<number>]
  | readonly ["hangUp", code?: number | undefined, reason?: string]
  | readonly ["startHangingUp", code?: number | undefined, reason?: string]
  | readonly ["drop"]
  | readonly ["violate"]
  | readonly ["stall"]
  | readonly ["recover"]

/** Either the page does something, all in one turn, or the peer does. Then all that follows from it happens. */
export type Step = { readonly page: ReadonlyArray<PageAct> } | { readonly peer: PeerAct }

export interface Scenario {
  readonly protocols?: string | Array<string>
  readonly steps: ReadonlyArray<Step>
}

/** What can be seen after a step, from both ends. */
export interface Sight {
  readonly told: ReadonlyArray<string>
  readonly readyState: number | undefined
  readonly protocol: string | undefined
  readonly bufferedAmount: number | undefined
  readonly received: ReadonlyArray<string>
  /** The closing frame of the page. */
  readonly closing: TestPeer.CloseFrame | undefined
}

export const shown = async (data: string | Uint8Array | Blob): Promise<string> => {
  if (typeof data === "string") return JSON.stringify(data)
  return `${data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : Uint8Array.from(data)}`
}

const perform = (link: TestPeer.Link, act: PeerAct): void => {
  if (act[0] === "accept") link.accept(act[1])
  else if (act[0] === "send") link.send(act[1])
  else if (act[0] === "sendBytes") link.send(new Uint8Array(act[1]))
  else if (act[0] === "hangUp") link.hangUp(act[1], act[2])
  else if (act[0] === "startHangingUp") link.startHangingUp(act[1], act[2])
  else link[act[0]]()
}

/** Plays it on the fake. Returns what was seen at first and after each step. */
export const rehearse = async ({ protocols, steps }: Scenario): Promise<ReadonlyArray<Sight>> => {
  const peer = TestPeer.make({ schedule: () => {} })
  const page = pageSide(peer.WebSocket, "ws://127.0.0.1/", protocols)
  const link = peer.links[0]
  const look = async (): Promise<Sight> => {
    peer.settle()
    return {
      ...(await page.look()),
      received: await Promise.all((link?.received ?? []).map(shown)),
      closing: link?.closing,
    }
  }
  const sights = [await look()]
  for (const step of steps) {
    if ("page" in step) for (const act of step.page) page.act(act)
    else if (link !== undefined) perform(link, step.peer)
    sights.push(await look())
  }
  return sights
}
