/** Connections that come and go, and those that only are there. */
import { setTimeout as pause } from "node:timers/promises"
import type { Stage } from "../Stage.ts"
import { differs, type Workload } from "../Workload.ts"

const body = () => `<main id="stage"></main>`

const mount = async (stage: Stage, count: number, before: number) => {
  const one = `<div ${stage.dialect.connect("/ws")}></div>`
  const opened = stage.opened(before + count)
  await stage.page.evaluate((html) => void window.bench.mount(html), one.repeat(count))
  await opened
}

const unmount = async (stage: Stage) => {
  await stage.page.evaluate(() => void window.bench.mount(""))
  while (stage.server.live().length > 0) await pause(1)
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
    await mount(stage, few, 0)
    await unmount(stage)
    const empty = await stage.heap()
    const opening = await stage.measure(() => mount(stage, size, few))
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

/** Ten at a time: Chromium makes those wait that are more. */
const atOnce = 10

export const cycles: Workload = {
  name: "cycles",
  title: "100 connections mounted and unmounted",
  size: 100,
  tiny: 10,
  body,
  async run(stage, size) {
    let opened = 0
    const cycle = async (count: number) => {
      for (const until = opened + count; opened < until; opened += atOnce) {
        await mount(stage, atOnce, opened)
        await unmount(stage)
      }
    }
    // What is made once, and compiled code, is there after the first ones.
    await cycle(Math.ceil(size / 2 / atOnce) * atOnce)
    const before = await stage.heap()
    await cycle(size)
    return {
      measures: { growth: ((await stage.heap()).all - before.all) / size },
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
    await mount(stage, size, 0)
    const { cpu } = await stage.measure(() => pause(size < 50 ? 50 : 1000))
    return { measures: { cpu }, faults: differs("connections open", stage.server.live().length, size) }
  },
}
