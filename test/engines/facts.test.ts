import { describe } from "vitest"
import { expect, test } from "../setup/browser.ts"
import { answerIn, facts } from "./facts.ts"

describe("the engine answers as it is known to", () => {
  test.for(facts)("$about", async (fact, { engine, page, server }) => {
    await page.goto(server.page("/", "<!doctype html><title>facts</title>"))
    expect(await fact.ask(page, server)).toBe(answerIn(fact, engine))
  })
})
