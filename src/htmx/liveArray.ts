/** Makes the array of waiting messages that public code uses. */
import type { Outbox } from "../core/Outbox.ts"

/**
 * Returns the waiting messages, oldest first, as an array that is always up to date: reading it reads the outbox, and
 * changing it (`length = 0`, `splice`, `shift`, `push`, an index) changes the outbox. It has no holes. A method reads the
 * outbox once, when it is called. `onRemoved` is called with each message that a change has removed.
 */
export const liveArray = <A>(outbox: Outbox<A>, onRemoved: (item: A) => void): Array<A> => {
  const change = <B>(by: (items: Array<A>) => B): B => {
    const before = outbox.toArray()
    const items = before.slice()
    const result = by(items)
    // A method that only reads changes nothing, even if its callback has sent something.
    if (items.length < before.length || items.some((item, at) => item !== before[at])) {
      const kept = new Set(items)
      outbox.replace(items.filter(() => true))
      for (const item of before) if (!kept.has(item)) onRemoved(item)
    }
    return result
  }
  return new Proxy<Array<A>>([], {
    get: (_, key, live) => {
      if (key === "length") return outbox.size
      const value: unknown = Reflect.get(outbox.toArray(), key)
      if (typeof value !== "function") return value
      return (...given: ReadonlyArray<unknown>) =>
        change((items) => {
          const result: unknown = value.apply(items, given)
          return result === items ? live : result
        })
    },
    set: (_, key, value) => change((items) => Reflect.set(items, key, value)),
    deleteProperty: () => true,
    has: (_, key) => Reflect.has(outbox.toArray(), key),
    ownKeys: (target) => Reflect.ownKeys(mirror(target, outbox)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(mirror(target, outbox), key),
  })
}

/** Returns the target after updating it, since the results of some traps of a proxy have to agree with it. */
const mirror = <A>(target: Array<A>, outbox: Outbox<A>): Array<A> => {
  target.splice(0, target.length, ...outbox.toArray())
  return target
}
