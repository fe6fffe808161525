/** Connections that open and close, and idle ones. */
import { setTimeout as pause } from "node:timers/promises"
import type { Stage } from "../Stage.ts"
import { differs, type Workload } from "../Workload.ts"

const body = () => `<main id="stage"></main>`

/** Chromium delays dials by a second or more if more than this many are started together. */
const atOnce = 10

const mount = async (stage: Stage, from: number, to: number) => {
  const one = `<div ${stage.dialect.connect("/ws")}></div>`
  await stage.page.evaluate(
    async (one, from, to, atOnce) => {
      for (let at = from; at < to; at += atOnce) {
        const next = Math.min(at + atOnce, to)
        window.bench.mount(one.repeat(next - at), "beforeend")
        await window.bench.opened(next)
      }
    },
    one,
    from,
    to,
    atOnce,
  )
}

const unmount = async (stage: Stage) => {
  await stage.page.evaluate(() => void window.bench.mount("", "innerHTML"))
  await stage.until(() => stage.server.live().length === 0)
}

const cameAndWent = (stage: Stage, count: number) => [
  ...differs("connections accepted", stage.server.visits.length, count),
  ...differs("connections left", stage.server.live().length, 0),
]

const few = 5

export const connections: Workload = {
  name: "connections",
  title: "opening and closing 200 connections",
  size: 200,
  tiny: 3,
  body,
  async run(stage, size) {
    await mount(stage, 0, few)
    await unmount(stage)
    const empty = await stage.heap()
    const opening = await stage.measure(() => mount(stage, few, few + size))
    const faults = differs("connections open", stage.server.live().length, size)
    const full = await stage.heap()
    const closing = await stage.measure(() => unmount(stage))
    return {
      measures: {
        cpu: opening.cpu + closing.cpu,
        wall: opening.wall + closing.wall,
        heap: (full.all - empty.all) / size,
        jsHeap: (full.js - empty.js) / size,
      },
      faults: [...faults, ...cameAndWent(stage, few + size)],
    }
  },
}

export const cycles: Workload = {
  name: "cycles",
  title: "500 connections mounted and unmounted",
  size: 100,
  tiny: 1,
  rounds: 1,
  body,
  async run(stage, size) {
    let opened = 0
    const cycle = async (count: number) => {
      for (const until = opened + count; opened < until; opened += atOnce) {
        await mount(stage, opened, opened + atOnce)
        await unmount(stage)
      }
    }
    // The engine keeps compiling for a long time, and keeps the compiled code: that is not growth of the page.
    await cycle(15 * size)
    const before = await stage.heap()
    await cycle(5 * size)
    return {
      measures: { growth: ((await stage.heap()).all - before.all) / (5 * size) },
      faults: cameAndWent(stage, opened),
    }
  },
}

export const idle: Workload = {
  name: "idle",
  title: "50 idle connections",
  size: 50,
  tiny: 3,
  body,
  async run(stage, size) {
    await mount(stage, 0, size)
    const { cpu } = await stage.measure(() => pause(size < 50 ? 50 : 1000))
    return { measures: { cpu }, faults: differs("connections open", stage.server.live().length, size) }
  },
}
